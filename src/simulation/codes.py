"""Identifiers of the simulated city, with right check characters and no real owner.

The region 440399 in every code was never given to any place, so that no enterprise and no
licence outside a simulation can carry it.
"""

import numpy as np
import numpy.typing as npt

from ..core.errors import InvalidError
from ..core.identifiers import (
    licence_check_digit,
    organisation_check_character,
    uscc_check_character,
)

__all__ = ["REGION", "credit_code", "credit_codes", "operating_licence", "production_licence"]

REGION = "440399"
MOST = 1_000_000
MOST_LICENCES = 10_000

Texts = npt.NDArray[np.object_]


def credit_code(number: int, *, company: bool = True) -> str:
    """Return the unified social credit code of the enterprise with that number.

    Examples
    --------
    >>> credit_code(0)
    '91440399MA0000007L'
    >>> from xinheng.core import uscc_fault
    >>> uscc_fault(credit_code(123456, company=False))
    """
    organisation = f"M{chr(ord('A') + number // MOST)}{number % MOST:06d}"
    organisation += organisation_check_character(organisation)
    body = f"{'91' if company else '92'}{REGION}{organisation}"
    return body + uscc_check_character(body)


def credit_codes(count: int, companies: npt.NDArray[np.bool_]) -> Texts:
    """Return different codes for enterprises numbered from 0.

    Raises
    ------
    InvalidError
        If there are more than the range of codes holds.
    """
    if count > 8 * MOST:
        raise InvalidError(f"{count:,} enterprises; the range of codes holds {8 * MOST:,}")
    return np.array(
        [credit_code(n, company=bool(companies[n])) for n in range(count)], dtype=object
    )


def production_licence(category: str, number: int) -> str:
    """Return a food production licence number, SC and 14 digits, for a 4-digit food category.

    Examples
    --------
    >>> production_licence("0104", 7)
    'SC10144039900077'
    >>> from xinheng.core import licence_fault
    >>> licence_fault(production_licence("2401", 0))
    """
    _within(number, MOST_LICENCES)
    kind = "201" if category.startswith("32") else f"1{category[:2]}"
    body = f"{kind}{REGION}{number:04d}"
    return f"SC{body}{licence_check_digit(body)}"


def operating_licence(number: int) -> str:
    """Return a food operation licence number, JY and 14 digits.

    Examples
    --------
    >>> operating_licence(7)
    'JY24403990000075'
    """
    _within(number, MOST)
    body = f"2{REGION}{number:06d}"
    return f"JY{body}{licence_check_digit(body)}"


def _within(number: int, most: int) -> None:
    if number >= most:
        raise InvalidError(
            f"licence {number:,} of its kind; a region has {most:,} numbers: simulate fewer"
        )
