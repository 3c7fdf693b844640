"""Scores by a score card, and the records that they are made of."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core.time import NEVER
from ...features import Events
from ..values import members
from .edition import CardEdition
from .entry import Entry, bars_of, entries_of
from .line import CardPart, Part
from .marks import HUNDREDTHS, marked
from .scorecard import ScoreCard

__all__ = ["entries", "score"]

Ints = npt.NDArray[np.int64]
SIGNS: Mapping[Part, int] = {
    CardPart.INITIAL: 1,
    CardPart.DEDUCTION: -1,
    CardPart.BONUS: 1,
    CardPart.LOWEST: 0,
    CardPart.BAR: 0,
}
SCORED = (CardPart.INITIAL, CardPart.DEDUCTION, CardPart.BONUS)


def score(card: ScoreCard, events: Events, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the score of each row by a score card.

    Parameters
    ----------
    card
        What counts; each row is scored by the edition in force on its day.
    events
        The events of at least the enterprises asked for, with all columns.
    rows
        Columns `enterprise` (dense number) and `as_of` (day number), in any order.

    Returns
    -------
    Index (enterprise, as_of) in the order of `rows`; `initial`, `deductions` (0 or less) and
    `bonus`, which sum to `score`, in points; `grade`, text; `applies`, whether the enterprise
    belongs to the population that the card is meant for.

    Raises
    ------
    InvalidError
        If `rows` lack a column.
    PolicyError
        If no edition is in force on a day.

    Examples
    --------
    >>> rows = pd.DataFrame({"enterprise": [7], "as_of": [20513]})
    >>> print(score(ScoreCard.default(), Events.none(), rows).to_string(index=False))
     initial  deductions  bonus  score grade  applies
        90.0         0.0    0.0   90.0     B    False
    """
    applies = members(card.population, events, rows)
    enterprise, as_of = (rows[name].to_numpy(np.int32) for name in ("enterprise", "as_of"))
    sums = np.zeros((len(SCORED), len(rows)), np.int64)
    grade = np.full(len(rows), "", object)
    for edition, at in card.over(as_of):
        sums[:, at], grade[at] = _scored(edition, events, enterprise[at], as_of[at])
    columns = dict(zip(("initial", "deductions", "bonus"), sums / HUNDREDTHS, strict=True))
    return pd.DataFrame(
        {
            **columns,
            "score": sums.sum(axis=0) / HUNDREDTHS,
            "grade": pd.array(grade, "str"),
            "applies": applies,
        },
        index=pd.MultiIndex.from_frame(rows[["enterprise", "as_of"]]),
    )


def entries(card: ScoreCard, events: Events, enterprise: int, as_of: int) -> tuple[Entry, ...]:
    """Return every record that counts for the score of an enterprise as of a day.

    Their points sum to the score, and those of a part to that part, to the hundredth. They stand
    in the order of the card's lines, and of one line in the order in which they occurred.

    Raises
    ------
    PolicyError
        If no edition is in force on the day.

    Examples
    --------
    >>> [entry] = entries(ScoreCard.default(), Events.none(), 7, 20513)
    >>> entry.zh, entry.points, entry.record
    ('无已知许可食品类别', 90.0, None)
    """
    edition = card.on(as_of)
    own = events.of(enterprise)
    asked = np.array([enterprise], np.int32), np.array([as_of], np.int32)
    met = _met(edition, own, *asked)
    [marks] = marked(edition, own, *asked, np.asarray(met.any(axis=0)))
    found = entries_of(edition, own, marks, as_of, SIGNS)
    for rule, stands in zip(edition.bars, met[:, 0], strict=True):
        found += bars_of(rule, own, enterprise, as_of) if stands else []
    begins = any(entry.part is CardPart.INITIAL for entry in found)
    return (*(() if begins else (_unknown(edition),)), *found)


def _scored(
    edition: CardEdition,
    events: Events,
    enterprise: npt.NDArray[np.int32],
    as_of: npt.NDArray[np.int32],
) -> tuple[Ints, npt.NDArray[np.object_]]:
    """Return the hundredths of each part of the score, parts x rows, and the grades."""
    size = len(enterprise)
    sums = np.zeros((len(SCORED), size), np.int64)
    begins, lowest = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    barred = np.asarray(_met(edition, events, enterprise, as_of).any(axis=0))
    for marks in marked(edition, events, enterprise, as_of, barred):
        for number, scored in enumerate(SCORED):
            at = edition.are_of(marks.line, scored)
            np.add.at(sums[number], marks.row[at], SIGNS[scored] * marks.points[at])
        begins[marks.row[edition.are_of(marks.line, CardPart.INITIAL)]] = True
        lowest[marks.row[edition.are_of(marks.line, CardPart.LOWEST)]] = True
    sums[0, ~begins] = round(edition.unknown * HUNDREDTHS)
    return sums, _grades(edition, sums.sum(axis=0), lowest)


def _met(
    edition: CardEdition,
    events: Events,
    enterprise: npt.NDArray[np.int32],
    as_of: npt.NDArray[np.int32],
) -> npt.NDArray[np.bool_]:
    """Tell of each statutory rule that bars the bonus on which rows it is met, rules x rows."""
    rules = edition.bars
    if not rules.ids:
        return np.zeros((0, len(as_of)), np.bool_)
    rows = pd.DataFrame({"enterprise": enterprise, "as_of": as_of})
    conditions = rules.conditions(events, rows)
    return np.array([conditions[rule.id].to_numpy() & rule.holds(as_of) for rule in rules])


def _grades(
    edition: CardEdition, score: Ints, lowest: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    *cut, last = edition.grades
    reached = [(score >= round(grade.least * HUNDREDTHS)) & ~lowest for grade in cut]
    names = [np.full(len(score), grade.name, object) for grade in cut]
    return np.select(reached, names, np.full(len(score), last.name, object))


def _unknown(edition: CardEdition) -> Entry:
    return Entry(
        part=CardPart.INITIAL,
        line="unknown",
        zh="无已知许可食品类别",
        en="no licensed food group known",
        basis="design",
        record=None,
        kind="",
        code="",
        occurred=None,
        full=edition.unknown,
        points=edition.unknown,
        until=NEVER,
    )
