"""The example: one enterprise whose grade is explained to those who read the report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...archive import Lineage
from ...explaining import Explanation, explain
from ...features import Events, References
from ...grading import Level, Scorer

__all__ = ["Example", "choose_example"]

DIMENSIONS = 3
TRIED = 40


@dataclass(frozen=True, slots=True)
class Example:
    """One explained enterprise.

    Attributes
    ----------
    identifier
        The enterprise, as delivered.
    explanation
        Why it has its grade.
    zh, en
        By what rule it was chosen, in one sentence.
    """

    identifier: str
    explanation: Explanation
    zh: str
    en: str


def choose_example(
    scorer: Scorer,
    events: Events,
    references: References,
    grades: pd.DataFrame,
    active: npt.NDArray[np.bool_],
    identifiers: Sequence[str],
    lineage: Callable[[int, int], Mapping[int, Lineage]],
) -> Example | None:
    """Explain one enterprise in business, chosen by a rule that is told.

    Of those that the model itself, not a statutory rule, puts on level D or E, it is the one of
    the highest probability whose strongest reasons rest on records in at least three dimensions.
    Where the model puts none there, all come into question; where none of the forty first has as
    many dimensions, the one with the most of them is taken.

    Parameters
    ----------
    scorer, events, references
        What grades were computed with.
    grades
        From `Scorer.grades`, all of one day.
    active
        Which of them are in business.
    identifiers
        By dense number.
    lineage
        Where the records of an enterprise are from (`Archive.lineage`).

    Returns
    -------
    None if nobody is in business.
    """
    who = grades.index.get_level_values("enterprise").to_numpy()
    days = grades.index.get_level_values("as_of").to_numpy()
    model = grades["model_level"].cat.codes.to_numpy()
    order = np.argsort(-grades["probability"].to_numpy(), kind="stable")
    places = order[active[order]]
    worst = places[model[places] >= Level.D]
    best: Explanation | None = None
    most = -1
    for place in (worst if worst.size else places)[:TRIED].tolist():
        found = explain(scorer, events, int(who[place]), int(days[place]), references=references)
        count = _dimensions(found)
        if count > most:
            best, most = found, count
        if most >= DIMENSIONS:
            break
    if best is None:
        return None
    number = best.grade.enterprise
    origins = lineage(number, best.grade.as_of)
    traced = {
        name: tuple(replace(each, origin=origins.get(each.record)) for each in records)
        for name, records in best.records.items()
    }
    zh, en = _rule(worst=bool(worst.size), dimensions=most)
    return Example(identifiers[number], replace(best, records=traced), zh, en)


def _dimensions(found: Explanation) -> int:
    """Count the dimensions in which the strongest reasons rest on records."""
    return len(
        {
            each.indicator.dimension
            for each in found.reasons
            if any(record.share for record in found.records.get(each.indicator.id, ()))
        }
    )


def _rule(*, worst: bool, dimensions: int) -> tuple[str, str]:
    if worst:
        zh, en = "模型评为 D 级或 E 级的在营主体", "those in business that the model puts on D or E"
    else:
        zh = "全部在营主体（没有一家被模型评为 D 级或 E 级）"
        en = "all in business (the model puts none on D or E)"
    if dimensions >= DIMENSIONS:
        zh = f"{zh}中，最强的理由有至少 {DIMENSIONS} 个维度的记录可查、且违规概率最高的一家"
        en = (
            f"of {en}, the one of the highest probability whose strongest reasons rest on "
            f"records in at least {DIMENSIONS} dimensions"
        )
    else:
        zh = (
            f"{zh}中违规概率最高的 {TRIED} 家里，最强的理由有记录可查的维度最多"
            f"（{dimensions} 个）的一家"
        )
        en = (
            f"of the {TRIED} of the highest probability among {en}, the one whose strongest "
            f"reasons rest on records in the most dimensions ({dimensions})"
        )
    return f"选取规则：{zh}。", f"How it was chosen: {en}."
