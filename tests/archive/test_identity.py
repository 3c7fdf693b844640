"""Identities: a record is known again, and the short cut for those met once is no guess."""

import hashlib
from itertools import count

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import KINDS
from xinheng.archive.database import workbench
from xinheng.archive.identity import _compared, conflicts, fresh, identify, numbers

LANDING = pa.schema(
    [
        ("_row", pa.int64()),
        ("number", pa.string()),
        ("record", pa.binary()),
        ("content", pa.binary()),
        ("known_day", pa.int32()),
    ]
)
STORED = pa.schema([*list(LANDING)[2:], ("version", pa.int32())])


def digest(text: str) -> bytes:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()


def landing(rows: list[tuple[str, str, int]]) -> pa.Table:
    columns = [
        {
            "_row": row,
            "number": name,
            "record": digest(name),
            "content": digest(says),
            "known_day": day,
        }
        for row, (name, says, day) in enumerate(rows, 2)
    ]
    return pa.Table.from_pylist(columns, schema=LANDING)


def archived(rows: list[tuple[str, str, int]]) -> pa.Table:
    versions: dict[str, count[int]] = {}
    columns = [
        {
            "record": digest(name),
            "content": digest(says),
            "known_day": day,
            "version": next(versions.setdefault(name, count())),
        }
        for name, says, day in rows
    ]
    return pa.Table.from_pylist(columns, schema=STORED)


def by_hand(
    rows: list[tuple[str, str, int]], stored: list[tuple[str, str, int]]
) -> list[tuple[bool, int]]:
    """Settle records one by one, as the rule is written."""
    found: dict[int, tuple[bool, int]] = {}
    for name in {name for name, _, _ in rows}:
        mine = [(says, day) for other, says, day in stored if other == name]
        newest, versions = mine[-1][0] if mine else None, len(mine)
        new = [(day, place, says) for place, (n, says, day) in enumerate(rows) if n == name]
        for day, place, says in sorted(new):
            known = [when for other, when in mine if other == says]
            lands = says != newest and (not known or max(known) < day)
            versions += lands
            found[place] = (lands, versions - 1)
            newest = says
    return [found[place] for place in range(len(rows))]


RECORDS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("xyz"), st.integers(0, 3)), max_size=8
)


@settings(deadline=None)
@given(rows=RECORDS, stored=RECORDS)
def test_fresh_records_are_those_that_the_rule_finds_one_by_one(
    rows: list[tuple[str, str, int]], stored: list[tuple[str, str, int]]
) -> None:
    is_fresh, version = fresh(landing(rows), archived(stored))
    found = list(zip(is_fresh.tolist(), version.tolist(), strict=True))
    assert [f for f in found if f[0]] == [e for e in by_hand(rows, stored) if e[0]]
    assert is_fresh.tolist() == [lands for lands, _ in by_hand(rows, stored)]


@settings(deadline=None)
@given(rows=RECORDS.filter(bool), stored=RECORDS)
def test_records_met_once_are_settled_as_if_all_were_compared(
    rows: list[tuple[str, str, int]], stored: list[tuple[str, str, int]]
) -> None:
    with workbench(records=landing(rows), stored=archived(stored)) as connection:
        earlier = connection.sql("FROM stored SEMI JOIN records USING (record)").to_arrow_table()
    all_fresh, all_versions = _compared(landing(rows), earlier)
    is_fresh, version = fresh(landing(rows), archived(stored))
    assert is_fresh.tolist() == all_fresh.tolist()
    assert version[is_fresh].tolist() == all_versions[is_fresh].tolist()
    if not stored:
        assert fresh(landing(rows))[0].tolist() == is_fresh.tolist()


@settings(deadline=None)
@given(rows=RECORDS)
def test_a_conflict_is_a_row_that_differs_from_the_first_of_its_identity_and_day(
    rows: list[tuple[str, str, int]],
) -> None:
    first: dict[tuple[str, int], tuple[int, str]] = {}
    wrong = []
    for row, (name, says, day) in enumerate(rows, 2):
        earlier, said = first.setdefault((name, day), (row, says))
        if said != says:
            wrong.append((row, f"row {earlier} has"))
    found = conflicts(KINDS["penalty"], landing(rows)).to_pylist()
    assert [
        (f["row"], f["fault"][: len(w)]) for f, (_, w) in zip(found, wrong, strict=True)
    ] == wrong


def test_two_records_are_not_taken_for_one_by_half_a_digest() -> None:
    alike = [bytes(8) + bytes([i] * 8) for i in range(3)]  # the same number, another identity
    records = landing([("a", "x", 1), ("b", "y", 1), ("c", "z", 1)])
    records = records.set_column(2, "record", pa.array(alike, pa.binary()))
    assert len(set(numbers(records["record"]).tolist())) == 1
    is_fresh, version = fresh(records)
    assert (is_fresh.tolist(), version.tolist()) == ([True] * 3, [0] * 3)
    assert conflicts(KINDS["penalty"], records).num_rows == 0


@pytest.mark.parametrize(("enterprise", "owner"), [("911", "uscc:911"), (None, "source:o'bureau")])
def test_an_identity_is_the_digest_of_kind_owner_and_key(
    enterprise: str | None, owner: str
) -> None:
    contract = KINDS["award"]
    record = dict.fromkeys((field.name for field in contract.columns), None)
    record |= {"enterprise": enterprise, "number": "A1", "level": "city"}
    table = pa.Table.from_pylist([record], schema=contract.schema())
    [found] = identify(contract, table, "uscc", "o'bureau").to_pylist()
    assert found["record"] == digest(f"award\x1f{owner}\x1fA1")
    assert found["content"] == digest("A1\x1f\0\x1fcity")
    assert found["target"] is None
    assert numbers(pa.chunked_array([[found["record"]]])).tolist() == [
        np.frombuffer(found["record"][:8], "<i8")[0]
    ]
