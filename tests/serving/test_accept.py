"""What Accept asks for, by tables worked by hand from RFC 9110, 12.4.2 and 12.5.1."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.serving.accept import preferred, quality
from xinheng.serving.files import Format, accepted_format
from xinheng.serving.problem import ProblemError

CSV, PARQUET, ARROW = Format.CSV, Format.PARQUET, Format.ARROW
P, A = "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream"

TABLE = [
    (None, CSV),
    ("", CSV),
    ("*/*", CSV),
    ("text/csv", CSV),
    (P, PARQUET),
    (P.upper(), PARQUET),
    (f"{P}, {A}", PARQUET),
    (f"{P};q=0.5, {A};q=0.6", ARROW),
    (f"{P};q=0.5,{A}; q=0.5", PARQUET),
    (f"{P}, */*", PARQUET),
    ("text/csv;q=0, */*", PARQUET),
    (f"text/csv;q=0, {P};q=0.000, */*;q=0.001", ARROW),
    ("text/*", CSV),
    ("application/*", PARQUET),
    (f"application/*, {P};q=0", ARROW),
    ("text/*;q=0.3, application/*;q=0.4", PARQUET),
    (f"*/*;q=0.1, {A}", ARROW),
    ("text/csv;q=0.2, text/*;q=0.9, */*;q=0.5", PARQUET),
    ("text/csv;charset=utf-8;q=0.9, text/csv;q=0.1, */*;q=0.5", CSV),
    ("text/csv;q=0.1, text/csv;charset=utf-8;q=0.9, */*;q=0.5", CSV),
    (f"text/csv;q=2, text/*;q=0.5, {P};q=0.1", CSV),
    ("text/csv;charset=UTF-8", CSV),
    ('text/csv; charset="utf-8"', CSV),
    ("text/csv;charset=gb18030, */*;q=0.2", CSV),
    (f'text/html;level="1,2;q=1", {P};q=0.1', PARQUET),
    (f"application/json, {P} ; Q=1.000", PARQUET),
    (f" ,, {P} , ", PARQUET),
    (f"{P};q=0.8;ext=1", PARQUET),
]

REFUSED = [
    "application/json",
    "text/csv;q=0",
    "*/*;q=0",
    "text/*;q=0, application/*;q=0.0",
    "text/csv;charset=gb18030",
    "text/html, text/csv;header=absent",
    "csv",
    "*/csv",
    "text/csv;q=2",
    "text/csv;q=0.1234",
    "text/csv;q=-1",
    "text/csv;q=",
    f"{P} {A}",
    "text/html, " * 50 + "text/csv",  # more than anybody needs is not read
]


@pytest.mark.parametrize(("header", "expected"), TABLE)
def test_a_header_is_answered_in_the_form_that_it_prefers(header, expected):
    assert accepted_format(header, CSV) is expected


@pytest.mark.parametrize("header", REFUSED)
def test_a_header_that_wants_nothing_there_is_told_what_is(header):
    with pytest.raises(ProblemError) as refused:
        accepted_format(header, CSV)
    assert refused.value.fault.status == 406
    for each in ("text/csv", P, A):
        assert each in refused.value.detail


def test_where_all_are_alike_the_form_that_was_sent_is_answered():
    assert accepted_format("*/*", ARROW) is ARROW
    assert accepted_format("application/*", ARROW) is ARROW
    assert accepted_format("text/csv;q=0, */*;q=0.5", ARROW) is ARROW


@given(st.text(max_size=200))
def test_whatever_comes_is_answered_or_refused(header):
    with suppress(ProblemError):
        assert accepted_format(header, CSV) in Format


@given(st.permutations([f"{P};q=0.2", "text/csv;q=0.7", f"{A};q=0", "*/*;q=0.1"]))
def test_order_says_nothing_where_weights_do(parts):
    assert accepted_format(", ".join(parts), PARQUET) is CSV


@pytest.mark.parametrize(
    "header", ["text/csv;" + " " * 100_000 + "x", '"' * 100_000, "," * 100_000, ";" * 100_000]
)
def test_a_header_that_means_harm_is_done_with_at_once(header):
    began = time.monotonic()
    preferred(header, {"text/csv": {}}, "text/csv")
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [("q=1", 1.0), ("q=0", 0.0), ("Q=0.25", 0.25), ("q=1.000", 1.0), ("q=1.001", None),
     ("q=.5", 0.5), ("q=0.", 0.0), ("q=1e-1", None), ("q=0.1234", None), ("r=1", None)],
)  # fmt: skip
def test_a_weight_has_three_digits_at_most(text, expected):
    assert quality(text) == expected
