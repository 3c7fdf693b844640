"""Identifiers, a column at a time: the sweep over right codes and the closer look agree."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.archive.enterprises import are_credit_codes, read_identifiers
from xinheng.core.identifiers import (
    ALPHABET,
    check_identifiers,
    normal_identifiers,
    uscc_check_character,
    uscc_fault,
)

from .department import ALPHA, BETA

BODIES = st.builds(
    "{}{}{}".format,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)
CODES = BODIES.map(lambda body: body + uscc_check_character(body))
MISTYPED = st.builds(
    lambda code, place, character: code[:place] + character + code[place + 1 :],
    CODES,
    st.integers(0, 17),
    st.sampled_from(ALPHABET + "IOSVZ abc-９Ａ中"),
)
TEXTS = st.one_of(
    st.none(), CODES, MISTYPED, CODES.map(str.lower), CODES.map("{} ".format), st.text(max_size=20)
)


@given(texts=st.lists(TEXTS, max_size=12), scheme=st.sampled_from(["uscc", "chicago-licence"]))
def test_a_column_is_read_as_its_texts_one_by_one(texts: list[str | None], scheme: str) -> None:
    codes, faults = read_identifiers(scheme, pa.array([None, *texts, *texts], pa.string()).slice(1))
    expected = normal_identifiers(scheme, texts)
    assert codes.to_pylist() == expected.tolist() * 2
    assert faults.to_pylist() == check_identifiers(scheme, expected).tolist() * 2


@given(codes=st.lists(st.one_of(CODES, MISTYPED), max_size=20))
def test_the_sweep_finds_every_right_code_and_no_other(codes: list[str]) -> None:
    found = are_credit_codes(pa.array(["short", *codes], pa.string()).slice(1)).tolist()
    assert found == [uscc_fault(code) is None for code in codes]


@pytest.mark.parametrize("texts", [[], [None], [None, ALPHA, None, BETA]])
def test_missing_identifiers_are_no_fault(texts: list[str | None]) -> None:
    codes, faults = read_identifiers("uscc", pa.array(texts, pa.string()))
    assert codes.to_pylist() == texts
    assert faults.null_count == len(texts)
