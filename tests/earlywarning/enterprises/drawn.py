"""Looks that are drawn by chance, of enterprises whose margins wander."""

from collections.abc import Sequence

import numpy as np

from xinheng.earlywarning.enterprises import Look
from xinheng.earlywarning.enterprises.looks import AHEAD, STEP
from xinheng.earlywarning.enterprises.signs import SIGNS
from xinheng.earlywarning.enterprises.warningpolicy import Gravity

FIRST = 20_000
CUTS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, np.nan])


def look_of(day: int, margins: Sequence[float], enterprise: Sequence[int] | None = None) -> Look:
    """A look at margins, whose levels start at -2, -1, 0, 1 and 2, and stay ahead as they are."""
    margin = np.asarray(margins, np.float64)
    who = np.arange(len(margin)) if enterprise is None else np.asarray(enterprise)
    level = np.searchsorted(CUTS[:-1], margin, "right").astype(np.int8)
    probability = 1 / (1 + np.exp(-margin))
    room = CUTS[level] - margin
    return Look(
        as_of=day,
        enterprise=who.astype(np.int32),
        margin=margin,
        probability=probability,
        lower=probability * 0.9,
        upper=np.minimum(probability * 1.1, 1.0),
        level=level,
        model=level.copy(),
        room=room,
        room_ahead=np.tile(room, (len(AHEAD), 1)),
        level_ahead=np.tile(level, (len(AHEAD), 1)),
        signs=np.zeros((len(margin), len(SIGNS.ids))),
        warned=np.zeros((len(margin), len(Gravity))),
    )


def wandering(looks: int = 24, enterprises: int = 300, seed: int = 4) -> list[Look]:
    """Looks at margins that wander, the more the higher their number."""
    rng = np.random.default_rng(seed)
    margins = rng.normal(0, 1.5, enterprises)
    found = []
    for place in range(looks):
        found.append(look_of(FIRST + STEP * place, margins))
        margins = margins + rng.normal(0, 0.25, enterprises)
    return found
