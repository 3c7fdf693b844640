"""Scores: grades of many rows as columns of numbers, and the frame that people read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core.errors import InvalidError
from .calibrator import Array
from .effects import AtLeast, Effect, Worse
from .scale import Level

__all__ = [
    "LEVELS",
    "NO_LEVEL",
    "Codes",
    "Masks",
    "Scores",
    "codes_of",
    "masks_of",
    "ruled",
    "words",
]

Codes = npt.NDArray[np.int8]
Masks = npt.NDArray[np.int64]
LEVELS = [str(level) for level in Level]
NO_LEVEL = -1
MOST_RULES = 62


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Grades of rows, a number for each in every column.

    Attributes
    ----------
    margin, probability, lower, upper, better, worse
        As `Scorer.grades` has them; `better` and `worse` are its `to_better` and `to_worse`.
    level, model, card, previous, override, warning
        Codes of levels: that counts, the model's, the score card's, the model's before, what
        people set, and that of the downgrade warning in force.
    plain
        Code of the level that the margin alone would give, without hysteresis.
    met, applied
        Statutory rules as bits, in the order of the bundle's rules: those whose condition is met
        while their basis holds, and those of them that the policy enables.
    """

    margin: Array
    probability: Array
    lower: Array
    upper: Array
    better: Array
    worse: Array
    level: Codes
    model: Codes
    plain: Codes
    card: Codes
    previous: Codes
    override: Codes
    warning: Codes
    met: Masks
    applied: Masks

    def frame(
        self,
        index: pd.MultiIndex,
        rules: Sequence[str],
        policy: "pd.Categorical[str]",
        bundle: str,
    ) -> pd.DataFrame:
        """Return the columns that `Scorer.grades` returns."""
        same = pd.Categorical.from_codes(np.zeros_like(self.level), pd.Index([bundle]))
        texts, places = words(self.applied, rules)
        columns = {
            "level": _levels(self.level),
            "model_level": _levels(self.model),
            "card_level": _levels(self.card),
            "previous": _levels(self.previous),
            "probability": self.probability,
            "lower": self.lower,
            "upper": self.upper,
            "margin": self.margin,
            "to_better": self.better,
            "to_worse": self.worse,
            "rules": pd.Categorical.from_codes(places, pd.Index(texts, dtype=object)),
            "policy": policy,
            "bundle": same,
        }
        return pd.DataFrame(columns, index=index)


def codes_of(codes: npt.ArrayLike | None, rows: int) -> Codes:
    """Return codes of levels, -1 (none) for each row where none are given.

    Raises
    ------
    InvalidError
        If they are not one for each row, or no codes.
    """
    if codes is None:
        return np.full(rows, NO_LEVEL, np.int8)
    found = np.asarray(codes)
    fits = found.shape == (rows,) and found.dtype.kind in "iu"
    if not fits or (rows and not NO_LEVEL <= found.min() <= found.max() < len(Level)):
        raise InvalidError(f"give a code of a level, from -1 (none) to 5, for each of {rows} rows")
    return found.astype(np.int8)


def masks_of(met: Sequence[npt.NDArray[np.bool_]], rows: int) -> Masks:
    """Return flags, one column for each rule, as bits.

    Examples
    --------
    >>> masks_of([np.array([True, False]), np.array([True, True])], 2).tolist()
    [3, 2]
    """
    if len(met) > MOST_RULES:
        raise InvalidError(f"{len(met)} rules are more than the {MOST_RULES} that a grade can hold")
    masks = np.zeros(rows, np.int64)
    for place, flags in enumerate(met):
        if flags.any():
            masks[flags] |= np.int64(1 << place)
    return masks


def words(masks: Masks, rules: Sequence[str]) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Return the different sets of rules as text, ids parted by blanks, and that of each row.

    Examples
    --------
    >>> words(np.array([0, 3, 0, 2]), ["first", "second"])
    (['', 'second', 'first second'], array([0, 2, 0, 1], dtype=int32))
    """
    some = np.flatnonzero(masks)
    sets, inverse = np.unique(masks[some], return_inverse=True)
    places = np.zeros(len(masks), np.int32)
    places[some] = inverse + 1
    names = [
        " ".join(rule for place, rule in enumerate(rules) if each >> place & 1)
        for each in sets.tolist()
    ]
    return ["", *names], places


def ruled(
    levels: Codes, met: Masks, rules: Sequence[str], effects: Mapping[str, Effect]
) -> tuple[Codes, Masks]:
    """Apply the rules met that have an effect to many levels, as `effects.combine` does to one.

    Returns
    -------
    The levels after them, and which rules applied.
    """
    enabled = sum(1 << place for place, rule in enumerate(rules) if rule in effects)
    applied = met & np.int64(enabled)
    found = levels.copy()
    some = np.flatnonzero(applied)
    if some.size:
        found[some] = _combined(levels[some], applied[some], rules, effects)
    return found, applied


def _combined(
    levels: Codes, applied: Masks, rules: Sequence[str], effects: Mapping[str, Effect]
) -> Codes:
    moved, floor = levels.copy(), np.zeros_like(levels)
    for place, rule in enumerate(rules):
        where = (applied >> place & 1).astype(bool)
        if not where.any():
            continue
        match effects[rule]:
            case Worse(steps, limit):
                target = np.minimum(levels[where] + steps, limit)
                moved[where] = np.maximum(moved[where], target)
            case AtLeast(level):
                floor[where] = np.maximum(floor[where], level)
    return np.maximum(moved, floor)


def _levels(codes: Codes) -> Any:
    return pd.Categorical.from_codes(codes, pd.Index(LEVELS), ordered=True)
