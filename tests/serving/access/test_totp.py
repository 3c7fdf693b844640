"""Codes of a second factor, by the vectors of RFC 6238, appendix B."""

import base64

import pytest

from xinheng.serving.access import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds, code):
    assert totp.code_at(SECRET, seconds // 30, digits=8) == code
    assert totp.step_of(SECRET, code[2:], seconds) == seconds // 30


@pytest.mark.parametrize(
    ("late", "known"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_half_a_minute_off(late, known):
    code = totp.code_at(SECRET, 1_000 + late)
    assert (totp.step_of(SECRET, code, 30_010) is not None) == known


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\ud800"])
def test_what_is_no_code_is_none(code):
    assert totp.step_of(SECRET, code, 30_010) is None


def test_blanks_in_a_code_do_not_count():
    code = totp.code_at(SECRET, 1_000)
    assert totp.step_of(SECRET, f" {code[:3]} {code[3:]}", 30_010) == 1_000
