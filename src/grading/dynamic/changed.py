"""Levels that changed, as the ledger has them: what is known of their causes in JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..scores import LEVELS, Codes, words
from .cause import CAUSES, INDICATORS, Sides
from .why import WORDS, Reasons

__all__ = ["Changed"]

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """Levels that changed: numbers and codes of whom, the levels now, and why."""

    who: npt.NDArray[np.int32]
    ids: pa.Array
    level: Codes
    reasons: Reasons

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield what the ledger has of each."""
        causes, places = words(self.reasons.cause, WORDS)
        columns = zip(
            self.who.tolist(),
            self.ids.to_pylist(),
            self.level.tolist(),
            self.reasons.sides.level_before.tolist(),
            places.tolist(),
            _details(self.reasons),
            strict=True,
        )
        for number, enterprise, level, before, cause, detail in columns:
            yield {
                "number": number,
                "enterprise": enterprise,
                "level": LEVELS[level],
                "previous": LEVELS[before],
                "cause": causes[cause],
                "detail": detail,
            }


def _details(reasons: Reasons) -> list[str]:
    """Return what is known of the causes of each row, as JSON."""
    sides, moved = reasons.sides, np.full(len(reasons.found), "", object)
    for rows, refined in reasons.refined:
        moved[rows] = refined.indicators()
    texts, places = _decided(sides, reasons.found[:, :INDICATORS])
    columns = (sides.before.margin, sides.now.margin, places, moved)
    return [
        f'{{"margin": [{before!r}, {now!r}], {texts[place]}{indicators}}}'
        for before, now, place, indicators in zip(*(c.tolist() for c in columns), strict=True)
    ]


def _decided(sides: Sides, found: npt.NDArray[np.bool_]) -> tuple[list[str], Places]:
    """Return the different texts of what is no indicator, and that of each row."""
    before, now = sides.before, sides.now
    columns = (
        *(before.model, now.model, before.card, now.card, before.met, now.met),
        *(before.override, now.override, before.warning, now.warning, *found.T),
    )
    first, places = _alike(columns)
    texts = [json.dumps(_told(sides, row, found[row]))[1:-1] for row in first.tolist()]
    return texts, places


def _alike(columns: Sequence[npt.NDArray[Any]]) -> tuple[Places, Places]:
    """Return the first of all rows that are alike, and for each row which of these it is like.

    Examples
    --------
    >>> [part.tolist() for part in _alike([np.array([5, 7, 5]), np.array([1, 1, 1])])]
    [[0, 1], [0, 1, 0]]
    """
    first = places = np.zeros(len(columns[0]), np.intp)
    for column in columns:
        values, each = np.unique(column, return_inverse=True)
        _, first, places = np.unique(
            places * len(values) + each, return_index=True, return_inverse=True
        )
    return first, places


def _told(sides: Sides, row: int, found: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Return what is known of the causes of a row that are no indicators."""
    before, now = sides.before, sides.now
    met, lifted = int(now.met[row] & ~before.met[row]), int(before.met[row] & ~now.met[row])
    pairs = {
        "policy": [side.edition.version for side in (before, now)],
        "model": [side.bundle.digest for side in (before, now)],
        "rule_met": [rule for place, rule in enumerate(sides.rules) if met >> place & 1],
        "rule_lifted": [rule for place, rule in enumerate(sides.rules) if lifted >> place & 1],
        "card": [_level(side.card[row]) for side in (before, now)],
        "override": [_level(side.override[row]) for side in (before, now)],
        "downgrade_warning": [_level(side.warning[row]) for side in (before, now)],
    }
    named = [cause for cause, flag in zip(CAUSES[:INDICATORS], found, strict=True) if flag]
    model = {"model_level": [_level(side.model[row]) for side in (before, now)]}
    return model | {"bundle" if cause == "model" else cause: pairs[cause] for cause in named}


def _level(code: np.int8) -> str | None:
    return LEVELS[code] if code >= 0 else None
