"""Codes, licence numbers and names: right check characters, no end in sight, or a message."""

import numpy as np
import pytest

from xinheng.core import licence_fault, uscc_fault
from xinheng.core.errors import InvalidError
from xinheng.core.identifiers import licence_check_digit, organisation_check_character
from xinheng.simulation.identifiers import (
    REGION,
    credit_codes,
    operation_licences,
    production_licences,
)
from xinheng.simulation.names import trade_words

NUMBERS = np.arange(0, 8_000_000, 77_777)


def test_credit_codes_are_valid_in_both_check_characters() -> None:
    codes = credit_codes(NUMBERS, NUMBERS % 3 == 0).to_pylist()
    assert {uscc_fault(code) for code in codes} == {None}
    assert all(organisation_check_character(code[8:16]) == code[16] for code in codes)
    assert {code[2:8] for code in codes} == {REGION}
    assert {code[1] for code in codes} == {"1", "2"}
    assert len(set(codes)) == len(codes)


def test_licence_numbers_are_valid() -> None:
    made = production_licences(np.array([1, 24, 32]), np.array([0, 77, 9_999])).to_pylist()
    assert [licence_fault(number) for number in made] == [None, None, None]
    assert [number[:5] for number in made] == ["SC101", "SC124", "SC201"]
    [sold] = operation_licences(np.array([999_999])).to_pylist()
    assert sold[-1] == licence_check_digit(sold[2:-1])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: credit_codes(np.array([8_000_000]), np.array([True])), "8,000,000 numbers"),
        (lambda: production_licences(np.array([1]), np.array([10_000])), "10,000 numbers"),
        (lambda: operation_licences(np.array([1_000_000])), "1,000,000 numbers"),
    ],
)
def test_numbers_run_out_with_a_message(make, message) -> None:
    with pytest.raises(InvalidError, match=message):
        make()


def test_trade_words_differ_and_change_with_the_seed() -> None:
    words = trade_words(np.arange(900_000), seed=3)
    assert len(words.unique()) == 900_000
    lengths = np.array([len(word) for word in words.to_pylist()])
    assert set(lengths[:600_000]) == {2, 3}
    assert set(lengths[-1_000:]) == {4}
    assert trade_words(np.arange(50), seed=4).to_pylist() != words[:50].to_pylist()
