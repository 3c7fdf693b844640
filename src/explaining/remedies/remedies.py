"""Remedies: the smallest sets of steps that lead to a better level, and when.

A grade is given to everybody on the days that policy names, and to whom an event that it names was
told of on the day after, so a better level comes on one of these. All sets of up to so many steps
are tried, each as soon as it can be taken, on all these days of the horizon. A set is a remedy on a
day if it leads to a level that is better than the present one for long enough, and neither fewer of
its steps, nor an earlier day, leads to one as good for as long. A set of no steps is to wait: what
is behind the grade ages out. That routine records stop coming improves nothing; see `Trial`.

A step that moves an indicator against its direction is never part of a remedy, whatever else it
does. A step that something forbids while it is open begins once that has ended, by other steps of
its set or on a day that is known.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Any

import numpy.typing as npt

from ...archive import Lineage
from ...core import time
from ...core.editions import DatedEdition
from ...core.errors import InvalidError
from ...features import Events, References, known_before
from ...grading import Level, Policy, Scorer
from ..explanation import Override
from ..law.actions import Actions
from ..law.publicity import Publicity
from ..law.steps import Do, Step, possible_steps
from ..warning import DowngradeWarning
from .trial import Runs, Trial
from .turn import Turn

__all__ = ["Outcome", "Remedies", "find_remedies"]

HORIZON, MOST, TRIED = 400, 3, 12


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
    until
        The first later day as of which the level is worse again, of those that were looked at;
        None if there is none. Like the level, it supposes that nothing else is told.
    """

    steps: tuple[Step, ...]
    day: int
    level: Level
    probability: float
    until: int | None = None

    def beats(self, other: "Outcome") -> bool:
        """Tell whether fewer steps or an earlier day lead to a level as good, for as long."""
        return (
            self != other
            and self.deeds <= other.deeds
            and self.day <= other.day
            and self.level <= other.level
            and self.lasts_until >= other.lasts_until
        )

    @property
    def lasts_until(self) -> int:
        """The day before which the level lasts."""
        return time.NEVER if self.until is None else self.until

    @property
    def deeds(self) -> frozenset[Do]:
        """What is done to which records."""
        return frozenset(step.deed for step in self.steps)

    @property
    def in_order(self) -> tuple[Step, ...]:
        """The steps in the order in which they are done."""
        return tuple(sorted(self.steps, key=lambda step: step.done))

    def to_dict(self) -> dict[str, Any]:
        """Return it as values that JSON knows."""
        return {
            "steps": [each.to_dict() for each in self.in_order],
            "day": time.show(self.day),
            "level": str(self.level),
            "probability": self.probability,
            "until": None if self.until is None else time.show(self.until),
        }


@dataclass(frozen=True, slots=True)
class Remedies:
    """What an enterprise can do for a better level.

    Parameters
    ----------
    level
        The level as of now.
    steps
        All steps that it could take, each as soon as it can if it takes the others too.
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
    publicity: Publicity | None = None,
    origins: Mapping[int, Lineage] = MappingProxyType({}),
    override: Override | None = None,
    warning: DowngradeWarning | None = None,
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
        As for `explain`; hysteresis carries the model's level on from run to run. For the days
        ahead references know of other enterprises what was told until they were built:
        `GradeBook.references_before` are those of a past day.
    actions, publicity
        What can be done, and for how long records are public; those of the package if not given.
    origins
        Where records are from, by number, for steps to name them.
    override
        What people set, where they did: it promises nothing while it holds.
    warning
        The downgrade warning in force: no level better than its own is promised while it holds.
    horizon
        For how many days ahead; fewer where policy ends, as nobody knows what comes after it.
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
    edition = (actions or Actions.default()).on(as_of)
    terms = (publicity or Publicity.default()).covering(as_of)
    own = known_before(events.of(enterprise), as_of)
    own = own if terms is None else terms.of(own, as_of).lapsed()
    until = _covered(scorer.bundle.policy, as_of, as_of + horizon + edition.lasting_days)
    last = until - edition.lasting_days
    beside = override, warning
    trial = Trial(scorer, own, enterprise, references, as_of, until, edition.regular, beside)
    now, start = trial.present(previous)
    over = {} if terms is None else terms.of(own, as_of).until()
    mine = frozenset(trial.populations())
    able = possible_steps(edition.actions, own, as_of, mine, over=over, origins=origins)
    steps = tuple(step for step in able if step.start <= last)
    within, turn = trial.followed(steps, last), Turn(own, steps, as_of)
    told = {step.deed: step for step in turn.most(steps) if step.start <= last}
    refused = trial.reversing(within)
    useful = [step for step in within if step not in refused]
    tried = useful if len(useful) <= TRIED else trial.strongest(useful, TRIED, turn)
    sets = list(turn.sets(tried, most))
    found = [
        outcome
        for chosen, runs in zip(sets, trial.runs(sets, start), strict=True)
        for outcome in _outcomes(chosen, runs, now, edition.lasting_days)
        if outcome.day <= last
    ]
    kept = _unbeaten(found)
    kept.sort(key=lambda each: (each.level, len(each.steps), each.day))
    against = tuple(told[step.deed] for step in refused if step.deed in told)
    return Remedies(now, tuple(told.values()), against, tuple(kept), len(useful) - len(tried))


def _covered(policy: Policy, first: int, last: int) -> int:
    """Return the last of some days until which policy says how grades are given."""
    gap = policy.gap(DatedEdition("", "", first, last))
    return last if gap is None else gap - 1


def _outcomes(steps: tuple[Step, ...], runs: Runs, now: Level, lasting: int) -> Iterator[Outcome]:
    """Yield each run with a better level that is better for so many days at least."""
    first = max((step.day for step in steps), default=0)
    for place, (day, level, chance) in enumerate(runs):
        if day < first or level >= now:
            continue
        later = runs[place + 1 :]
        back = next((when for when, other, _ in later if other >= now), time.NEVER)
        if back - day > lasting:
            worse = next((when for when, other, _ in later if other > level), None)
            yield Outcome(steps, day, level, chance, worse)


def _unbeaten(found: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes that none of the others beats, of which smaller sets come first.

    What beats one is of the same steps or of fewer, and no later, so that it has been seen.
    """
    kept: dict[frozenset[Do], list[Outcome]] = {}
    for one in found:
        deeds = one.deeds
        fewer = (some for size in range(len(deeds) + 1) for some in combinations(deeds, size))
        rivals = (other for some in fewer for other in kept.get(frozenset(some), ()))
        if not any(other.beats(one) for other in rivals):
            kept.setdefault(deeds, []).append(one)
    return [one for some in kept.values() for one in some]
