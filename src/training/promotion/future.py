"""The future: rows whose outcomes became known after both models had learned all they know.

Rows lie on or after the later cut of the two, so that neither was fitted on an outcome that could
be theirs, and their outcomes were unknown when either calibration last followed any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...archive import Archive
from ...core import time
from ...features import Events, Nearby, Places, compute
from ...grading import Bundle, Level, ModelCard, Purpose, Scorer
from ..cohorts import Array, Cohort, Texts, registration, traits
from ..inputs import read_cohort, read_references
from ..listing import Listing
from ..task import Task
from ..visits import plan_starts

__all__ = ["ALARM", "Future", "fresh", "read_future"]

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
    grading = bundles[1].card.purpose is Purpose.GRADE
    say = _grades if grading else _forecasts
    told = [say(archive, task, events, each, cohort, threads) for each in bundles]
    chance = told[0][0], told[1][0]
    alarm = (told[0][1], told[1][1]) if grading else None
    return Future(cohort, groups, chance, alarm)


def _grades(
    archive: Archive, _: Task, events: Events, bundle: Bundle, cohort: Cohort, threads: int
) -> tuple[Array, Flags]:
    """Return what a model for grades says of each row on its own day."""
    references = read_references(archive, bundle.catalogue, events)
    rows = cohort.rows()
    matrix = compute(bundle.catalogue, events, rows, references=references, threads=threads)
    margins = Scorer(bundle, threads=threads).margins(matrix)
    chance = bundle.calibrator.probability(margins)
    alarm = np.zeros(chance.size, bool)
    for day in np.unique(cohort.as_of).tolist():
        own = cohort.as_of == day
        alarm[own] = chance[own] >= bundle.policy.on(day).scale.cut_points[ALARM - 1]
    return chance, alarm


def _forecasts(
    archive: Archive, task: Task, events: Events, bundle: Bundle, cohort: Cohort, threads: int
) -> tuple[Array, Flags]:
    """Return what a forecast says of each visit on the day on which its plan began."""
    nearby = any(isinstance(leaf, Nearby) for leaf in bundle.catalogue.leaves)
    listing = Listing(
        catalogue=bundle.catalogue,
        events=events,
        references=read_references(archive, bundle.catalogue, events),
        places=Places.from_table(archive.places(upto=archive.sequence)) if nearby else None,
    )
    begun = plan_starts(cohort.as_of, task.plan_months)
    matrix = listing.matrix(cohort, begun, threads=threads)
    values = np.ascontiguousarray(matrix.to_numpy(np.float64))
    chance = bundle.calibrator.probability(bundle.blend.margins(values, threads))
    return chance, np.zeros(chance.size, bool)
