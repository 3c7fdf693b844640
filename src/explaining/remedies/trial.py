"""Trials: grades of one enterprise as they would be, had it taken some steps."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features import Catalogue, Events, Indicator, Rate, References, matching
from ...features.aggregate import Aggregate
from ...features.kernel import aggregate
from ...features.plan import compile_plan
from ...features.standing import finish, stood
from ...grading import Level, Scorer
from ...grading.scores import NO_LEVEL, Codes, Scores
from ...grading.values import holds
from ..explanation import Override
from ..law.actions import Deed
from ..law.steps import Do, Step
from ..warning import DowngradeWarning
from .rundays import RunDays
from .taking import worlds
from .turn import Turn

__all__ = ["Runs", "Trial"]

BESIDE = ("enterprise*",)  # what an enterprise is
AT_ONCE = 1_000_000
Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]
Steps = Sequence[Step]
Runs = list[tuple[int, Level, float]]
"""Day, level and probability of each run, in order."""


class Trial:
    """Grades of one enterprise as they would be.

    What it would be in many worlds, in each of which it takes one set of steps, is computed at
    once.

    Parameters
    ----------
    scorer
        Whose bundle decides.
    own, enterprise
        Its events as known now, and its dense number.
    references
        As for `compute`.
    as_of, until
        Day numbers: today's, and the last one to look at.
    regular
        Streams of what is told again and again: an indicator that reads nothing else keeps the
        value that it has today, and so does a part of one; see `ActionEdition`.
    beside
        What people set, as no step leads to another level while it holds; and the downgrade
        warning in force, as none leads to a better one than its own.
    """

    def __init__(
        self,
        scorer: Scorer,
        own: Events,
        enterprise: int,
        references: References | None,
        as_of: int,
        until: int,
        regular: Sequence[str] = (),
        beside: tuple[Override | None, DowngradeWarning | None] = (None, None),
    ) -> None:
        self.scorer, self.own, self.enterprise = scorer, own, enterprise
        self.references, self.as_of, self.regular = references, as_of, tuple(regular)
        self._beside = beside
        self._days = RunDays(scorer.bundle.policy, as_of, until)

    def present(self, previous: npt.ArrayLike | None) -> tuple[Level, int]:
        """Return the level that counts today, and the code of the model's that the next run has.

        Parameters
        ----------
        previous
            Code of the model's level before today, -1 where there is none; shape (1,). A grade that
            is asked for between runs leaves it as it is.
        """
        events, today = worlds(self.own, [()]), _pairs([0], [self.as_of])
        scores = self._scored(events, *today, self.ahead(events, *today), previous)
        if len(RunDays(self.scorer.bundle.policy, self.as_of - 1, self.as_of).of(events, 1)[1]):
            return Level(int(scores.level[0])), int(scores.model[0])
        return Level(int(scores.level[0])), int(scores.previous[0])

    def runs(self, sets: Sequence[Steps], start: int) -> Iterator[Runs]:
        """Yield level and probability of each run in each of some worlds.

        Parameters
        ----------
        sets
            What is done in each of them.
        start
            Code of the model's level before the first run, -1 if there is none; each other starts
            from that of the one before.
        """
        many = max(1, AT_ONCE // max(1, len(self.own)))
        for first in range(0, len(sets), many):
            yield from self._runs(sets[first : first + many], start)

    def _runs(self, sets: Sequence[Steps], start: int) -> Iterator[Runs]:
        events = worlds(self.own, sets)
        world, when = self._days.of(events, len(sets))
        values = self.ahead(events, world, when)
        before = self._carried(values, world, when, start)
        scores = self._scored(events, world, when, values, before)
        found = zip(when.tolist(), scores.level.tolist(), scores.probability.tolist(), strict=True)
        runs = [(day, Level(code), chance) for day, code, chance in found]
        edges = np.searchsorted(world, np.arange(len(sets) + 1)).tolist()
        yield from (runs[first:last] for first, last in pairwise(edges))

    def populations(self) -> Iterator[str]:
        """Yield the populations to which the enterprise belongs."""
        rows = _rows(*_pairs([self.enterprise], [self.as_of]))
        for name, expression in Catalogue(()).populations.items():
            if holds(expression, self.own, rows)[0]:
                yield name

    def followed(self, steps: Sequence[Step], last: int) -> list[Step]:
        """Return the steps after which there is a run until a day."""
        world, when = self._days.of(worlds(self.own, [[step] for step in steps]), len(steps))
        day = np.array([step.day for step in steps], np.int32)
        after = world[(day[world] <= when) & (when <= last)]
        return [steps[place] for place in np.unique(after).tolist()]

    def reversing(self, steps: Sequence[Step]) -> list[Step]:
        """Return the steps that move an indicator against its direction, on any run after them.

        That is to a value worse than without the step, and worse than today's: a renewal keeps the
        categories of a licence as they are.
        """
        catalogue = self.scorer.bundle.catalogue
        sets = [(), *((step.without_figures(),) for step in steps)]
        events, done = (
            worlds(self.own, sets),
            np.array([0, *(step.day for step in steps)], np.int32),
        )
        world, when = self._days.of(events, len(sets))
        later = done[world] <= when
        each = np.arange(1, len(sets), dtype=np.int32)
        world, when = (np.append(*both) for both in ((world[later], each), (when[later], done[1:])))
        days, signs = np.unique(when), np.array(catalogue.monotone_constraints())
        values = self._values(events, world, when)
        own = self._values(events, *_pairs([0], np.append(np.int32(self.as_of), days)))
        against = signs * (values - own[1:][np.searchsorted(days, when)]) > 0
        against &= ~(signs * (values - own[0]) <= 0)
        return [
            step
            for place, step in enumerate(steps, 1)
            if not all(
                _counts_as_ended(catalogue.indicators[column], step, self.own)
                for column in np.flatnonzero(against[world == place].any(axis=0))
            )
        ]

    def strongest(self, steps: Sequence[Step], most: int, turn: Turn) -> list[Step]:
        """Return so many steps at most, those that do most on any run.

        What a step does is told alone, on top of all others, and on top of those that do nothing
        alone, among which are those that only make way for it.
        """
        _, days = self._days.of(worlds(self.own, [steps]), 1)

        def worth(sets: Sequence[Steps]) -> Array:
            return self._worth([turn.most(some) for some in sets], days)

        def added(some: Steps) -> dict[Do, tuple[float, ...]]:
            """Return what each of some steps adds to all others of them."""
            whole, *without = worth([some, *([e for e in some if e != step] for step in some)])
            return {
                step.deed: _most(whole - others) for step, others in zip(some, without, strict=True)
            }

        nothing, *single = worth([(), *([step] for step in steps)])
        alone = {step.deed: _most(each - nothing) for step, each in zip(steps, single, strict=True)}
        among = added(steps)
        idle = added([step for step in steps if not any(alone[step.deed])])
        effects = {
            deed: max(alone[deed], among[deed], idle.get(deed, alone[deed])) for deed in alone
        }
        chosen = sorted(steps, key=lambda step: effects[step.deed], reverse=True)[:most]
        return [step for step in steps if step in chosen and any(effects[step.deed])]

    def _worth(self, sets: Sequence[Steps], days: Numbers) -> Array:
        """Return level and margin of each world as of each day."""
        events, rows = worlds(self.own, sets), _pairs(range(len(sets)), days)
        scores = self._scored(events, *rows, self.ahead(events, *rows), None)
        return np.stack([scores.level, scores.margin], axis=-1).reshape(len(sets), len(days), 2)

    def _scored(
        self,
        events: Events,
        world: Numbers,
        when: Numbers,
        values: Array,
        previous: npt.ArrayLike | None,
    ) -> Scores:
        """Grade worlds as of days, from a level of the model before each."""
        scorer, rows = self.scorer, _rows(world, when)
        met = scorer.met(scorer.bundle.rules.conditions(events, rows), when)
        people, warned = (_set(each, when) for each in self._beside)
        cards = scorer.cards(events, rows)
        return scorer.score(values, met, when, previous, cards, people, warned)

    def _carried(self, values: Array, world: Numbers, when: Numbers, start: int) -> Codes:
        """Return from which level of the model each run starts; on another scale from none."""
        policy, calibrator = self.scorer.bundle.policy, self.scorer.bundle.calibrator
        margins = self.scorer.bundle.blend.margins(values, self.scorer.threads)
        levels = np.full(int(world.max(initial=-1)) + 1, start, np.int8)
        found, scale = np.empty(len(when), np.int8), policy.on(self.as_of).scale
        for day in np.unique(when).tolist():
            before, scale = scale, policy.on(day).scale
            if before != scale:
                levels[:] = NO_LEVEL
            rows = np.flatnonzero(when == day)
            found[rows] = levels[world[rows]]
            levels[world[rows]] = scale.place(margins[rows], calibrator, found[rows]).codes
        return found

    def ahead(self, events: Events, world: Numbers, when: Numbers) -> Array:
        """Return the indicators of worlds as of days, where what is regular is told as it is today.

        Parameters
        ----------
        events
            From `worlds`.
        world, when
            World and day number of each row.
        """
        table = self._table(events, world, when)
        parts, indicators = self._lasting
        table[:, parts] = self._today[0][:, parts]
        values = self._finished(events, table, world, when)
        values[:, indicators] = self._today[1][:, indicators]
        return values

    def _values(self, events: Events, world: Numbers, when: Numbers) -> Array:
        """Return the indicators of worlds as of days, if nothing else is told."""
        return self._finished(events, self._table(events, world, when), world, when)

    def _table(self, events: Events, world: Numbers, when: Numbers) -> Array:
        """Return the aggregates of worlds as of days."""
        parts = self.scorer.bundle.catalogue.layout.aggregates
        return aggregate(compile_plan(parts, events.vocabulary), events, world, when)

    def _finished(self, events: Events, table: Array, world: Numbers, when: Numbers) -> Array:
        """Return the indicators of worlds as of days from their aggregates."""
        catalogue, alike = self.scorer.bundle.catalogue, np.full_like(world, self.enterprise)
        standing = stood(catalogue, events, table, world, when, when)
        values = finish(catalogue, replace(standing, enterprise=alike), self.references)
        return np.ascontiguousarray(values.T)

    @cached_property
    def _today(self) -> tuple[Array, Array]:
        """Aggregates and indicators as of today; shape (1, n) of each."""
        events, today = worlds(self.own, [()]), _pairs([0], [self.as_of])
        return self._table(events, *today), self._values(events, *today)

    @cached_property
    def _lasting(self) -> tuple[list[int], list[int]]:
        """Places of the aggregates and of the indicators that read nothing but what is regular."""
        catalogue, names = self.scorer.bundle.catalogue, self.own.vocabulary
        regular, beside = (set(matching(each, names)) for each in (self.regular, BESIDE))
        reads = [set(matching(each.streams, names)) for each in catalogue.layout.aggregates]
        return (
            [place for place, each in enumerate(reads) if each and each <= regular],
            [
                place
                for place, each in enumerate(catalogue.indicators)
                if _reads_only(each, regular, beside, names)
            ],
        )


def _set(found: Override | DowngradeWarning | None, when: Numbers) -> Codes | None:
    """Return the codes of the level that is set for days, -1 on those on which it ended."""
    if found is None:
        return None
    holds = (found.since <= when) & (when <= found.until)
    return np.where(holds, int(found.level), NO_LEVEL).astype(np.int8)


def _pairs(worlds: Sequence[int], days: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """Return every world with every day."""
    who, when = np.asarray(worlds, np.int32), np.asarray(days, np.int32)
    return np.repeat(who, len(when)), np.tile(when, len(who))


def _rows(world: Numbers, when: Numbers) -> pd.DataFrame:
    return pd.DataFrame({"enterprise": world, "as_of": when})


def _most(difference: Array) -> tuple[float, ...]:
    return tuple(np.abs(difference).max(axis=0).tolist())


def _reads_only(
    indicator: Indicator, regular: set[int], beside: set[int], names: Sequence[tuple[str, str]]
) -> bool:
    """Tell whether an indicator reads some streams, and none but those and some beside them."""
    streams: set[int] = set()
    for leaf in indicator.leaves:
        if not isinstance(leaf, Aggregate | Rate):
            return False
        streams.update(matching(leaf.streams, names))
    return bool(streams & regular) and streams <= regular | beside


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
        for leaf in indicator.leaves
        if not isinstance(leaf, Aggregate)
        or not streams.isdisjoint(matching(leaf.streams, own.vocabulary))
    )
