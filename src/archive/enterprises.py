"""Identifiers of enterprises, a column at a time: each distinct text is looked at once.

Most codes of a delivery are right as they stand. That is seen from their characters in one
sweep; only the others are put right and explained one by one, by `core.identifiers`.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core.identifiers import ALPHABET, LENGTH, USCC, check_identifiers, normal_identifiers

__all__ = ["read_identifiers"]

MODULUS = len(ALPHABET)
WEIGHTS = np.array([pow(3, place, MODULUS) for place in range(LENGTH - 1)] + [1])
VALUES = np.full(256, MODULUS, dtype=np.uint8)
VALUES[list(ALPHABET.encode())] = np.arange(MODULUS)


def read_identifiers(scheme: str, column: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Return identifiers as they are compared, and what is wrong with each.

    Parameters
    ----------
    scheme
        Identifier scheme of the source.
    column
        The identifiers as text; a missing one is no fault.

    Examples
    --------
    >>> column = pa.chunked_array([["91440300-71526726xg", None, "12345"]])
    >>> codes, faults = read_identifiers("uscc", column)
    >>> codes.to_pylist()
    ['9144030071526726XG', None, '12345']
    >>> faults.to_pylist()
    [None, None, 'has 5 characters; a unified social credit code has 18']
    """
    texts = column.dictionary_encode().combine_chunks()
    distinct = texts.dictionary
    odd = np.ones(len(distinct), dtype=bool)
    if scheme == USCC:
        odd = ~_right(distinct)
    normal = normal_identifiers(
        scheme, distinct.filter(pa.array(odd)).to_numpy(zero_copy_only=False)
    )
    faults = check_identifiers(scheme, normal)
    codes = pc.replace_with_mask(distinct, odd, pa.array(normal, pa.string()))
    words = pc.replace_with_mask(
        pa.nulls(len(distinct), pa.string()), odd, pa.array(faults, pa.string())
    )
    return codes.take(texts.indices), words.take(texts.indices)


def _right(codes: pa.Array) -> npt.NDArray[np.bool_]:
    """Tell which texts are unified social credit codes with the right check character."""
    right: npt.NDArray[np.bool_] = pc.equal(pc.binary_length(codes), LENGTH).to_numpy(
        zero_copy_only=False
    )
    candidates = codes.filter(pa.array(right))
    if not len(candidates):
        return right
    characters = np.frombuffer(candidates.buffers()[2], np.uint8, LENGTH * len(candidates))
    values = VALUES[characters].reshape(-1, LENGTH)
    known = (values < MODULUS).all(axis=1) & (values[:, 2:8] < 10).all(axis=1)
    right[right] = known & (values @ WEIGHTS % MODULUS == 0)
    return right
