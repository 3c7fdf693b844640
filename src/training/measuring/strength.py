"""Strength: how much each indicator moves the risk scores of many enterprises."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...explaining import contributions
from ...features import Indicator
from ...grading import Scorer

__all__ = ["Strength", "strengths"]

UNNOTICED = 0.005


@dataclass(frozen=True, slots=True)
class Strength:
    """What an indicator adds to risk scores, over some enterprises.

    Attributes
    ----------
    indicator
        Its declaration.
    mean
        Mean size of its contribution, in log-odds, whichever way it goes.
    raised, lowered
        Share of the enterprises whose score it raises or lowers noticeably.
    """

    indicator: Indicator
    mean: float
    raised: float
    lowered: float


def strengths(
    scorer: Scorer, matrix: pd.DataFrame, *, most: int = 2000, seed: int = 0
) -> tuple[tuple[Strength, ...], int]:
    """Return the strength of every indicator, the strongest first, and over how many rows.

    Parameters
    ----------
    scorer
        Whose bundle it is about.
    matrix
        Values of the catalogue's indicators.
    most, seed
        More rows than that are represented by a random sample of so many.
    """
    drawn = np.arange(len(matrix))
    if len(matrix) > most:
        drawn = np.sort(np.random.default_rng(seed).choice(len(matrix), most, replace=False))
    parts, _ = contributions(scorer.bundle.blend, scorer.values(matrix.iloc[drawn]))
    found = [
        Strength(
            indicator,
            float(np.abs(column).mean()) if column.size else 0.0,
            float((column >= UNNOTICED).mean()) if column.size else 0.0,
            float((column <= -UNNOTICED).mean()) if column.size else 0.0,
        )
        for indicator, column in zip(scorer.bundle.catalogue, parts.T, strict=True)
    ]
    return tuple(sorted(found, key=lambda each: (-each.mean, each.indicator.id))), len(drawn)
