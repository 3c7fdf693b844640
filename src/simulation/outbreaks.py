"""Emerging product risks: a hazard that spreads in one product, and spills over to its kin.

They are the same in all parts of a city: an outbreak belongs to a product, not to a place.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from .catalogue import items, products

__all__ = ["Outbreaks", "break_out"]

A_YEAR = 3.0
HIDDEN = ("acute_toxin", "pathogen")
KIN = 0.45


@dataclass(frozen=True, slots=True)
class Outbreaks:
    """The outbreaks of a city and what they do.

    Attributes
    ----------
    table
        One row each: product, item, hazard, first (month), peak, last, strength, hidden (whether
        routine sampling does not see it, so that only illness shows it).
    sampling
        Log-odds added to the failing of a lot; shape (months, products).
    illness
        Factor on accidents and complaints about food; shape (months, products).
    item
        The item that then fails, -1 where nothing spreads; shape (months, products).
    """

    table: pd.DataFrame
    sampling: npt.NDArray[np.float32]
    illness: npt.NDArray[np.float32]
    item: npt.NDArray[np.int16]


def break_out(rng: np.random.Generator, months: int) -> Outbreaks:
    """Draw the outbreaks of a city: some each year, each rising for months and fading."""
    tested, count = items(), len(products())
    sampling = np.zeros((months, count), np.float32)
    illness = np.ones((months, count), np.float32)
    item = np.full((months, count), -1, np.int16)
    rows = []
    for number in range(max(1, rng.poisson(A_YEAR * months / 12))):
        product = int(rng.integers(0, count))
        failing = int(rng.choice(tested.of[product], p=tested.weight[product]))
        first, (rise, fade) = int(rng.integers(0, months)), rng.integers(2, 7, 2).tolist()
        strength = float(rng.uniform(1.2, 2.8))
        hidden = tested.hazards[failing] in HIDDEN
        shape = _wave(months, first, rise, fade)
        kin = np.flatnonzero((tested.of == failing).any(axis=1))
        for other in np.union1d(kin, [product]):
            share = shape * strength * (1.0 if other == product else KIN)
            if not hidden:
                sampling[:, other] = np.maximum(sampling[:, other], share)
            illness[:, other] = np.maximum(illness[:, other], np.exp(share))
            item[:, other] = np.where(share > 0, failing, item[:, other])
        rows.append((number, product, failing, tested.hazards[failing], first, first + rise,
                     first + rise + fade, strength, hidden))  # fmt: skip
    names = ("outbreak", "product", "item", "hazard", "first", "peak", "last", "strength", "hidden")
    return Outbreaks(pd.DataFrame(rows, columns=list(names)), sampling, illness, item)


def _wave(months: int, first: int, rise: int, fade: int) -> npt.NDArray[np.float32]:
    """Return what rises from 0 to 1 and falls back to 0."""
    steps = np.arange(months)
    up, down = (steps - first + 1) / (rise + 1), (first + rise + fade + 1 - steps) / (fade + 1)
    return np.clip(np.minimum(up, down), 0, 1).astype(np.float32)
