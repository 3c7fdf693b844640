"""Columns: the grades of a run as a table, which is what is kept of it."""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..scores import LEVELS, NO_LEVEL, Codes, Masks, Scores, words

__all__ = ["ADDED", "SCHEMA", "codes", "masks", "tabled"]

WORDS = pa.dictionary(pa.int32(), pa.string())
LEVEL = pa.dictionary(pa.int8(), pa.string())
SCHEMA = pa.schema(
    [
        ("enterprise", pa.int32()),
        ("id", pa.string()),
        ("level", LEVEL),
        ("level_before", LEVEL),
        ("cause", WORDS),
        ("model_level", LEVEL),
        ("plain_level", LEVEL),
        ("previous", LEVEL),
        ("card_level", LEVEL),
        ("probability", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("margin", pa.float64()),
        ("rules", WORDS),
        ("met", WORDS),
    ]
)
ADDED = (pa.field("override", LEVEL), pa.field("warning", LEVEL))
"""What people set, and what warnings do: a column where any do in a run, and else none."""
NAMES = pa.array(LEVELS)


def tabled(
    enterprises: npt.NDArray[np.int32],
    ids: pa.Array,
    scores: Scores,
    before: Codes,
    cause: pa.DictionaryArray,
    rules: Sequence[str],
    added: Collection[str] = (),
) -> pa.Table:
    """Return grades as a table of `SCHEMA`.

    Parameters
    ----------
    enterprises, ids
        Dense number and code of each.
    scores, before, cause
        Their grades, the codes of the levels before, and why these changed.
    rules
        What the bits of the scores stand for.
    added
        Names of those of `ADDED` that are columns in this run.
    """
    columns = {
        "enterprise": pa.array(enterprises, pa.int32()),
        "id": ids,
        "level": _level(scores.level),
        "level_before": _level(before),
        "cause": cause,
        "model_level": _level(scores.model),
        "plain_level": _level(scores.plain),
        "previous": _level(scores.previous),
        "card_level": _level(scores.card),
        "probability": pa.array(scores.probability),
        "lower": pa.array(scores.lower),
        "upper": pa.array(scores.upper),
        "margin": pa.array(scores.margin),
        "rules": _words(scores.applied, rules),
        "met": _words(scores.met, rules),
    }
    found = pa.table(columns, schema=SCHEMA)
    for field in ADDED:
        if field.name in added:
            found = found.append_column(field, _level(getattr(scores, field.name)))
    return found


def codes(column: pa.ChunkedArray) -> Codes:
    """Return the codes of levels; -1 where there is none."""
    places = pc.fill_null(pc.index_in(_decoded(column), NAMES), NO_LEVEL)
    return np.asarray(places.to_numpy(), np.int8)


def masks(column: pa.ChunkedArray, rules: list[str]) -> Masks:
    """Return sets of rules as bits; a rule that is not in the list yet is added to it."""
    encoded = pc.dictionary_encode(_decoded(column)).combine_chunks()
    bits = np.zeros(len(encoded.dictionary), np.int64)
    for place, text in enumerate(encoded.dictionary.to_pylist()):
        for rule in text.split():
            if rule not in rules:
                rules.append(rule)
            bits[place] |= np.int64(1 << rules.index(rule))
    return bits[encoded.indices.to_numpy()] if len(bits) else np.zeros(len(column), np.int64)


def _level(found: Codes) -> pa.DictionaryArray:
    indices = pa.array(found, pa.int8(), mask=found < 0)
    return pa.DictionaryArray.from_arrays(indices, NAMES)


def _words(found: Masks, rules: Sequence[str]) -> pa.DictionaryArray:
    texts, places = words(found, rules)
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(texts, pa.string()))


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
