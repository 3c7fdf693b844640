"""Levels that changed, as the ledger has them: what is known of their causes in JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..scores import LEVELS, NO_LEVEL, Codes, Masks
from .cause import CARD, LIFTED, MET, MODEL, POLICY
from .why import Reasons, phrases

__all__ = ["Changed"]

ANY_LEVEL = [None, *LEVELS]


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """Levels that changed: numbers and codes of whom, the levels now, and why."""

    who: npt.NDArray[np.int32]
    ids: pa.Array
    level: Codes
    reasons: Reasons

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield what the ledger has of each."""
        causes, places = phrases(self.reasons.cause)
        columns = {
            "number": self.who.tolist(),
            "enterprise": self.ids.to_pylist(),
            "level": [LEVELS[code] for code in self.level.tolist()],
            "previous": [LEVELS[code] for code in self.reasons.sides.level_before.tolist()],
            "cause": [causes[place] for place in places.tolist()],
            "detail": _details(self.reasons).to_pylist(),
        }
        for row in zip(*columns.values(), strict=True):
            yield dict(zip(columns, row, strict=True))


def _details(reasons: Reasons) -> pa.Array:
    """Return what is known of the causes of each row, as JSON."""
    sides, found = reasons.sides, reasons.found
    before, now = sides.before, sides.now
    editions = [side.edition.version for side in (before, now)]
    bundles = [side.bundle.digest for side in (before, now)]
    fields = {
        "margin": _numbers(before.margin, now.margin),
        "model_level": _levels(before.model, now.model),
        "policy": _where(found[:, POLICY], _same(editions, len(found))),
        "bundle": _where(found[:, MODEL], _same(bundles, len(found))),
        "rule_met": _where(found[:, MET], _rules(now.met & ~before.met, sides.rules)),
        "rule_lifted": _where(found[:, LIFTED], _rules(before.met & ~now.met, sides.rules)),
        "card": _where(found[:, CARD], _levels(before.card, now.card)),
        "indicators": _indicators(reasons),
    }
    return _objects(fields)


def _objects(fields: dict[str, pa.Array]) -> pa.Array:
    """Return JSON objects of columns of JSON, without the fields that are missing."""
    named = [
        pc.binary_join_element_wise(f'"{name}": ', column, "") for name, column in fields.items()
    ]
    inside = pc.binary_join_element_wise(*named, ", ", null_handling="skip")
    return pc.binary_join_element_wise("{", inside, "}", "")


def _numbers(before: npt.NDArray[np.float64], now: npt.NDArray[np.float64]) -> pa.Array:
    columns = (pa.array([*map(repr, each.tolist())], pa.string()) for each in (before, now))
    return pc.binary_join_element_wise("[", pc.binary_join_element_wise(*columns, ", "), "]", "")


def _levels(before: Codes, now: Codes) -> pa.Array:
    texts = pa.array([json.dumps([one, other]) for one in ANY_LEVEL for other in ANY_LEVEL])
    places = (before - NO_LEVEL).astype(np.int64) * len(ANY_LEVEL) + (now - NO_LEVEL)
    return texts.take(pa.array(places))


def _rules(bits: Masks, rules: Sequence[str]) -> pa.Array:
    sets, places = np.unique(bits, return_inverse=True)
    texts = [
        json.dumps([rule for place, rule in enumerate(rules) if each >> place & 1])
        for each in sets.tolist()
    ]
    return pa.array(texts, pa.string()).take(pa.array(places))


def _indicators(reasons: Reasons) -> pa.Array:
    """Return which indicators moved, by what moved them, where they changed the level."""
    texts = [pa.array([], pa.string())]
    places = np.full(len(reasons.found), -1)
    for rows, refined in reasons.refined:
        places[rows] = sum(map(len, texts)) + np.arange(len(rows))
        texts.append(_objects(refined.indicators()))
    return pa.concat_arrays(texts).take(pa.array(places, mask=places < 0))


def _same(values: list[str], rows: int) -> pa.Array:
    return pa.repeat(json.dumps(values), rows)


def _where(flags: npt.NDArray[np.bool_], texts: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(flags), texts, None)
