"""Identifiers of the simulated city, with right check characters and no real owner.

The region 440399 in every code was never given to any place, so that no enterprise and no
licence outside a simulation can carry it.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..core.errors import InvalidError
from ..core.identifiers import ALPHABET

__all__ = ["REGION", "credit_codes", "operation_licences", "production_licences", "texts_of"]

REGION = "440399"
MOST, MOST_OPERATIONS, MOST_PRODUCTIONS = 8_000_000, 1_000_000, 10_000
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
BASE_36 = np.array([int(character, 36) for character in ALPHABET])
CODE_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])

Numbers = npt.NDArray[np.integer]
Bytes = npt.NDArray[np.uint8]


def credit_codes(numbers: Numbers, companies: npt.NDArray[np.bool_]) -> pa.StringArray:
    """Return the unified social credit codes of the enterprises with those numbers.

    Parameters
    ----------
    numbers
        Numbers of enterprises, each below 8,000,000.
    companies
        Whether each is a company; the others are individual businesses 个体工商户.

    Raises
    ------
    InvalidError
        If a number is beyond the range of codes.

    Examples
    --------
    >>> credit_codes(np.array([0]), np.array([True])).to_pylist()
    ['91440399MA0000007L']
    """
    _within(numbers, MOST, "enterprise")
    count = len(numbers)
    values = np.empty((count, 17), np.int64)
    values[:, 0] = 9
    values[:, 1] = np.where(companies, 1, 2)
    values[:, 2:8] = [int(digit) for digit in REGION]
    values[:, 8] = ALPHABET.index("M")
    values[:, 9] = ALPHABET.index("A") + numbers // 1_000_000
    values[:, 10:16] = _digits(numbers % 1_000_000, 6)
    check = 11 - (BASE_36[values[:, 8:16]] @ ORGANISATION_WEIGHTS) % 11
    values[:, 16] = np.where(check == 10, ALPHABET.index("X"), np.where(check == 11, 0, check))
    last = (31 - (values @ CODE_WEIGHTS) % 31) % 31
    alphabet = np.frombuffer(ALPHABET.encode(), np.uint8)
    return texts_of(alphabet[np.column_stack([values, last])])


def production_licences(groups: Numbers, numbers: Numbers) -> pa.StringArray:
    """Return food production licence numbers, SC and 14 digits.

    Parameters
    ----------
    groups
        Two-digit food group of each; 32 stands for additives.
    numbers
        Number of the licence within its group, below 10,000.

    Examples
    --------
    >>> production_licences(np.array([1]), np.array([7])).to_pylist()
    ['SC10144039900077']
    """
    _within(numbers, MOST_PRODUCTIONS, "production licence of its food group")
    additive = groups == 32
    kind = np.where(additive, 201, 100 + groups)
    return _licences(
        "SC", np.hstack([_digits(kind, 3), _region(len(numbers)), _digits(numbers, 4)])
    )


def operation_licences(numbers: Numbers) -> pa.StringArray:
    """Return food operation licence numbers, JY and 14 digits.

    Examples
    --------
    >>> operation_licences(np.array([7])).to_pylist()
    ['JY24403990000075']
    """
    _within(numbers, MOST_OPERATIONS, "operation licence")
    kind = np.full((len(numbers), 1), 2)
    return _licences("JY", np.hstack([kind, _region(len(numbers)), _digits(numbers, 6)]))


def texts_of(characters: Bytes) -> pa.StringArray:
    """Return the rows of a matrix of ASCII characters as texts.

    Examples
    --------
    >>> texts_of(np.array([[65, 66], [67, 68]], np.uint8)).to_pylist()
    ['AB', 'CD']
    """
    count, width = characters.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    data = np.ascontiguousarray(characters, np.uint8)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def _digits(numbers: Numbers, width: int) -> npt.NDArray[np.int64]:
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return np.asarray(numbers, np.int64)[:, None] // powers % 10


def _region(count: int) -> npt.NDArray[np.int64]:
    return np.tile([int(digit) for digit in REGION], (count, 1))


def _licences(prefix: str, digits: npt.NDArray[np.int64]) -> pa.StringArray:
    """Append the check digit of ISO 7064 MOD 11,10 to 13 digits, and put the prefix before."""
    carry = np.full(len(digits), 10)
    for column in digits.T:
        total = (carry + column) % 10
        carry = 2 * np.where(total == 0, 10, total) % 11
    whole = np.column_stack([digits, (11 - carry) % 10]) + ord("0")
    head = np.tile(np.frombuffer(prefix.encode(), np.uint8), (len(digits), 1))
    return texts_of(np.hstack([head, whole.astype(np.uint8)]))


def _within(numbers: Numbers, most: int, what: str) -> None:
    if len(numbers) and int(numbers.max()) >= most:
        raise InvalidError(
            f"{what} {int(numbers.max()):,}: a region has {most:,} numbers of its kind; "
            "simulate fewer enterprises or producers"
        )
