"""Identifiers: real vectors, every single mistyped character found, reasons in words."""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from xinheng.core import identifiers
from xinheng.core.errors import InvalidError
from xinheng.core.identifiers import ALPHABET

VALID = [
    "91110000600037341L",
    "121200004013590816",
    "9144030071526726XG",
    "91310115MA1K3BTP2B",
    "92340602MA2PBQAH7E",
]
INVALID = [
    ("91110000600037341N", "check character is N.*asks for L"),
    ("9111000060003IOZSV", "'I' in position 14"),
    ("12345", "has 5 characters"),
    ("", "has 0 characters"),
    ("91110A00600037341L", "'110A00' in positions 3 to 8"),
    ("91110000600037341l", "'l' in position 18"),
    ("91110000600037341\uff2c", "in position 18"),
]


@pytest.mark.parametrize("code", VALID)
def test_real_codes_are_valid_with_both_their_check_characters(code: str) -> None:
    assert identifiers.uscc_fault(code) is None
    assert identifiers.uscc_check_character(code[:17]) == code[17]
    assert identifiers.organisation_check_character(code[8:16]) == code[16]


@pytest.mark.parametrize(("code", "words"), INVALID)
def test_a_broken_code_says_what_is_wrong(code: str, words: str) -> None:
    assert re.search(words, identifiers.uscc_fault(code) or "")


BODIES = st.builds(
    "{}{}".format,
    st.from_regex(r"[0-9]{8}", fullmatch=True),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@given(BODIES, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_any_one_mistyped_character_is_found(body: str, place: int, character: str) -> None:
    assume(body[place] != character)
    code = body + identifiers.uscc_check_character(body)
    assert identifiers.uscc_fault(code) is None
    assert identifiers.uscc_fault(code[:place] + character + code[place + 1 :]) is not None


@given(BODIES, st.sampled_from(ALPHABET))
def test_codes_are_judged_as_by_the_library(body: str, check: str) -> None:
    assert (identifiers.uscc_fault(body + check) is None) == uscc.is_valid(body + check)


LICENCES = [
    "SC11464010500015",
    "SC11333019700024",
    "SC11837048101233",
    "SC11834020305037",
    "SC12636098200051",
    "SC11532139200465",
    "SC12434017430075",
    "SC11432010400101",
]


@pytest.mark.parametrize("number", LICENCES)
def test_real_licence_numbers_are_valid(number: str) -> None:
    assert identifiers.licence_fault(number) is None


@given(st.sampled_from(LICENCES), st.integers(2, 15), st.sampled_from("0123456789"))
def test_any_one_mistyped_digit_of_a_licence_is_found(number: str, place: int, digit: str) -> None:
    assume(number[place] != digit)
    assert identifiers.licence_fault(number[:place] + digit + number[place + 1 :]) is not None


@pytest.mark.parametrize("number", ["QS11464010500015", "SC1146401050001", "SC31464010500015", ""])
def test_what_is_no_licence_number_is_refused(number: str) -> None:
    assert identifiers.licence_fault(number) is not None


@pytest.mark.parametrize(
    "function",
    [
        identifiers.uscc_check_character,
        identifiers.organisation_check_character,
        identifiers.licence_check_digit,
    ],
)
def test_a_check_of_the_wrong_length_is_refused(function: object) -> None:
    with pytest.raises(InvalidError, match="expected"):
        function("123")  # type: ignore[operator]


def test_many_identifiers_are_checked_in_place_and_missing_ones_are_no_fault() -> None:
    values = np.array([VALID[0], None, "12345", VALID[0], float("nan"), "12345"], dtype=object)
    faults = identifiers.check_identifiers("uscc", values).tolist()
    words = "has 5 characters; a unified social credit code has 18"
    assert faults == [None, None, words, None, None, words]


def test_a_free_scheme_asks_only_that_something_is_there() -> None:
    faults = identifiers.check_identifiers("chicago-licence", ["2114", "", " ", " 7", None])
    assert faults.tolist() == [None, "is empty", "is empty", "has blanks before or after it", None]


def _full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def test_what_is_put_right_is_valid() -> None:
    written = [" 9144 0300-71526726xg ", _full_width(VALID[2]), "", None]
    normal = identifiers.normal_identifiers("uscc", written)
    assert normal.tolist() == [VALID[2], VALID[2], None, None]
    assert identifiers.check_identifiers("uscc", normal).tolist() == [None] * 4
    assert identifiers.normal_identifiers("other", [" 7-a "]).tolist() == ["7-a"]


@pytest.mark.parametrize("name", ["USCC", "uscc18", "usc", "uscc_"])
def test_a_scheme_that_was_meant_to_be_uscc_is_refused(name: str) -> None:
    with pytest.raises(InvalidError, match="did you mean 'uscc'"):
        identifiers.check_identifiers(name, ["1"])


@pytest.mark.parametrize("name", ["", "Chicago", "a b", "7a", "a--b"])
def test_a_scheme_needs_a_plain_name(name: str) -> None:
    with pytest.raises(InvalidError, match="no name for an identifier scheme"):
        identifiers.check_scheme(name)
