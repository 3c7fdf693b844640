"""Identifiers of enterprises and licences, and what is wrong with those that are wrong.

The unified social credit code 统一社会信用代码 (GB 32100-2015) is the scheme `uscc`; it has 18
characters: registering authority, kind of entity, six digits of the region, nine characters of
the organisation code (GB 11714) and a check character. A source that knows enterprises by
another number declares a free scheme, by any other name; its identifiers only have to be there.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from .errors import InvalidError

__all__ = [
    "USCC",
    "check_identifiers",
    "check_scheme",
    "licence_check_digit",
    "licence_fault",
    "normal_identifiers",
    "organisation_check_character",
    "uscc_check_character",
    "uscc_fault",
]

USCC = "uscc"
LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SCHEME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

Texts = npt.NDArray[np.object_]


def uscc_fault(code: str) -> str | None:
    """Say what is wrong with a unified social credit code; None if it is valid.

    Source: GB 32100-2015, with the check character by python-stdnum.

    Examples
    --------
    >>> uscc_fault("9144030071526726XG")
    >>> uscc_fault("91440300715267260G")
    'the check character is G, but the rest of the code asks for N: a character is mistyped'
    >>> uscc_fault("9144030071526726")
    'has 16 characters; a unified social credit code has 18'
    """
    if len(code) != LENGTH:
        return f"has {len(code)} characters; a unified social credit code has 18"
    for position, character in enumerate(code, 1):
        if character not in ALPHABET:
            return (
                f"has {character!r} in position {position}; a unified social credit code has "
                "digits and capital letters without I, O, S, V and Z"
            )
    if not re.fullmatch("[0-9]{6}", code[2:8]):
        return f"has {code[2:8]!r} in positions 3 to 8; a region is six digits"
    check = uscc_check_character(code[:17])
    if code[17] != check:
        return (
            f"the check character is {code[17]}, but the rest of the code asks for {check}: "
            "a character is mistyped"
        )
    return None


def uscc_check_character(body: str) -> str:
    """Return the last character of the code whose first 17 characters are given.

    Examples
    --------
    >>> uscc_check_character("9144030071526726X")
    'G'
    """
    _require(body, 17, "a unified social credit code without its check character")
    return str(uscc.calc_check_digit(body))


def organisation_check_character(body: str) -> str:
    """Return the ninth character of the organisation code whose first eight are given.

    It is the seventeenth character of a unified social credit code (GB 11714).

    Examples
    --------
    >>> organisation_check_character("71526726")
    'X'
    """
    _require(body, 8, "an organisation code without its check character")
    values = (int(character, 36) for character in body)
    total = sum(v * weight for v, weight in zip(values, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def licence_check_digit(body: str) -> str:
    """Return the last digit of a food production licence number from the 13 digits before it.

    Source: ISO 7064 MOD 11,10 (GB/T 17710).

    Examples
    --------
    >>> licence_check_digit("1146401050001")
    '5'
    """
    if not re.fullmatch("[0-9]{13}", body):
        message = f"{body!r} is no licence number without its check digit; expected 13 digits"
        raise InvalidError(message)
    return str(mod_11_10.calc_check_digit(body))


def licence_fault(number: str) -> str | None:
    """Say what is wrong with a food production licence number (SC and 14 digits); None if valid.

    Region codes are not looked up: numbers keep the codes of regions that were renamed.

    Examples
    --------
    >>> licence_fault("SC11464010500015")
    >>> licence_fault("SC11464010500016")
    'the check digit is 6, but the rest of the number asks for 5: a digit is mistyped'
    """
    if not re.fullmatch("SC[0-9]{14}", number):
        return "expected SC and 14 digits"
    if number[2] not in "12":
        return f"begins with SC{number[2]}; food begins with SC1, additives with SC2"
    check = licence_check_digit(number[2:15])
    if number[15] != check:
        return (
            f"the check digit is {number[15]}, but the rest of the number asks for {check}: "
            "a digit is mistyped"
        )
    return None


def check_scheme(scheme: str) -> None:
    """Refuse a name that is no scheme, or that was probably meant to be `uscc`.

    Examples
    --------
    >>> check_scheme("chicago-licence")
    >>> check_scheme("USCC")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    InvalidError: 'USCC' is no scheme of its own; did you mean 'uscc'?
    """
    if scheme != USCC and difflib.get_close_matches(scheme.lower(), [USCC], cutoff=0.8):
        message = (
            f"{scheme!r} is no scheme of its own; did you mean {USCC!r}, the unified social "
            "credit code? A free scheme needs a name that cannot be mistaken for it"
        )
        raise InvalidError(message)
    if not SCHEME.fullmatch(scheme):
        message = (
            f"{scheme!r} is no name for an identifier scheme; use {USCC!r} for the unified social "
            "credit code, or lower-case letters, digits and single hyphens for one of your own"
        )
        raise InvalidError(message)


def normal_identifiers(scheme: str, values: npt.ArrayLike) -> Texts:
    """Return identifiers as they are compared: trimmed, and a `uscc` in plain capitals.

    Full-width letters and digits, blanks and hyphens of a `uscc` are put right. A missing or
    blank identifier becomes None.

    Examples
    --------
    >>> normal_identifiers("uscc", ["9144 0300-71526726xg", " ", None]).tolist()
    ['9144030071526726XG', None, None]
    """
    check_scheme(scheme)

    def normal(text: str) -> str | None:
        if scheme == USCC:
            text = str(uscc.compact(unicodedata.normalize("NFKC", text)))
        return text.strip() or None

    return _by_unique(values, normal)


def check_identifiers(scheme: str, values: npt.ArrayLike) -> Texts:
    """Return for each identifier what is wrong with it, or None; a missing one is no fault.

    The form is checked as it stands: put it right first by `normal_identifiers`.

    Examples
    --------
    >>> check_identifiers("uscc", ["9144030071526726XG", "12345", None]).tolist()
    [None, 'has 5 characters; a unified social credit code has 18', None]
    >>> check_identifiers("chicago-licence", ["2114", ""]).tolist()
    [None, 'is empty']
    """
    check_scheme(scheme)
    return _by_unique(values, uscc_fault if scheme == USCC else _free_fault)


def _free_fault(text: str) -> str | None:
    if not text.strip():
        return "is empty"
    if text != text.strip():
        return "has blanks before or after it"
    return None


def _by_unique(values: npt.ArrayLike, function: Callable[[str], str | None]) -> Texts:
    import pandas as pd  # whoever looks at one code does not wait for it

    places, unique = pd.factorize(np.asarray(values, dtype=object))
    results = np.array([*(function(str(value)) for value in unique), None], dtype=object)
    return results[places]


def _require(body: str, length: int, what: str) -> None:
    if len(body) != length or not set(body) <= set(ALPHABET):
        message = f"{body!r} is not {what}; expected {length} digits or capitals, no I O S V Z"
        raise InvalidError(message)
