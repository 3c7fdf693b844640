"""Numbers that stand for texts: as the published algorithms say, and in the part they say."""

from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive.files import Owners
from xinheng.archive.hashing import FEW, digests, hash_texts, joined, owner_numbers, part_of

WORD = 2**64
NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20)
PARTS = st.integers(0, 12).map(lambda exponent: 1 << exponent)
TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=4), st.just("911A"), st.just("911B")))


def fnv(text: str | None) -> int:
    """Work FNV-1a of 64 bits byte by byte."""
    if text is None:
        return 0
    found = 0xCBF29CE484222325
    for byte in text.encode():
        found = (found ^ byte) * 0x100000001B3 % WORD
    return found


def mixed(number: int) -> int:
    """Work the finaliser of SplitMix64."""
    found = (number + 0x9E3779B97F4A7C15) % WORD
    found = (found ^ found >> 30) * 0xBF58476D1CE4E5B9 % WORD
    found = (found ^ found >> 27) * 0x94D049BB133111EB % WORD
    return found ^ found >> 31


def signed(number: int) -> int:
    return number - WORD if number >= WORD // 2 else number


# from the published test vectors of both algorithms
def test_known_vectors() -> None:
    texts = pa.array(["", "a", "b", "foobar"])
    assert [f"{n:x}" for n in hash_texts(texts)] == [
        "cbf29ce484222325",
        "af63dc4c8601ec8c",
        "af63df4c8601f1a5",
        "85944171f73967e8",
    ]
    assert f"{mixed(0):x}" == "e220a8397b1dcdaf"


@given(texts=TEXTS)
def test_texts_are_numbered_as_one_by_one(texts: list[str | None]) -> None:
    assert hash_texts(pa.array(texts, pa.string())).tolist() == [fnv(text) for text in texts]


@given(texts=TEXTS, start=st.integers(0, 5), length=st.integers(0, 5))
def test_a_slice_is_numbered_as_its_texts_are(
    texts: list[str | None], start: int, length: int
) -> None:
    some = pa.array(texts, pa.string()).slice(start, length)
    assert hash_texts(some).tolist() == [fnv(text) for text in some.to_pylist()]


def test_texts_of_one_length_after_others_are_numbered_by_what_they_are() -> None:
    assert hash_texts(pa.array(["longer", "ab", "cd"]).slice(1)).tolist() == [fnv("ab"), fnv("cd")]


def test_many_texts_are_numbered_as_few_are() -> None:
    texts = [None if n % 7 == 3 else "字" * (n % 5) + str(n) for n in range(FEW + 10)]
    some = pa.array(["before", *texts]).slice(1)
    assert hash_texts(some).tolist() == [fnv(text) for text in texts]


ROWS = [
    ("a", "b", 1.0, 1, date(2026, 1, 1), True),
    ("b", "a", 1.0, 1, date(2026, 1, 1), True),
    ("ab", None, 1.0, 1, date(2026, 1, 1), True),
    (None, "ab", 1.0, 1, date(2026, 1, 1), True),
    ("", "ab", 1.0, 1, date(2026, 1, 1), True),
    ("a", "b", 0.0, 1, date(2026, 1, 1), True),
    ("a", "b", None, 1, date(2026, 1, 1), True),
    ("a", "b", 1.0, 0, date(2026, 1, 1), True),
    ("a", "b", 1.0, None, date(2026, 1, 1), True),
    ("a", "b", 1.0, 1, date(1970, 1, 1), True),
    ("a", "b", 1.0, 1, None, True),
    ("a", "b", 1.0, 1, date(2026, 1, 1), False),
    ("a", "b", 1.0, 1, date(2026, 1, 1), None),
]
TYPES = [pa.string(), pa.string(), pa.float64(), pa.int64(), pa.date32(), pa.bool_()]


def columns_of(rows: list[tuple[object, ...]]) -> list[pa.Array]:
    return [
        pa.array(values, kind) for values, kind in zip(zip(*rows, strict=True), TYPES, strict=True)
    ]


def test_rows_that_differ_in_any_value_have_digests_that_differ() -> None:
    assert len(set(digests(columns_of(ROWS), len(ROWS)).tolist())) == len(ROWS)


def test_a_digest_depends_on_nothing_but_its_own_row() -> None:
    whole = digests(columns_of(ROWS), len(ROWS)).tolist()
    assert [digests(columns_of([row]), 1)[0] for row in ROWS] == whole
    sliced = [column.slice(3, 4) for column in columns_of(ROWS)]
    assert digests(sliced, 4).tolist() == whole[3:7]
    chunked = [pa.chunked_array([column[:5], column[5:]]) for column in columns_of(ROWS)]
    assert digests(chunked, len(ROWS)).tolist() == whole


def test_zero_is_zero_whatever_its_sign() -> None:
    one, other = digests([pa.array([0.0, -0.0])], 2)
    assert one == other


@given(
    pairs=st.lists(st.tuples(st.integers(0, WORD - 1), st.integers(0, WORD - 1)), min_size=1),
)
def test_pairs_are_joined_as_one_by_one(pairs: list[tuple[int, int]]) -> None:
    first, second = (np.array([pair[i] for pair in pairs], np.uint64) for i in (0, 1))
    expected = [signed(mixed((mixed(one) + other) % WORD)) for one, other in pairs]
    assert joined(first, second).tolist() == expected


@given(texts=st.lists(st.text(max_size=4), min_size=1), scheme=st.sampled_from(["uscc", "person"]))
def test_an_owner_is_numbered_by_scheme_and_code(texts: list[str], scheme: str) -> None:
    expected = [signed(mixed((mixed(fnv(scheme)) + fnv(text)) % WORD)) for text in texts]
    assert owner_numbers(scheme, pa.array(texts)).tolist() == expected


@given(numbers=NUMBERS, parts=PARTS)
def test_the_part_of_an_owner_is_the_range_it_lies_in(numbers: list[int], parts: int) -> None:
    owners = np.array(numbers, np.int64)
    found = part_of(owners, parts)
    assert found.tolist() == [(n + 2**63) * parts // WORD for n in numbers]
    for part in range(parts) if parts <= 16 else np.unique(found).tolist():
        chosen = Owners.part(part, parts)
        assert chosen.among(owners).tolist() == (found == part).tolist()
        assert chosen.overlap(owners, owners).tolist() == (found == part).tolist()


@given(parts=PARTS)
def test_the_parts_cover_every_owner_once(parts: int) -> None:
    ranges = [Owners.part(part, parts) for part in range(parts)]
    assert (ranges[0].low, ranges[-1].high) == (-(2**63), 2**63 - 1)
    assert all(one.high + 1 == other.low for one, other in pairwise(ranges))


@settings(max_examples=20, deadline=None)  # compiled on the way
@given(seed=st.integers(0, 2**32))
@pytest.mark.parametrize("parts", [2, 64])
def test_enterprises_are_spread_evenly_over_the_parts(parts: int, seed: int) -> None:
    codes = pa.array([f"91440300MA{seed:x}{i:05}" for i in range(20_000)])
    counts = np.bincount(part_of(owner_numbers("uscc", codes), parts), minlength=parts)
    expected = len(codes) / parts
    assert np.abs(counts - expected).max() < 7 * np.sqrt(expected)
