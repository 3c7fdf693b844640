"""Trials: grades of one enterprise as they would be, had it taken some steps."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features import Catalogue, Events, Indicator, Rate, References, compute, matching
from ..features.aggregate import Aggregate
from ..features.expression import leaves_of
from ..grading import Level, Scorer
from ..grading.values import holds
from .actions import Deed
from .steps import Do, Step, in_turn, taken, together

__all__ = ["Trial"]

BESIDE = ("enterprise*",)  # what an enterprise is
Array = npt.NDArray[np.float64]


class Trial:
    """Grades of one enterprise as they would be.

    Parameters
    ----------
    scorer
        Whose bundle decides.
    own, enterprise
        Its events as known now, and its dense number.
    references
        As for `compute`.
    as_of, regular
        Day number, and streams of what is told again and again: an indicator that reads nothing
        else keeps the value that it has then; see `ActionEdition`.
    """

    def __init__(
        self,
        scorer: Scorer,
        own: Events,
        enterprise: int,
        references: References | None,
        as_of: int,
        regular: Sequence[str] = (),
    ) -> None:
        self.scorer, self.own, self.enterprise = scorer, own, enterprise
        self.references, self.as_of, self.regular = references, as_of, tuple(regular)

    def strongest(
        self, steps: Sequence[Step], most: int, as_of: int, days: Sequence[int]
    ) -> list[Step]:
        """Return so many steps at most, those that do most on any of some days.

        What a step does is told alone, on top of all others, and on top of those that do nothing
        alone, among which are those that only make way for it.
        """

        def worth(some: Sequence[Step]) -> Array:
            able = together(self.own, self.enterprise, tuple(some), as_of)
            grades = self._grades(able, days, None)
            levels = [Level.of(level) for level in grades["level"].astype(str)]
            return np.column_stack([levels, grades["margin"]])

        def added(some: Sequence[Step]) -> dict[Do, tuple[float, ...]]:
            """Return what each of some steps adds to all others of them."""
            whole = worth(some)
            return {
                step.deed: _most(whole - worth([each for each in some if each != step]))
                for step in some
            }

        nothing, among = worth(()), added(steps)
        alone = {step.deed: _most(worth([step]) - nothing) for step in steps}
        idle = added([step for step in steps if not any(alone[step.deed])])
        effects = {
            deed: max(alone[deed], among[deed], idle.get(deed, alone[deed])) for deed in alone
        }
        chosen = sorted(steps, key=lambda step: effects[step.deed], reverse=True)[:most]
        return [step for step in steps if step in chosen and any(effects[step.deed])]

    def sets(self, steps: Sequence[Step], most: int, as_of: int) -> Iterator[tuple[Step, ...]]:
        """Yield the sets of steps that can be taken, each step in its turn."""
        for size in range(min(most, len(steps)) + 1):
            for chosen in combinations(steps, size):
                found = in_turn(self.own, self.enterprise, chosen, as_of)
                if found is not None:
                    yield found

    def present(self, as_of: int, previous: npt.ArrayLike | None) -> tuple[Level, Level]:
        """Return the level that counts and that of the model, as of a day."""
        [grade] = self._grades((), [as_of], previous).itertuples()
        return Level.of(str(grade.level)), Level.of(str(grade.model_level))

    def levels(
        self, steps: Sequence[Step], days: Sequence[int], first: int, previous: Level
    ) -> list[tuple[int, Level, float]]:
        """Return level and probability as of each run day after some steps.

        Parameters
        ----------
        steps
            What is done.
        days
            All days of runs, rising: each starts from the model's level of the one before.
        first
            The first of them that is wanted.
        previous
            The model's level before the first of all.
        """
        if not days or days[-1] < first:
            return []
        events, rows, when = self.after(steps), self._rows(days), np.array(days)
        bundle, scorer = self.scorer.bundle, self.scorer
        matrix = self._matrix(events, rows)
        scores = scorer.score(
            scorer.values(matrix),
            scorer.met(bundle.rules.conditions(events, rows), when),
            when,
            self._carried(scorer.margins(matrix), days, previous),
            scorer.cards(events, rows),
        )
        found = zip(days, scores.level.tolist(), scores.probability.tolist(), strict=True)
        return [(day, Level(code), chance) for day, code, chance in found if day >= first]

    def _carried(self, margins: Array, days: Sequence[int], previous: Level) -> list[int]:
        """Return from which level of the model each run starts."""
        policy, calibrator = self.scorer.bundle.policy, self.scorer.bundle.calibrator
        levels = [int(previous)]
        for margin, day in zip(margins.tolist(), days, strict=True):
            placed = policy.on(day).scale.place([margin], calibrator, levels[-1:])
            levels.append(int(placed.codes[0]))
        return levels[:-1]

    def populations(self, as_of: int) -> Iterator[str]:
        """Yield the populations to which the enterprise belongs."""
        for name, expression in Catalogue(()).populations.items():
            if holds(expression, self.own, self._rows([as_of]))[0]:
                yield name

    def reverses(self, step: Step, days: Sequence[int]) -> bool:
        """Tell whether a step moves an indicator against its direction on any of some days."""
        rows = self._rows(sorted({step.day, *(day for day in days if day >= step.day)}))
        catalogue = self.scorer.bundle.catalogue
        before, after = (
            compute(catalogue, events, rows, references=self.references).to_numpy()
            for events in (self.own, self.after([step.without_figures()]))
        )
        signs = np.array(catalogue.monotone_constraints())
        against = np.flatnonzero((signs * (after - before) > 0).any(axis=0))
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
        events, rows, scorer = self.after(steps), self._rows(days), self.scorer
        met = scorer.bundle.rules.conditions(events, rows)
        return scorer.grades(self._matrix(events, rows), met, before, scorer.cards(events, rows))

    def _matrix(self, events: Events, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the values of indicators, those that stay as they are among them."""
        found = compute(self.scorer.bundle.catalogue, events, rows, references=self.references)
        values, (places, kept) = found.to_numpy(np.float64, copy=True), self._kept
        values[:, places] = kept
        return pd.DataFrame(values, found.index, found.columns, copy=False)

    @cached_property
    def _kept(self) -> tuple[list[int], Array]:
        """Where the indicators stand that read nothing but what is regular, and their values."""
        catalogue, names = self.scorer.bundle.catalogue, self.own.vocabulary
        regular, beside = (set(matching(each, names)) for each in (self.regular, BESIDE))
        places = [
            place
            for place, each in enumerate(catalogue.indicators)
            if _reads_only(each, regular, beside, names)
        ]
        now = compute(catalogue, self.own, self._rows([self.as_of]), references=self.references)
        return places, now.to_numpy(np.float64)[0, places]

    def _rows(self, days: Sequence[int]) -> pd.DataFrame:
        return pd.DataFrame(
            {"enterprise": np.full(len(days), self.enterprise, np.int32), "as_of": days}
        ).astype(np.int32)


def _most(difference: Array) -> tuple[float, ...]:
    return tuple(np.abs(difference).max(axis=0).tolist())


def _reads_only(
    indicator: Indicator, regular: set[int], beside: set[int], names: Sequence[tuple[str, str]]
) -> bool:
    """Tell whether an indicator reads some streams, and none but those and some beside them."""
    streams: set[int] = set()
    for leaf in leaves_of(indicator.expression):
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
        for leaf in leaves_of(indicator.expression)
        if not isinstance(leaf, Aggregate)
        or not streams.isdisjoint(matching(leaf.streams, own.vocabulary))
    )
