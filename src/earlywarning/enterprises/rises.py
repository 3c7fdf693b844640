"""Rises: enterprises whose risk rose by the model while their level stayed as it was.

Which indicators did it is told by the difference of their exact contributions, which sum to that
of the margin.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit

from ...core import time
from ...explaining import contributions
from ...features import compute, known_before
from ...grading import Calibrator, GradeBook, Level
from ...grading.calibrator import integral
from .looks import Look
from .warningpolicy import WarningEdition

__all__ = ["Mover", "Rise", "risen", "tell_rises"]

Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
MOVERS, TAILS = 5, (0.025, 0.975)
LEAST = 0.1
"""The part of a rise from which on an indicator is named in its sentence."""


@dataclass(frozen=True, slots=True)
class Mover:
    """An indicator that moved the margin: its values before and after, and by how much."""

    indicator: str
    zh: str
    en: str
    before: float
    after: float
    log_odds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """A rise of the model's risk that the level hides.

    Attributes
    ----------
    number, as_of, since
        Dense number, and the two day numbers.
    level
        On both.
    before, after
        Probability of a violation.
    odds
        By what factor its odds rose, as (low, estimate, high) of a 95 % interval.
    margin
        By how much the margin rose.
    movers
        What did it, the strongest first; at most five. All indicators sum to `margin`.
    """

    number: int
    as_of: int
    since: int
    level: Level
    before: float
    after: float
    odds: tuple[float, float, float]
    margin: float
    movers: tuple[Mover, ...]

    @property
    def sentence(self) -> Mapping[str, str]:
        """What happened, in one plain sentence by language: "zh" and "en"."""
        was, now = self.before, self.after
        start, end = time.show(self.since), time.show(self.as_of)
        first = [each for each in self.movers if each.log_odds > LEAST * self.margin][:3]
        zh, en = "、".join(each.zh for each in first), ", ".join(each.en for each in first)
        return {
            "zh": f"违规概率由 {was:.1%}（{start}）升至 {now:.1%}（{end}），等级仍为 {self.level}；"
            f"主要来自：{zh}。",
            "en": f"The probability of a violation rose from {was:.1%} ({start}) to {now:.1%} "
            f"({end}), while the level stayed {self.level}; mostly by: {en}.",
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the rise as values that JSON knows; days as text."""
        return {
            "as_of": time.show(self.as_of),
            "since": time.show(self.since),
            "level": str(self.level),
            "before": self.before,
            "after": self.after,
            "odds": list(self.odds),
            "margin": self.margin,
            "sentence": dict(self.sentence),
            "movers": [
                {"indicator": m.indicator, "before": m.before, "after": m.after, "by": m.log_odds}
                for m in self.movers
            ],
        }


def risen(calibrator: Calibrator, before: Look, after: Look, odds: float) -> tuple[Numbers, Floats]:
    """Return for whom the risk rose between two looks while the level stayed as it was.

    The two probabilities are of one calibrator, so that most of what is unsure about either is
    shared, and their intervals overlap whatever happens. What is unsure about the rise itself is
    told by the calibrator's replicates, each of which gives a rise of its own.

    Parameters
    ----------
    calibrator
        Of the model by which both looks were made.
    before, after
        The two looks.
    odds
        The odds of a violation rose by this factor at least, by the lower end of the 95 % interval.

    Returns
    -------
    enterprises, ratios
        Dense numbers, the largest rise first, shape (n,); by what factor the odds rose, as (low,
        estimate, high), shape (n, 3).
    """
    at = before.places(after.enterprise)
    same = (at >= 0) & (after.level == before.level[at])
    some = np.flatnonzero(same & (_rise(before, after, at) >= np.log(odds)))
    ends = before.margin[at[some]], after.margin[some]
    slopes = (calibrator.slopes, *calibrator.replicate_slopes)
    rises = np.array(
        [np.subtract(*(integral(calibrator.knots, s, 0.0, m) for m in ends[::-1])) for s in slopes]
    )
    low, high = np.quantile(rises[1:], TAILS, axis=0)
    ratios = np.exp(np.column_stack([np.minimum(low, rises[0]), rises[0], high]))
    sure = ratios[:, 0] >= odds
    some, ratios = some[sure], ratios[sure]
    order = np.argsort(-ratios[:, 1], kind="stable")
    return after.enterprise[some[order]], ratios[order]


def _rise(before: Look, after: Look, at: npt.NDArray[np.intp]) -> Floats:
    """Return by how much the log-odds of a violation rose."""
    return np.asarray(logit(after.probability) - logit(before.probability[at]))


def tell_rises(
    book: GradeBook, before: Look, after: Look, edition: WarningEdition
) -> Iterator[Rise]:
    """Yield the rises that levels hide between two looks, the largest first.

    Parameters
    ----------
    book
        By which the looks were made.
    before, after
        The two looks.
    edition
        Policy in force on the later day, which says what counts as a rise.
    """
    who, ratios = risen(book.bundle.calibrator, before, after, edition.rise_odds)
    sides = [_explained(book, who, look.as_of) for look in (before, after)]
    moved = sides[1][1] - sides[0][1]
    places = [look.places(who) for look in (before, after)]
    for row, number in enumerate(who.tolist()):
        first, second = (int(place[row]) for place in places)
        yield Rise(
            number=number,
            as_of=after.as_of,
            since=before.as_of,
            level=Level(int(after.level[second])),
            before=float(before.probability[first]),
            after=float(after.probability[second]),
            odds=(float(ratios[row, 0]), float(ratios[row, 1]), float(ratios[row, 2])),
            margin=float(after.margin[second] - before.margin[first]),
            movers=_movers(book, sides[0][0][row], sides[1][0][row], moved[row]),
        )


def _explained(book: GradeBook, who: Numbers, day: int) -> tuple[Floats, Floats]:
    """Return the indicators of some as of a day, and what each adds to the margin."""
    rows = pd.DataFrame({"enterprise": who, "as_of": np.full(len(who), day, np.int32)})
    events = known_before(book.events.among(who), day)
    references = book.references_before(day)
    values = book.scorer.values(compute(book.bundle.catalogue, events, rows, references=references))
    return values, contributions(book.bundle.blend, values, book.scorer.threads)[0]


def _movers(book: GradeBook, before: Floats, after: Floats, moved: Floats) -> tuple[Mover, ...]:
    names = book.bundle.catalogue
    most = [p for p in np.argsort(-np.abs(moved), kind="stable")[:MOVERS].tolist() if moved[p]]
    return tuple(
        Mover(
            each.id,
            each.zh,
            each.en,
            float(before[place]),
            float(after[place]),
            float(moved[place]),
        )
        for place in most
        for each in (names[names.ids[place]],)
    )
