"""Identities: a record is known again, and what lands is what the rule says, row by row."""

import hashlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import KINDS
from xinheng.archive.collect import _identified
from xinheng.archive.database import workbench
from xinheng.archive.hashing import digests, joined, owner_numbers
from xinheng.archive.identity import _compared, compare, conflicts, repeated

from .checking import checked, rules_of
from .department import ALPHA, Bureau

Said = tuple[str, str, int]
Stored = tuple[str, str, int, bool]

LANDING = pa.schema(
    [
        ("file", pa.int16()),
        ("_row", pa.int64()),
        ("number", pa.string()),
        ("record", pa.int64()),
        ("content", pa.int64()),
        ("known_day", pa.int32()),
    ]
)
STORED = pa.schema([*list(LANDING)[3:], ("version", pa.int32()), ("relayed", pa.bool_())])


@pytest.fixture(autouse=True, scope="module")
def engine() -> Iterator[None]:
    with workbench():  # while one is open, others cost next to nothing
        yield


def number(text: str) -> int:
    """Return some number that stands for a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little", signed=True)


def landing(rows: list[Said]) -> pa.Table:
    columns = [
        {
            "file": 0,
            "_row": row,
            "number": name,
            "record": number(name),
            "content": number(says),
            "known_day": day,
        }
        for row, (name, says, day) in enumerate(rows, 2)
    ]
    return pa.Table.from_pylist(columns, schema=LANDING)


def archived(rows: list[Stored]) -> pa.Table:
    versions: dict[str, count[int]] = {}
    columns = [
        {
            "record": number(name),
            "content": number(says),
            "known_day": day,
            "version": next(versions.setdefault(name, count())),
            "relayed": relayed,
        }
        for name, says, day, relayed in rows
    ]
    return pa.Table.from_pylist(columns, schema=STORED)


def by_hand(rows: list[Said], stored: list[Stored], *, relay: bool) -> list[tuple[bool, int, bool]]:
    """Settle records one by one, as the rule is written: lands, version, agrees."""
    found: dict[int, tuple[bool, int, bool]] = {}
    for name in {name for name, _, _ in rows}:
        there = [version[1:] for version in stored if version[0] == name]
        issued = any(not relayed for _, _, relayed in there)
        comparable = [(day, says) for says, day, relayed in there if relayed is relay]
        line = [(day, 0, order, says) for order, (day, says) in enumerate(comparable)]
        line += [(day, 1, place, says) for place, (n, says, day) in enumerate(rows) if n == name]
        line.sort()
        versions, new = len(there), []
        for i, (day, is_new, place, says) in enumerate(line):
            if not is_new:
                continue
            otherwise = i == 0 or line[i - 1][3] != says
            unheard = not any(s == says and d >= day for d, s in comparable)
            lands = otherwise and unheard and not (relay and issued)
            stays = says in {s for s, _, _ in there} | set(new)
            if lands:
                new.append(says)
            versions += lands
            found[place] = (lands, versions - 1, stays)
    return [found[place] for place in range(len(rows))]


NAMES, WORDS, DAYS = st.sampled_from("aaabc"), st.sampled_from("xyz"), st.integers(0, 2)
RECORDS = st.lists(st.tuples(NAMES, WORDS, DAYS), max_size=8)
ARCHIVE = st.lists(st.tuples(NAMES, WORDS, DAYS, st.booleans()), max_size=10)


@settings(deadline=None, max_examples=200)
@given(rows=RECORDS, stored=ARCHIVE, relay=st.booleans())
def test_what_lands_is_what_the_rule_finds_one_by_one(
    rows: list[Said], stored: list[Stored], *, relay: bool
) -> None:
    found = compare(landing(rows), archived(stored), relay=relay)
    expected = by_hand(rows, stored, relay=relay)
    assert found.fresh.tolist() == [lands for lands, _, _ in expected]
    versions = [version for lands, version, _ in expected if lands]
    assert found.version[found.fresh].tolist() == versions
    agree = [stays for lands, _, stays in expected if not lands]
    assert found.agrees[~found.fresh].tolist() == agree


@settings(deadline=None)
@given(rows=RECORDS.filter(bool), stored=ARCHIVE, relay=st.booleans())
def test_records_met_once_are_settled_as_if_all_were_compared(
    rows: list[Said], stored: list[Stored], *, relay: bool
) -> None:
    records = landing(rows)
    fresh, version, _ = _compared(
        records.select(["record", "content", "known_day"]), archived(stored), relay=relay
    )
    found = compare(records, archived(stored), relay=relay)
    assert found.fresh.tolist() == fresh.tolist()
    assert found.version[found.fresh].tolist() == version[fresh].tolist()


@settings(deadline=None)
@given(stored=ARCHIVE, rows=RECORDS, data=st.data())
def test_the_order_in_which_versions_are_stored_changes_nothing(
    stored: list[Stored], rows: list[Said], data: st.DataObject
) -> None:
    table = archived(stored)
    shuffled = table.take(pa.array(data.draw(st.permutations(range(len(stored)))), pa.int64()))
    one, other = (compare(landing(rows), each, relay=False) for each in (table, shuffled))
    assert one.fresh.tolist() == other.fresh.tolist()
    assert one.version.tolist() == other.version.tolist()


@settings(deadline=None)
@given(rows=RECORDS, stored=ARCHIVE, relay=st.booleans())
def test_what_landed_is_a_duplicate_when_it_comes_again(
    rows: list[Said], stored: list[Stored], *, relay: bool
) -> None:
    first = {(name, day): says for name, says, day in reversed(rows)}  # no contradictions
    rows = [row for row in rows if first[row[0], row[2]] == row[1]]
    found = compare(landing(rows), archived(stored), relay=relay)
    landed = sorted(
        (version, *row, relay)
        for row, lands, version in zip(rows, found.fresh, found.version, strict=True)
        if lands
    )
    now = archived([*stored, *(row[1:] for row in landed)])
    again = compare(landing(rows), now, relay=relay)
    assert not again.fresh[found.fresh].any()
    assert again.agrees[found.fresh].all()


ISSUED = [("x", 5, False)]
CORRECTED = [("x", 5, False), ("y", 5, False)]  # both known on one day
MOVED_ON = [("x", 5, False), ("y", 6, False)]

# what is stored of a record, what comes and when known; then the version as which it lands
WORKED = {
    "corrected on one day, then as before": (CORRECTED, "x", 6, 2),
    "corrected on one day, then again so": (CORRECTED, "y", 6, None),
    "the same, and nothing in between": (ISSUED, "x", 6, None),
    "the same, known earlier": (ISSUED, "x", 4, None),
    "an older state that comes late": (ISSUED, "y", 4, 1),
    "another state of the same day": (ISSUED, "y", 5, 1),
    "a state that came back": (MOVED_ON, "x", 7, 2),
    "a state that was left, of its own day": (MOVED_ON, "x", 5, None),
    "the issuer says what was passed on": ([("x", 5, True)], "x", 5, 1),
    "the issuer says otherwise than was passed on": ([("x", 9, True)], "y", 5, 1),
}


@pytest.mark.parametrize(
    ("stored", "says", "day", "version"),
    WORKED.values(),
    ids=WORKED.keys(),
)
def test_versions_worked_by_hand(
    stored: list[tuple[str, int, bool]], says: str, day: int, version: int | None
) -> None:
    table = archived([("a", *each) for each in stored])
    for some in (table, table.take(list(range(len(table)))[::-1])):  # in whatever order they lie
        found = compare(landing([("a", says, day)]), some, relay=False)
        assert found.fresh.tolist() == [version is not None]
        assert version is None or found.version.tolist() == [version]


@pytest.mark.parametrize("issued", [False, True])
def test_what_is_passed_on_lands_while_the_issuer_is_silent(*, issued: bool) -> None:
    table = archived([("a", "x", 5, not issued), ("b", "x", 5, True)])
    rows = [("a", "y", 9), ("a", "x", 9), ("c", "z", 1)]
    found = compare(landing(rows), table, relay=True)
    assert found.fresh.tolist() == [not issued, not issued, True]


@settings(deadline=None)
@given(rows=RECORDS)
def test_a_conflict_is_a_row_that_differs_from_the_first_of_its_identity_and_day(
    rows: list[Said],
) -> None:
    first: dict[tuple[str, int], tuple[int, str]] = {}
    wrong = []
    for row, (name, says, day) in enumerate(rows, 2):
        earlier, said = first.setdefault((name, day), (row, says))
        if said != says:
            wrong.append((row, f"row {earlier} has"))
    found = conflicts(KINDS["penalty"], landing(rows), ["a"]).to_pylist()
    assert [
        (f["row"], f["fault"][: len(w)]) for f, (_, w) in zip(found, wrong, strict=True)
    ] == wrong


@given(rows=RECORDS, data=st.data())
@settings(deadline=None)
def test_conflicts_are_the_same_in_whatever_order_rows_come(
    rows: list[Said], data: st.DataObject
) -> None:
    table = landing(rows)
    shuffled = table.take(pa.array(data.draw(st.permutations(range(len(rows)))), pa.int64()))
    contract = KINDS["penalty"]
    assert conflicts(contract, shuffled, ["a"]).equals(conflicts(contract, table, ["a"]))


@given(st.lists(st.integers(-2, 2)))
def test_what_stands_more_than_once_is_repeated(numbers: list[int]) -> None:
    found = repeated(np.array(numbers, np.int64)).tolist()
    assert found == [numbers.count(each) > 1 for each in numbers]


def identified(kind: str, source: str, **fields: str | None) -> dict[str, object]:
    contract = KINDS[kind]
    records = checked(contract, [{"_row": 2, **fields}]).records
    records = records.append_column("linked", pa.nulls(1, pa.string()))
    [found] = _identified(rules_of(contract), source, records).to_pylist()
    return found


def test_a_record_is_numbered_by_its_owner_kind_and_number() -> None:
    found = identified("award", "a", enterprise=ALPHA, number="A1", known="2026-01-05")
    [owner] = owner_numbers("uscc", pa.array([ALPHA]))
    key = digests([pa.array(["award"]), pa.array(["A1"])], 1)
    assert found["owner"] == owner
    assert found["record"] == joined(np.array([owner]).view(np.uint64), key)[0]


def test_what_happens_to_a_record_names_it_by_the_number_that_it_has() -> None:
    award = identified("award", "a", enterprise=ALPHA, number="A1", known="2026-01-05")
    of = {"of": "award", "change": "withdrawn", "occurred": "2026-01-05"}
    later = identified("lifecycle", "b", enterprise=ALPHA, number="A1", known="2026-02-05", **of)
    assert later["about"] == award["record"]
    assert later["record"] != award["record"]


def test_a_field_that_is_empty_and_one_that_is_filled_do_not_run_together() -> None:
    contents = {
        identified("award", "a", enterprise=ALPHA, number=n, level=level, occurred=None)["content"]
        for n, level in (("A", "city"), ("A\x1fcity", None), ("A", None), (None, "A"))
    }
    assert len(contents) == 4


@pytest.mark.parametrize("known", ["2026-01-20", "2026-01-21 03:00"])
def test_when_a_record_was_known_is_nothing_that_it_says(known: str) -> None:
    given = {"enterprise": ALPHA, "number": "A1", "level": "city"}
    first = identified("award", "a", **given, known="2026-01-05")
    second = identified("award", "b", **given, known=known)
    same = ("owner", "record", "content")
    assert [first[name] for name in same] == [second[name] for name in same]


def test_a_record_is_told_apart_by_kind_enterprise_and_number() -> None:
    records = {
        identified(kind, "a", enterprise=enterprise, number=n)["record"]
        for kind in ("award", "certificate")
        for enterprise in (ALPHA, None)
        for n in ("A1", "A2")
    }
    assert len(records) == 8


def test_a_record_without_an_enterprise_belongs_to_its_source() -> None:
    own, others = (
        identified("alert", source, number="A1", product="rice noodles")
        for source in ("o'bureau", "other")
    )
    assert own["owner"] != others["owner"]
    assert own["record"] != others["record"]
    [once, again] = (
        identified("alert", "o'bureau", number="A1", product=product) for product in ("x", "y")
    )
    assert (once["record"], once["owner"]) == (again["record"], own["owner"])


@pytest.mark.parametrize("enterprise", [ALPHA, None])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "lifecycle"])
def test_what_happens_to_a_record_points_at_it(kind: str, enterprise: str | None) -> None:
    """Whatever the kind, as its key is its number alone."""
    record = identified(kind, "a", enterprise=enterprise, number="A1")
    change = {"number": "A1", "of": kind, "change": "withdrawn", "occurred": "2026-01-05"}
    later = identified("lifecycle", "a", enterprise=enterprise, **change)
    assert later["about"] == record["record"]
    assert later["owner"] == record["owner"]


def test_a_duplicate_of_a_delivery_lands_once_whatever_the_order_of_rows(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    row = f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,1.5,"
    receipt = bureau.deliver(row, row, row)
    file = receipt.delivery.files[0]
    assert (file.accepted, file.duplicate) == (1, 2)
    assert bureau.archive.records("penalty")["row"].to_pylist() == [2]
