"""Identifiers of enterprises, a column at a time.

Most codes of a delivery are right as they stand. That is seen from their characters in one
sweep; only the others are put right and explained one by one, by `core.identifiers`.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core.identifiers import ALPHABET, LENGTH, USCC, check_identifiers, normal_identifiers

__all__ = ["are_credit_codes", "read_identifiers"]

MODULUS = len(ALPHABET)
REGION = range(2, 8)  # only digits stand there
WRONG = 1 << 20  # more than a code can count


def _counts() -> npt.NDArray[np.int32]:
    """Return what each two bytes count at each place, as one number that indexes them."""
    each = np.full((LENGTH, 256), WRONG, np.int32)
    for place in range(LENGTH):
        weight = pow(3, place, MODULUS) if place < LENGTH - 1 else 1
        allowed = ALPHABET[:10] if place in REGION else ALPHABET
        each[place, list(allowed.encode())] = weight * np.arange(len(allowed))
    first, second = each[::2], each[1::2]
    return (second[:, :, None] + first[:, None, :]).reshape(LENGTH // 2, -1)


COUNTS = _counts()


def read_identifiers(scheme: str, column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return identifiers as they are compared, and what is wrong with each.

    Parameters
    ----------
    scheme
        Identifier scheme of the source.
    column
        The identifiers as text; a missing one is no fault.

    Examples
    --------
    >>> codes, faults = read_identifiers("uscc", pa.array(["91440300-71526726xg", None, "12345"]))
    >>> codes.to_pylist()
    ['9144030071526726XG', None, '12345']
    >>> faults.to_pylist()
    [None, None, 'has 5 characters; a unified social credit code has 18']
    """
    odd = pc.is_valid(column).to_numpy(zero_copy_only=False)
    if scheme == USCC:
        odd &= ~are_credit_codes(column)
    faults = pa.nulls(len(column), pa.string())
    if not odd.any():
        return column, faults
    texts = column.filter(pa.array(odd)).dictionary_encode()
    normal = normal_identifiers(scheme, texts.dictionary.to_numpy(zero_copy_only=False))
    words = pa.array(check_identifiers(scheme, normal), pa.string())
    normal_texts = pa.array(normal, pa.string())
    return (
        pc.replace_with_mask(column, odd, normal_texts.take(texts.indices)),
        pc.replace_with_mask(faults, odd, words.take(texts.indices)),
    )


def are_credit_codes(codes: pa.Array) -> npt.NDArray[np.bool_]:
    """Tell which texts are unified social credit codes with the right check character."""
    lengths = pc.fill_null(pc.binary_length(codes), 0)
    right: npt.NDArray[np.bool_] = pc.equal(lengths, LENGTH).to_numpy(zero_copy_only=False)
    if not right.any():
        return right
    candidates = codes if right.all() else codes.filter(pa.array(right))
    start = np.frombuffer(candidates.buffers()[1], np.int32)[candidates.offset]
    text = np.frombuffer(candidates.buffers()[2], "<u2", len(candidates) * LENGTH // 2, start)
    total = np.zeros(len(candidates), np.int32)
    for counts, pairs in zip(COUNTS, text.reshape(-1, LENGTH // 2).T, strict=True):
        total += counts.take(pairs)
    right[right] = (total < WRONG) & (total % MODULUS == 0)
    return right
