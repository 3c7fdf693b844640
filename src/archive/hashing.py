"""Numbers of 64 bits that stand for texts: the same in every process and every version."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Hashes", "Numbers", "digests", "hash_texts", "joined", "owner_numbers", "part_of"]

Numbers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

PRIME = np.uint64(0x100000001B3)
OFFSET = np.uint64(0xCBF29CE484222325)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIXERS = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
LAST = np.uint64(31)
FEW = 4_096


def owner_numbers(scheme: str, codes: pa.Array) -> Numbers:
    """Return the number under which the store keeps each enterprise: spread evenly, and fixed.

    Examples
    --------
    >>> owner_numbers("licence", pa.array(["A1", "A2"])).tolist()
    [3163900249646644977, 4870818618737539207]
    """
    return joined(hash_texts(pa.array([scheme])), hash_texts(codes))


def part_of(owners: Numbers, parts: int) -> npt.NDArray[np.int64]:
    """Return in which of `parts`, a power of two, each owner lies: parts are ranges of numbers.

    Examples
    --------
    >>> part_of(np.array([-(2**63), -1, 0, 2**63 - 1]), 4).tolist()
    [0, 1, 2, 3]
    """
    if parts == 1:
        return np.zeros(len(owners), np.int64)
    return (owners >> (64 - (parts.bit_length() - 1))) + parts // 2


def hash_texts(texts: pa.Array) -> Hashes:
    """Return the number of each text by FNV-1a over its UTF-8 bytes; that of a null is 0.

    Examples
    --------
    >>> hex(hash_texts(pa.array(["a", None]))[0]), int(hash_texts(pa.array([None, "b"]))[0])
    ('0xaf63dc4c8601ec8c', 0)
    """
    found = np.full(len(texts), OFFSET)
    if len(texts):
        _, places, content = texts.buffers()
        bounds = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1]
        characters = np.frombuffer(content or b"", np.uint8)
        lengths = np.diff(bounds)
        if lengths.min() == lengths.max():
            _hash_even(characters[bounds[0] : bounds[-1]].reshape(len(texts), -1), found)
        elif len(texts) < FEW:
            _hash_few(bounds, characters, found)
        else:
            _compiled()(bounds, characters, found)
    if texts.null_count:
        found[pc.is_null(texts).to_numpy(zero_copy_only=False)] = 0
    return found


def _hash_even(characters: Bytes, found: Hashes) -> None:
    """Hash texts of one length: a byte of all of them at a time."""
    for column in characters.T:
        found ^= column
        found *= PRIME


def _hash_few(bounds: npt.NDArray[np.int32], characters: Bytes, found: Hashes) -> None:
    """Do the same for few texts, which end sooner or later."""
    lengths = np.diff(bounds)
    for place in range(lengths.max()):
        longer = np.flatnonzero(lengths > place)
        found[longer] = (found[longer] ^ characters[bounds[longer] + place]) * PRIME


def _hash_many(bounds: npt.NDArray[np.int32], characters: Bytes, found: Hashes) -> None:
    """Do the same for many texts, one after the other: worth the time to load compiled code."""
    for text in range(len(found)):
        number = OFFSET
        for place in range(bounds[text], bounds[text + 1]):
            number = (number ^ np.uint64(characters[place])) * PRIME
        found[text] = number


@cache
def _compiled() -> Any:
    import numba

    return numba.njit(nogil=True, cache=True)(_hash_many)


def joined(first: Hashes, second: Hashes) -> Numbers:
    """Return one number for each pair of numbers, well spread (SplitMix64).

    Examples
    --------
    >>> one, two = np.array([1], np.uint64), np.array([2], np.uint64)
    >>> bool(joined(one, two)[0] == joined(two, one)[0])
    False
    """
    return _mixed(_mixed(first) + second).view(np.int64)


def digests(columns: Sequence[Any], count: int) -> Hashes:
    """Return a number for each row of some columns, which differs where any value does.

    Parameters
    ----------
    columns
        Texts, numbers, days or truth values, as arrays or chunked arrays of `count` values; or one
        text that stands for all.

    Examples
    --------
    >>> a, b = digests([pa.array(["x", "x"]), pa.array([1.0, None])], 2).tolist()
    >>> a == b, [a] == digests(["x", pa.array([1.0])], 1).tolist()
    (False, True)
    """
    found = np.zeros(count, np.uint64)
    for column in columns:
        whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        found = _mixed(found + _numbered(whole))
    return found


def _numbered(column: pa.Array | str) -> Any:
    """Return a number for each value, or one for all."""
    if isinstance(column, str):
        return hash_texts(pa.array([column]))[0]
    if column.null_count == len(column):
        return np.uint64(0)
    if pa.types.is_string(column.type):
        return hash_texts(column)
    if pa.types.is_floating(column.type):
        bits = (pc.fill_null(column, 0).to_numpy() + 0.0).view(np.uint64)  # -0.0 + 0.0 is 0.0
    else:
        values = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
        bits = pc.fill_null(values.cast(pa.int64()), 0).to_numpy().view(np.uint64)
    found = bits + GOLDEN  # so that neither 0 nor false is nothing
    if column.null_count:
        found[pc.is_null(column).to_numpy(zero_copy_only=False)] = 0
    return found


def _mixed(numbers: Hashes) -> Hashes:
    found = numbers + GOLDEN
    for shift, multiplier in MIXERS:
        found ^= found >> shift
        found *= multiplier
    found ^= found >> LAST
    return found
