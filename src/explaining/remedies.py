"""Remedies: the smallest sets of steps that lead to a better level, and when.

A grade is given to everybody on the days that policy names, and to whom an event that it names was
told of on the day after, so a better level comes on one of these. All sets of up to so many steps
are tried, each as soon as it can be taken, on all these days of the horizon. A set is a remedy on a
day if it leads to a better level and neither fewer of its steps, nor an earlier day, leads to one
as good. A set of no steps is to wait: what is behind the grade ages out.

A step that moves an indicator against its direction is never part of a remedy, whatever else it
does. A step that something forbids while it is open begins once that has ended, by other steps of
its set or on a day that is known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core import time
from ..core.errors import InvalidError
from ..features import (
    Catalogue,
    Events,
    Indicator,
    References,
    compute,
    known_before,
    matching,
)
from ..features.aggregate import Aggregate
from ..features.expression import leaves_of
from ..grading import Level, Policy, Scorer
from ..grading.dynamic.calendar import monthly, named, told
from ..grading.dynamic.turns import turns_of
from ..grading.values import holds
from .actions import Actions, Deed
from .steps import Step, in_turn, possible_steps, taken, together

__all__ = ["Outcome", "Remedies", "find_remedies"]

HORIZON, MOST, TRIED = 400, 3, 12
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What some steps lead to.

    Parameters
    ----------
    steps
        What is done; nothing if it is enough to wait.
    day
        The day as of which the level is given.
    level, probability
        The level that counts then, and the model's probability.
    """

    steps: tuple[Step, ...]
    day: int
    level: Level
    probability: float

    def beats(self, other: "Outcome") -> bool:
        """Tell whether fewer steps, or an earlier day, or both, lead to a level as good."""
        return (
            self != other
            and self.deeds <= other.deeds
            and self.day <= other.day
            and self.level <= other.level
        )

    @property
    def deeds(self) -> frozenset[tuple[str, int]]:
        """What is done to which records."""
        return frozenset(step.deed for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Return it as values that JSON knows."""
        return {
            "steps": [each.to_dict() for each in self.steps],
            "day": time.show(self.day),
            "level": str(self.level),
            "probability": self.probability,
        }


@dataclass(frozen=True, slots=True)
class Remedies:
    """What an enterprise can do for a better level.

    Parameters
    ----------
    level
        The level as of now.
    steps
        All steps that it could take.
    refused
        Those of them that would move an indicator against its direction.
    outcomes
        The remedies: the best level first, then the fewest steps, then the earliest day.
    left_out
        How many further steps were not tried, as they do nothing or less than those that were.
    """

    level: Level
    steps: tuple[Step, ...]
    refused: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]
    left_out: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return them as values that JSON knows."""
        return {
            "level": str(self.level),
            "steps": [each.to_dict() for each in self.steps],
            "refused": [each.to_dict() for each in self.refused],
            "outcomes": [each.to_dict() for each in self.outcomes],
            "left_out": self.left_out,
        }


def find_remedies(
    scorer: Scorer,
    events: Events,
    enterprise: int,
    as_of: int,
    *,
    references: References | None = None,
    previous: npt.ArrayLike | None = None,
    actions: Actions | None = None,
    horizon: int = HORIZON,
    most: int = MOST,
) -> Remedies:
    """Find the smallest sets of steps that lead to a better level.

    Parameters
    ----------
    scorer
        Whose bundle decides.
    events
        The events of at least this enterprise.
    enterprise, as_of
        Dense number, and day number; what is told of the enterprise from then on is not used.
    references, previous
        As for `explain`; hysteresis holds the present level of the model back. For the days ahead
        references know of other enterprises what was told until they were built.
    actions
        What can be done; those of the package if not given.
    horizon
        For how many days ahead.
    most
        How many steps a set has at most.

    Raises
    ------
    InvalidError
        If the horizon or the number of steps is negative.
    PolicyError
        If there is no edition of the actions on the day.
    """
    if horizon < 0 or most < 0:
        raise InvalidError(f"a horizon of {horizon} days and {most} steps: give 0 or more of each")
    own = known_before(events.of(enterprise), as_of)
    trial = _Trial(scorer, own, enterprise, references)
    [now] = trial.outcomes((), [as_of], previous)
    edition = (actions or Actions.default()).on(as_of)
    mine = frozenset(trial.populations(as_of))
    steps = possible_steps(edition.actions, trial.own, as_of, mine)
    days = _Days(scorer.bundle.policy, trial, as_of, as_of + horizon)
    within = [step for step in steps if days.once([step])]
    refused = tuple(step for step in within if trial.reverses(step, as_of))
    useful = [step for step in within if step not in refused]
    tried = trial.strongest(useful, as_of, days.all(useful)) if len(useful) > TRIED else useful
    model = trial.model_level(as_of, previous)
    found = [
        outcome
        for chosen in trial.sets(tried, most, as_of)
        for outcome in trial.outcomes(chosen, days.once(chosen), model)
        if outcome.level < now.level
    ]
    kept = [one for one in found if not any(other.beats(one) for other in found)]
    kept.sort(key=lambda each: (each.level, len(each.steps), each.day))
    return Remedies(now.level, steps, refused, tuple(kept), len(useful) - len(tried))


def _most(difference: Array) -> tuple[float, ...]:
    return tuple(np.abs(difference).max(axis=0).tolist())


def _counts_as_ended(indicator: Indicator, step: Step, own: Events) -> bool:
    """Tell whether an indicator reads the record of a step among those that have ended alone.

    An entry that ends is told as one of the past from then on, whoever ends it and when: the step
    that ends it does not make it worse.
    """
    if step.action.does is not Deed.END:
        return False
    streams = set(own.stream[own.record == step.record].tolist())
    return all(
        isinstance(leaf, Aggregate) and leaf.state == "closed"
        for leaf in leaves_of(indicator.expression)
        if not isinstance(leaf, Aggregate)
        or not streams.isdisjoint(matching(leaf.streams, own.vocabulary))
    )


class _Days:
    """The days after one and until another on which an enterprise is graded."""

    def __init__(self, policy: Policy, trial: "_Trial", as_of: int, until: int) -> None:
        self.policy, self.trial, self.as_of, self.until = policy, trial, as_of, until
        self.everybody = monthly(policy, as_of, until)
        self._found: dict[Step, frozenset[int]] = {}

    def all(self, steps: Sequence[Step]) -> list[int]:
        """Return all days if some steps are taken."""
        return sorted({*self.everybody, *(day for step in steps for day in self._of(step))})

    def once(self, steps: Sequence[Step]) -> list[int]:
        """Return the days as of which some steps have been taken."""
        first = max((step.day for step in steps), default=0)
        return [day for day in self.all(steps) if day >= first]

    def _of(self, step: Step) -> frozenset[int]:
        """Return the days of runs that a step leads to by itself, as policy names events."""
        if step not in self._found:
            turns = turns_of(named(self.policy), self.trial.after([step]))
            runs = told(self.policy, turns, self.as_of, self.until)
            days = (day for run in runs for day in run.as_of.tolist())
            self._found[step] = frozenset(days) & {step.day}
        return self._found[step]


class _Trial:
    """Grades of one enterprise as they would be."""

    def __init__(
        self, scorer: Scorer, own: Events, enterprise: int, references: References | None
    ) -> None:
        self.scorer, self.own, self.enterprise = scorer, own, enterprise
        self.references = references

    def strongest(self, steps: Sequence[Step], as_of: int, days: Sequence[int]) -> list[Step]:
        """Return the steps that do most on any of some days, alone or on top of all others."""

        def worth(some: Sequence[Step]) -> Array:
            able = together(self.own, self.enterprise, tuple(some), as_of)
            grades = self._grades(able, days, None)
            levels = [Level.of(level) for level in grades["level"].astype(str)]
            return np.column_stack([levels, grades["margin"]])

        nothing, everything = worth(()), worth(steps)
        effects = {
            step.deed: max(
                _most(worth([step]) - nothing),
                _most(everything - worth([each for each in steps if each != step])),
            )
            for step in steps
        }
        chosen = sorted(steps, key=lambda step: effects[step.deed], reverse=True)[:TRIED]
        return [step for step in steps if step in chosen and any(effects[step.deed])]

    def sets(self, steps: Sequence[Step], most: int, as_of: int) -> Iterator[tuple[Step, ...]]:
        """Yield the sets of steps that can be taken, each step in its turn."""
        for size in range(min(most, len(steps)) + 1):
            for chosen in combinations(steps, size):
                found = in_turn(self.own, self.enterprise, chosen, as_of)
                if found is not None:
                    yield found

    def outcomes(
        self, steps: tuple[Step, ...], days: Sequence[int], previous: npt.ArrayLike | None
    ) -> list[Outcome]:
        """Return what some steps lead to as of some days."""
        if not days:
            return []
        grades = self._grades(steps, days, previous)
        levels = grades["level"].astype(str)
        chances = grades["probability"]
        return [
            Outcome(steps, day, Level.of(level), float(chance))
            for day, level, chance in zip(days, levels, chances, strict=True)
        ]

    def model_level(self, as_of: int, previous: npt.ArrayLike | None) -> list[int]:
        """Return the code of the model's level as of a day."""
        return self._grades((), [as_of], previous)["model_level"].cat.codes.tolist()

    def populations(self, as_of: int) -> Iterator[str]:
        """Yield the populations to which the enterprise belongs."""
        for name, expression in Catalogue(()).populations.items():
            if holds(expression, self.own, self._rows([as_of]))[0]:
                yield name

    def reverses(self, step: Step, as_of: int) -> bool:
        """Tell whether a step moves an indicator against its direction."""
        rows = self._rows([max(as_of, step.day)])
        catalogue = self.scorer.bundle.catalogue
        before, after = (
            compute(catalogue, events, rows, references=self.references).to_numpy()[0]
            for events in (self.own, self.after([step.without_figures()]))
        )
        signs = np.array(catalogue.monotone_constraints())
        against = np.flatnonzero(signs * (after - before) > 0)
        return not all(
            _counts_as_ended(catalogue.indicators[place], step, self.own) for place in against
        )

    def after(self, steps: Sequence[Step]) -> Events:
        """Return the events as they would be after some steps."""
        return taken(self.own, self.enterprise, steps)

    def _grades(
        self, steps: tuple[Step, ...], days: Sequence[int], previous: npt.ArrayLike | None
    ) -> pd.DataFrame:
        before = None if previous is None else np.repeat(np.asarray(previous), len(days))
        return self.scorer.run(
            self.after(steps),
            self._rows(days),
            references=self.references,
            previous=before,
        )

    def _rows(self, days: Sequence[int]) -> pd.DataFrame:
        return pd.DataFrame(
            {"enterprise": np.full(len(days), self.enterprise, np.int32), "as_of": days}
        ).astype(np.int32)
