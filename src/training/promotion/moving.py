"""The migration budget: for how many enterprises the grade jumps if the model changes."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...archive import Archive
from ...core import time
from ...features import Events, References, compute
from ...grading import Bundle, Scorer
from ..cohorts import registration
from ..inputs import read_references
from ..limits import Limits
from ..measuring import Migration, migration
from .future import at_last
from .gate import Gate, Status

__all__ = ["Moves", "migration_gate", "moves"]

BLOCK = 100_000
TWO = 2
SIDES = ("before", "after")

Moves = Mapping[str, Migration]
"""Who moves between which levels, by population; all of them under the empty name."""


def moves(
    archive: Archive,
    events: Events,
    bundles: tuple[Bundle, Bundle],
    as_of: int,
    *,
    threads: int = 1,
) -> Moves:
    """Grade everybody in business as of a day by two bundles, and count who moves.

    Levels are those with statutory rules and without a previous level: hysteresis would hold some
    back for a while, but not for good. Where the second bundle's policy has an edition that is yet
    to begin, that is the one that counts: nobody may jump later unasked.

    Parameters
    ----------
    archive, events
        Where the records are, and its events.
    bundles
        Now and after, both for grades.
    as_of
        The day.
    threads
        How many threads compute.
    """
    known = np.unique(events.enterprise[time.is_known(events.available, as_of)])
    references = [read_references(archive, each.catalogue, events) for each in bundles]
    both = list(zip((bundles[0], at_last(bundles[1], as_of)), references, strict=True))
    blocks = [
        _block(events, both, known[start : start + BLOCK], as_of, threads)
        for start in range(0, max(len(known), 1), BLOCK)
    ]
    return dict(_counted(pd.concat(blocks)))


def migration_gate(found: Moves, limits: Limits) -> Gate:
    """Ask whether more enterprises move by two levels than the budget allows, in any population."""
    shares = {name: each.moved(TWO) for name, each in found.items()}
    beyond = {name: share for name, share in shares.items() if share > limits.moving}
    everybody = found[""]
    says = (
        f"{everybody.moved():.2%} of {everybody.total:,} in business move, {shares['']:.2%} by two "
        f"levels or more; {limits.moving:.2%} may"
    )
    says += "".join(f"; of {name} {share:.2%}" for name, share in beyond.items() if name)
    figures = {
        "levels": {name or "all": each.counts.tolist() for name, each in found.items()},
        "moved_two": {name or "all": share for name, share in shares.items()},
        "worse": everybody.worse,
        "better": everybody.better,
        "budget": limits.moving,
    }
    return Gate("migration", Status.of(not beyond), says, figures)


def _block(
    events: Events,
    both: Sequence[tuple[Bundle, References]],
    enterprises: npt.NDArray[np.int32],
    as_of: int,
    threads: int,
) -> pd.DataFrame:
    """Return population, and level by each bundle, of those of some who are in business."""
    days = np.full(len(enterprises), as_of, np.int32)
    register = registration(both[1][0].catalogue, events, enterprises, days, threads=threads)
    rows = pd.DataFrame({"enterprise": enterprises, "as_of": days})[register.active]
    found = {"population": register.population[register.active]}
    matrices: dict[str, pd.DataFrame] = {}
    for side, (bundle, references) in zip(SIDES, both, strict=True):
        name = bundle.catalogue.fingerprint
        if name not in matrices:
            matrices[name] = compute(
                bundle.catalogue, events, rows, references=references, threads=threads
            )
        conditions = bundle.rules.conditions(events, rows)
        scorer = Scorer(bundle, threads=threads)
        grades = scorer.grades(matrices[name], conditions, cards=scorer.cards(events, rows))
        found[side] = grades["level"].astype(str).to_numpy()
    return pd.DataFrame(found)


def _counted(found: pd.DataFrame) -> Iterator[tuple[str, Migration]]:
    yield "", _migration(found)
    for name, own in found.groupby("population", sort=True):
        yield str(name), _migration(own)


def _migration(found: pd.DataFrame) -> Migration:
    return migration(*(found[[side]].set_axis(["level"], axis=1) for side in SIDES))
