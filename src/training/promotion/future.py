"""The future: rows whose outcomes became known after both models had learned all they know.

Rows lie on or after the later cut of the two, so that neither was fitted on an outcome that could
be theirs, and their outcomes were unknown when either calibration last followed any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...archive import Archive
from ...core import time
from ...features import Events, Nearby, Places, compute
from ...grading import Bundle, Level, ModelCard, Purpose
from ..cohorts import Array, Cohort, Days, Texts, registration, traits
from ..inputs import read_cohort, read_references
from ..listing import Listing
from ..task import Task
from ..visits import plan_starts

__all__ = ["ALARM", "Future", "at_last", "fresh", "read_future"]

ALARM = Level.D
"""From this level on, an enterprise is checked much more: a false alarm where nothing is found."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Future:
    """What two models said of rows of which neither knew the outcome.

    Attributes
    ----------
    cohort
        The rows; each with its outcome.
    groups
        By `population`, `district`, `category`, `staff` and `capital`: the group of each row.
    chance
        Probability of each row by the champion and by the challenger.
    alarm
        Whether each puts the row on `ALARM` or worse by itself; None where there are no levels.
    """

    cohort: Cohort
    groups: Mapping[str, Texts]
    chance: tuple[Array, Array]
    alarm: tuple[Flags, Flags] | None = None


def fresh(cohort: Cohort, cards: Sequence[ModelCard], at: int) -> Flags:
    """Tell which rows of a cohort are the future of all models, with outcomes known by a day."""
    found = cohort.known(at) & (cohort.as_of >= max(time.day(card.cut) for card in cards))
    for card in cards:
        found &= ~cohort.known(time.day(card.learned_until))
    return found


def read_future(
    archive: Archive,
    task: Task,
    events: Events,
    bundles: tuple[Bundle, Bundle],
    at: int,
    *,
    threads: int = 1,
) -> Future:
    """Read the rows on which champion and challenger can be held against each other.

    Parameters
    ----------
    archive, events
        Where the records are, and its events.
    task
        Says which rows, and what counts as a violation.
    bundles
        Champion and challenger, of one purpose.
    at
        Outcomes count that were known before this day.
    threads
        How many threads compute indicators.
    """
    everyone = read_cohort(archive, task, bundles[1].catalogue, events, threads=threads)
    cohort = everyone.take(fresh(everyone, [each.card for each in bundles], at))
    who = cohort.enterprise, cohort.as_of
    register = registration(bundles[1].catalogue, events, *who, threads=threads)
    groups = {
        "population": register.population,
        **traits(archive, events, *who, task.sizes, threads=threads),
    }
    computed: dict[str, pd.DataFrame] = {}
    for bundle in bundles:
        name = bundle.catalogue.fingerprint
        if name not in computed:
            computed[name] = _matrix(archive, task, events, bundle, cohort, threads)
    margins = [
        each.blend.margins(_values(computed[each.catalogue.fingerprint]), threads)
        for each in bundles
    ]
    champion, challenger = (
        each.calibrator.probability(margin) for each, margin in zip(bundles, margins, strict=True)
    )
    alarm = None
    if bundles[1].card.purpose is Purpose.GRADE:
        days = cohort.as_of
        coming = at_last(bundles[1], int(days.min(initial=at)))
        alarm = _alarms(bundles[0], champion, days), _alarms(coming, challenger, days)
    return Future(cohort, groups, (champion, challenger), alarm)


def at_last(bundle: Bundle, day: int) -> Bundle:
    """Return a bundle under the last edition of its policy, if that was not in force on a day."""
    policy = bundle.policy
    last = policy.editions[-1]
    if last.effective_from <= day:
        return bundle
    return replace(bundle, policy=replace(policy, editions=(replace(last, effective_from=day),)))


def _matrix(
    archive: Archive, task: Task, events: Events, bundle: Bundle, cohort: Cohort, threads: int
) -> pd.DataFrame:
    """Return what a bundle's indicators were: on each row's day, or when a visit's plan began."""
    catalogue = bundle.catalogue
    references = read_references(archive, catalogue, events)
    if bundle.card.purpose is Purpose.GRADE:
        rows = cohort.rows()
        return compute(catalogue, events, rows, references=references, threads=threads)
    nearby = any(isinstance(leaf, Nearby) for leaf in catalogue.leaves)
    places = Places.from_table(archive.places(upto=archive.sequence)) if nearby else None
    begun = plan_starts(cohort.as_of, task.plan_months)
    return Listing(catalogue, events, references, places).matrix(cohort, begun, threads=threads)


def _values(matrix: pd.DataFrame) -> Array:
    return np.ascontiguousarray(matrix.to_numpy(np.float64))


def _alarms(bundle: Bundle, chance: Array, days: Days) -> Flags:
    """Tell which rows a model puts on `ALARM` or worse, by the policy of their day."""
    found = np.zeros(chance.size, bool)
    for day in np.unique(days).tolist():
        own = days == day
        found[own] = chance[own] >= bundle.policy.on(day).scale.cut_points[ALARM - 1]
    return found
