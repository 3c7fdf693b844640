"""Stability: whether a grade and its reasons stay as they are under small changes.

Small changes are those that nobody would take for news: the same records as of a few days earlier
or later, and the records with any single one of them left out. A level that hangs on one record, or
on a day, is told as such.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core import time
from ..features import Events, References, compute, known_before
from ..grading import Level, Scorer
from .attribution.contributions import contributions

__all__ = ["Stability", "Variant", "stability"]

DAYS = (-7, -3, -1, 1, 3, 7)
TOP = 5


@dataclass(frozen=True, slots=True)
class Variant:
    """A small change, and what it does.

    Parameters
    ----------
    days, record
        By how many days it is moved, or the number of the record that is left out.
    level, probability
        The level that counts then, and the model's probability.
    shared
        Share of the strongest reasons that stay among the strongest.
    """

    days: int
    record: int | None
    level: Level
    probability: float
    shared: float


@dataclass(frozen=True, slots=True)
class Stability:
    """A grade under small changes.

    Parameters
    ----------
    level, probability
        As they are.
    variants
        Every small change.
    """

    level: Level
    probability: float
    variants: tuple[Variant, ...]

    @property
    def kept(self) -> float:
        """Share of the small changes that keep the level."""
        return float(np.mean([each.level is self.level for each in self.variants] or [True]))

    @property
    def shared(self) -> float:
        """Share of the strongest reasons that stay, on average."""
        return float(np.mean([each.shared for each in self.variants] or [1.0]))

    @property
    def decisive(self) -> tuple[int, ...]:
        """The records without any one of which the level would be another."""
        return tuple(
            each.record
            for each in self.variants
            if each.record is not None and each.level is not self.level
        )


def stability(
    scorer: Scorer,
    events: Events,
    enterprise: int,
    as_of: int,
    *,
    references: References | None = None,
    previous: npt.ArrayLike | None = None,
    days: tuple[int, ...] = DAYS,
) -> Stability:
    """Tell how a grade stands under small changes.

    Parameters
    ----------
    scorer, events, enterprise, as_of, references, previous
        As for `explain`.
    days
        By how many days it is moved; what was known on the day itself is all that is known then.
        Days on which nothing was known of the enterprise yet are left out.
    """
    own = known_before(events.of(enterprise), as_of)
    trial = _Trial(scorer, enterprise, references, previous)
    level, probability, order = trial.graded(own, as_of)
    strongest = set(order[:TOP])

    def variants() -> Iterator[Variant]:
        for each in days:
            if not time.is_known(own.available, as_of + each).any():
                continue
            found = trial.graded(own, as_of + each)
            yield Variant(each, None, *found[:2], _shared(strongest, found[2]))
        known = own.record[time.is_counted(own.available, own.withdrawn, as_of)]
        for record in np.unique(known).tolist():
            found = trial.graded(own.take(np.flatnonzero(own.record != record)), as_of)
            yield Variant(0, record, *found[:2], _shared(strongest, found[2]))

    return Stability(level, probability, tuple(variants()))


class _Trial:
    """Grades of one enterprise from other records or as of other days."""

    def __init__(
        self,
        scorer: Scorer,
        enterprise: int,
        references: References | None,
        previous: npt.ArrayLike | None,
    ) -> None:
        self.scorer, self.enterprise = scorer, enterprise
        self.references, self.previous = references, previous

    def graded(self, own: Events, as_of: int) -> tuple[Level, float, list[int]]:
        """Return level, probability, and the columns, those that contribute most first."""
        bundle = self.scorer.bundle
        rows = pd.DataFrame({"enterprise": [self.enterprise], "as_of": [as_of]})
        matrix = compute(bundle.catalogue, own, rows, references=self.references)
        grades = self.scorer.grades(
            matrix,
            bundle.rules.conditions(own, rows),
            self.previous,
            self.scorer.cards(own, rows),
        )
        parts, _ = contributions(bundle.blend, self.scorer.values(matrix))
        order = np.argsort(-np.abs(parts[0]), kind="stable").tolist()
        level = Level.of(str(grades["level"].iloc[0]))
        return level, float(grades["probability"].iloc[0]), order


def _shared(strongest: set[int], order: list[int]) -> float:
    return len(strongest.intersection(order[:TOP])) / max(1, len(strongest))
