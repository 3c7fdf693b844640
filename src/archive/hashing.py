"""Numbers of 64 bits that stand for texts: the same in every process and every version."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Numbers", "digest", "digests", "hash_texts", "joined", "owner_numbers", "part_of"]

Numbers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

PRIME = np.uint64(0x100000001B3)
OFFSET = np.uint64(0xCBF29CE484222325)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIXERS = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
LAST = np.uint64(31)
SEPARATOR = "chr(31)"


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
    valid = pc.is_valid(texts).to_numpy(zero_copy_only=False)
    lengths = pc.binary_length(texts)
    longest = pc.max(lengths).as_py() or 0
    if texts.null_count == 0 and pc.min(lengths).as_py() == longest and longest:
        start = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset]
        characters = np.frombuffer(texts.buffers()[2], np.uint8, len(texts) * longest, start)
        return _hash(characters.reshape(-1, longest))
    found = np.zeros(len(texts), np.uint64)
    sizes = pc.fill_null(lengths, 0).to_numpy()
    for size in np.unique(sizes[valid]):
        some = valid & (sizes == size)
        if size:
            found[some] = hash_texts(texts.filter(pa.array(some)))
        else:
            found[some] = OFFSET
    return found


def _hash(characters: npt.NDArray[np.uint8]) -> Hashes:
    found = np.full(len(characters), OFFSET, np.uint64)
    for column in characters.T:
        found ^= column
        found *= PRIME
    return found


def joined(first: Hashes, second: Hashes) -> Numbers:
    """Return one number for each pair of numbers, well spread (SplitMix64).

    Examples
    --------
    >>> one, two = np.array([1], np.uint64), np.array([2], np.uint64)
    >>> bool(joined(one, two)[0] == joined(two, one)[0])
    False
    """
    return _mixed(_mixed(first) + second).view(np.int64)


def _mixed(numbers: Hashes) -> Hashes:
    found = numbers + GOLDEN
    for shift, multiplier in MIXERS:
        found ^= found >> shift
        found *= multiplier
    found ^= found >> LAST
    return found


def digest(fields: list[str]) -> str:
    """Return SQL for the MD5 of fields, as a number of 128 bits; see `digests`."""
    texts = ", ".join(f"coalesce(CAST({field} AS VARCHAR), chr(0))" for field in fields)
    return f"md5_number(concat_ws({SEPARATOR}, {texts}))"


def digests(column: Any) -> Hashes:
    """Return the lower half of each number that the SQL of `digest` yields."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    halves = np.frombuffer(whole.buffers()[1], np.uint64, 2 * len(whole), 16 * whole.offset)
    return halves[::2].copy()
