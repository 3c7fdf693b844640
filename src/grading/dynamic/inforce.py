"""Grades in force: of every enterprise the last one that was given, and in which run."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...ledger import Run
from ..bundle import Bundle
from ..policy import Edition
from ..scores import NO_LEVEL, Codes, Masks, Scores
from .columns import codes, masks
from .store import GradeStore

__all__ = ["InForce", "carrying", "read_in_force", "since_everybody"]

COLUMNS = [
    *("enterprise", "level", "model_level", "plain_level", "card_level", "override", "warning"),
    *("margin", "met"),
]


@dataclass(slots=True, eq=False)
class InForce:
    """Columns by dense number; -1 as level, and 0 as run, where no grade was given.

    Parameters
    ----------
    rules
        What the bits of `met` stand for.
    level, model, plain, card, override, warning, margin, met
        As `Scores` has them.
    run
        Number of the run.
    """

    rules: list[str]
    level: Codes = field(default_factory=lambda: np.empty(0, np.int8))
    model: Codes = field(default_factory=lambda: np.empty(0, np.int8))
    plain: Codes = field(default_factory=lambda: np.empty(0, np.int8))
    card: Codes = field(default_factory=lambda: np.empty(0, np.int8))
    override: Codes = field(default_factory=lambda: np.empty(0, np.int8))
    warning: Codes = field(default_factory=lambda: np.empty(0, np.int8))
    margin: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    met: Masks = field(default_factory=lambda: np.empty(0, np.int64))
    run: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))

    def make_room(self, enterprises: int) -> None:
        """Make room for dense numbers below a number."""
        more = enterprises - len(self.run)
        if more <= 0:
            return
        fresh = {"margin": np.nan, "met": 0, "run": 0}
        for each in fields(self)[1:]:
            old = getattr(self, each.name)
            new = np.full(more, fresh.get(each.name, NO_LEVEL), old.dtype)
            setattr(self, each.name, np.concatenate([old, new]))

    def carried(self, enterprises: npt.NDArray[np.int32], runs: npt.NDArray[np.bool_]) -> Codes:
        """Return the model's levels of some; -1 where their run is none of which one is kept.

        Parameters
        ----------
        enterprises
            Dense numbers for which there is room; shape (n,).
        runs
            Of each run by its number, whether levels carry on from it.
        """
        kept = runs[self.run[enterprises]]
        return np.where(kept, self.model[enterprises], NO_LEVEL).astype(np.int8)

    def put(self, enterprises: npt.NDArray[np.int32], scores: Scores, run: int) -> None:
        """Put grades of a run in the place of those before; their bits are of `rules`."""
        for each in fields(self)[1:-1]:
            getattr(self, each.name)[enterprises] = getattr(scores, each.name)
        self.run[enterprises] = run

    def put_table(self, table: pa.Table, run: int) -> None:
        """Put grades that were kept of a run in the place of those before."""
        who = table["enterprise"].to_numpy()
        self.make_room(int(who.max(initial=-1)) + 1)
        self.level[who] = codes(table["level"])
        self.model[who] = codes(table["model_level"])
        self.plain[who] = codes(table["plain_level"])
        self.card[who] = codes(table["card_level"])
        self.override[who] = codes(table["override"])
        self.warning[who] = codes(table["warning"])
        self.margin[who] = table["margin"].to_numpy()
        self.met[who] = masks(table["met"], self.rules)
        self.run[who] = run


def since_everybody(runs: Iterable[Run], as_of: int) -> list[Run]:
    """Return the last run up to a day that graded everybody, and those after it up to that day."""
    past = [run for run in runs if run.as_of <= as_of]
    last = max((place for place, run in enumerate(past) if run.everybody), default=0)
    return past[last:]


def read_in_force(store: GradeStore, runs: Iterable[Run], rules: Iterable[str]) -> InForce:
    """Read the grades in force after some runs, the first of which graded everybody.

    Parameters
    ----------
    store, runs
        Where the grades are, and the runs from `since_everybody`.
    rules
        Names of rules, which get the lowest bits.
    """
    found = InForce(list(rules))
    for run in runs:
        for piece in store.pieces(run.digest, columns=COLUMNS):
            found.put_table(piece, run.id)
    return found


def carrying(
    given: npt.NDArray[np.int32],
    runs: Mapping[int, Run],
    read: Callable[[str], Bundle],
    edition: Edition,
) -> npt.NDArray[np.bool_]:
    """Tell of each run by its number whether levels carry on from it to an edition of the policy.

    Parameters
    ----------
    given, runs
        Numbers of the runs that gave some grades, 0 for none, and the runs by number.
    read
        Returns the bundle of a digest.
    edition
        That by which is graded now.
    """
    found = np.zeros(max(runs, default=0) + 1, bool)
    for number in np.unique(given).tolist():
        if number:
            run = runs[number]
            found[number] = carries(read(run.bundle).policy.on(run.as_of), edition)
    return found


def carries(before: Edition, now: Edition) -> bool:
    """Tell whether a level of one edition holds back one of another: where their scales are one.

    Where cut points or hysteresis are others, a level before is one of another meaning, and the
    fold begins anew.
    """
    return bool(before.scale == now.scale)
