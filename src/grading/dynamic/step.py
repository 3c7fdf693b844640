"""A step: everybody, or whom an event concerns, graded from what was in force before."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ...ledger import Run
from ..calibrator import Array
from ..policy import Edition
from ..scale import Level
from ..scorer import Scorer
from ..scores import NO_LEVEL, Codes, Scores, words
from .cause import Side, Sides, same_blend
from .changed import Changed
from .columns import tabled
from .inforce import InForce, carrying
from .matrices import Matrices
from .overriding import overriding
from .retrospect import Given, Retrospect
from .why import WORDS, Reasons, why

__all__ = ["BLOCK", "FIRST", "Count", "Step"]

BLOCK = 32_768
FIRST = "first"
PENDING = -1

Numbers = npt.NDArray[np.int32]
Places = npt.NDArray[np.intp]


@dataclass(slots=True)
class Count:
    """How many were graded, for the first time, with another level, and held; and each level."""

    enterprises: int = 0
    first: int = 0
    changed: int = 0
    held: int = 0
    levels: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(Level), np.int64))

    def add(self, scores: Scores, before: Codes) -> None:
        """Count some grades more."""
        self.enterprises += len(before)
        self.first += int((before == NO_LEVEL).sum())
        self.held += int((scores.model != scores.plain).sum())
        self.changed += int(((before != NO_LEVEL) & (scores.level != before)).sum())
        self.levels += np.bincount(scores.level, minlength=len(Level))


@dataclass(eq=False, kw_only=True)
class Step:
    """One run, from matrices to tables, block by block.

    Parameters
    ----------
    scorer, matrices
        The bundle, and what it is told of the city.
    standing
        The grades in force, which the run replaces block by block.
    runs
        Earlier runs by number.
    read
        Returns what the bundle of a digest is told of the city.
    ids
        Codes of all enterprises, by dense number.
    as_of
        Day number.
    overrides
        Codes of the levels that people set and that count on the day, by dense number.
    warnings
        Those of the downgrade warnings that do.

    Attributes
    ----------
    count
        How many were graded.
    changed
        The levels that changed, block by block.
    """

    scorer: Scorer
    matrices: Matrices
    standing: InForce
    runs: Mapping[int, Run]
    read: Callable[[str], Matrices]
    ids: pa.Array
    as_of: int
    overrides: Mapping[int, Level] = field(default_factory=dict)
    warnings: Mapping[int, Level] = field(default_factory=dict)
    count: Count = field(default_factory=Count)
    changed: list[Changed] = field(default_factory=list)

    def __post_init__(self) -> None:
        edition = self.matrices.bundle.policy.on(self.as_of)
        self.carried = carrying(
            self.standing.run, self.runs, lambda digest: self.read(digest).bundle, edition
        )

    def tables(self, frames: Iterable[pd.DataFrame]) -> Iterator[pa.Table]:
        """Yield the grades of frames of indicators and conditions, as tables."""
        for frame in frames:
            for start in range(0, len(frame), BLOCK):
                yield self._table(frame.iloc[start : start + BLOCK])

    def changes(self) -> Iterator[dict[str, Any]]:
        """Yield what the ledger has of every level that changed."""
        for block in self.changed:
            yield from block.rows()

    def settle(self, run: int) -> None:
        """Let the grades be those of a run, now that it has a number."""
        self.standing.run[self.standing.run == PENDING] = run

    def _table(self, frame: pd.DataFrame) -> pa.Table:
        matrix, conditions = self.matrices.split(frame)
        who = frame.index.get_level_values("enterprise").to_numpy().astype(np.int32)
        days = np.full(len(who), self.as_of, np.int32)
        values = self.scorer.values(matrix)
        standing = self.standing
        previous = standing.carried(who, self.carried)
        cards = self.matrices.cards(frame, self.as_of)
        met = self.scorer.met(conditions, days)
        beside = overriding(self.overrides, who), overriding(self.warnings, who)
        scores = self.scorer.score(values, met, days, previous, cards, *beside)
        before = standing.level[who]
        self.count.add(scores, before)
        ids = self.ids.take(pa.array(who))
        causes = self._causes(who, ids, values, scores, before)
        standing.put(who, scores, PENDING)
        some = {"override": self.overrides, "warning": self.warnings}
        added = [name for name, levels in some.items() if levels]
        return tabled(who, ids, scores, before, causes, standing.rules, added)

    def _causes(
        self, who: Numbers, ids: pa.Array, values: Array, scores: Scores, before: Codes
    ) -> pa.DictionaryArray:
        """Return why each level changed, and keep what the ledger will have of it."""
        cause = np.zeros(len(who), np.int64)
        changed = np.flatnonzero((before != NO_LEVEL) & (scores.level != before))
        earlier = self.standing.run[who[changed]]
        for run in np.unique(earlier).tolist():
            rows = changed[earlier == run]
            reasons = self._why(self.runs[run], rows, who, values, scores)
            cause[rows] = reasons.cause
            self.changed.append(
                Changed(who[rows], ids.take(pa.array(rows)), scores.level[rows], reasons)
            )
        texts, places = words(cause, WORDS)
        first = len(texts)
        found = np.where(before == NO_LEVEL, np.int32(first), places)
        return pa.DictionaryArray.from_arrays(pa.array(found), pa.array([*texts, FIRST]))

    def _why(
        self,
        run: Run,
        rows: Places,
        who: Numbers,
        values: Array,
        scores: Scores,
    ) -> Reasons:
        """Return why the levels of rows changed that were last graded in one earlier run."""
        past, world, here = self.read(run.bundle), self.matrices, who[rows]
        standing, edition = self.standing, self._policies(run)
        before = Side(
            bundle=past.bundle,
            edition=edition[0],
            margin=standing.margin[here],
            met=standing.met[here],
            card=standing.card[here],
            model=standing.model[here],
            previous=standing.model[here],
            override=standing.override[here],
            warning=standing.warning[here],
        )
        now = Side(
            bundle=world.bundle,
            edition=edition[1],
            margin=scores.margin[rows],
            met=scores.met[rows],
            card=scores.card[rows],
            model=scores.model[rows],
            previous=scores.previous[rows],
            override=scores.override[rows],
            warning=scores.warning[rows],
        )
        given = Given(run.as_of, run.sequence)
        crossed = self._crossed(past, world.retrospect(here, given, self.as_of), values[rows])
        sides = Sides(standing.rules, before, now, standing.level[here], *crossed)
        reasons = why(sides, here, given, (past, world), self.as_of, values[rows])
        return reasons.released(self._released(here, scores.model[rows]))

    def _crossed(
        self, past: Matrices, back: Retrospect, now: Array
    ) -> tuple[Array | None, Array | None]:
        """Return the new indicators' margins by the old model, and the old ones' by the new."""
        world = self.matrices
        if same_blend(past.bundle, world.bundle):
            return None, None
        if past.bundle.catalogue.fingerprint != world.bundle.catalogue.fingerprint:
            now = past.retrospect(back.enterprises, back.given, self.as_of).heard()
        return past.bundle.blend.margins(now), world.bundle.blend.margins(back.before())

    def _released(self, who: Numbers, model: Codes) -> npt.NDArray[np.bool_]:
        """Tell which levels hysteresis had held, and now lets go where the margin already was."""
        standing = self.standing
        held = standing.model[who] != standing.plain[who]
        return np.asarray(held & (standing.plain[who] == model))

    def _policies(self, run: Run) -> tuple[Edition, Edition]:
        """Return the editions by which an earlier run and this one grade."""
        policy = self.read(run.bundle).bundle.policy
        return policy.on(run.as_of), self.matrices.bundle.policy.on(self.as_of)
