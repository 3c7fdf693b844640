"""Spans: folded by compiled code for all records at once, they are those of each by itself."""

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive.spans import HAPPENING, ROW, folded, touched
from xinheng.archive.tables import EVENT
from xinheng.archive.view import viewed
from xinheng.core.time import NEVER, Change, day

from .slow import slow_view

TYPES = (pa.int64(), pa.int32(), pa.int32(), pa.string())
HAPPENED = pa.schema(zip(HAPPENING, TYPES, strict=True))

# Records that differ in some of their bits only; each is of one enterprise.
RECORDS = st.sampled_from([0, 1, 2, 1 << 40, 1 << 63, (1 << 63) + 1]).map(lambda n: n - (1 << 63))
DAYS = st.integers(0, 6)
VERSIONS = st.lists(
    st.tuples(
        RECORDS,
        DAYS,  # known
        st.booleans(),  # passed on
        DAYS,  # available
        st.lists(  # events: stream, occurred, ended, value
            st.tuples(
                st.integers(0, 2),
                st.integers(-1, 2),
                st.sampled_from([4, NEVER]),
                st.sampled_from([None, 1.0]),
            ),
            max_size=3,
            unique_by=lambda event: event[0],
        ),
    ),
    max_size=9,
)
HAPPENINGS = st.lists(st.tuples(RECORDS, DAYS, DAYS, st.sampled_from(list(Change))), max_size=9)

Row = dict[str, Any]


def of_events(versions: list[tuple[Any, ...]]) -> list[Row]:
    """Return rows of events; of each record the versions come one after the other."""
    seen: dict[int, int] = {}
    rows = []
    for sequence, (record, known, relayed, available, events) in enumerate(versions):
        version = seen.setdefault(record, 0)
        seen[record] += 1
        for stream, occurred, ended, value in events:
            row = {"stream": stream, "occurred": occurred, "ended": ended, "value": value}
            row |= {"record": record, "version": version, "sequence": sequence // 3}
            row |= {"available": available, "precedence": known - (1 << 20) * relayed}
            row |= {"enterprise": record % 3, "case": record, "severity": None, "owner": 0}
            rows.append(row)
    return rows


@settings(deadline=None, max_examples=400)
@given(versions=VERSIONS, happenings=HAPPENINGS, data=st.data())
def test_the_view_is_that_of_every_record_by_itself(
    versions: list[tuple[Any, ...]], happenings: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    rows = of_events(versions)
    happened = [dict(zip(HAPPENING, each, strict=True)) for each in happenings]
    for each in happened:
        each["change"] = str(each["change"])
    rows, happened = (data.draw(st.permutations(each)) for each in (rows, happened))
    schema = pa.schema([pa.field("enterprise", pa.int32()), *EVENT])
    table = viewed(
        pa.Table.from_pylist(rows, schema=schema).combine_chunks(),
        pa.Table.from_pylist(happened, schema=HAPPENED).combine_chunks(),
    )
    table.validate(full=True)
    assert table.equals(slow_view(rows, happened))


@given(records=st.lists(RECORDS, max_size=9), about=st.lists(RECORDS, max_size=4), data=st.data())
def test_every_record_that_was_met_or_corrected_is_touched(
    records: list[int], about: list[int], data: st.DataObject
) -> None:
    version = [data.draw(st.integers(0, 1)) for _ in records]
    rows = pa.table(
        {"record": pa.array(records, pa.int64()), "version": pa.array(version, pa.int32())}
    )
    found = touched(rows, pa.table({"about": pa.array(about, pa.int64())}))
    corrected = {record for record, number in zip(records, version, strict=True) if number}
    for record, seen in zip(records, found.tolist(), strict=True):
        assert seen or record not in {*about, *corrected}


def test_few_of_many_records_are_touched_by_mistake() -> None:
    rng = np.random.default_rng(1)
    records = rng.integers(-(2**63), 2**63 - 1, 100_000)
    rows = pa.table({"record": records, "version": np.zeros(len(records), np.int32)})
    found = touched(rows, pa.table({"about": records[:5_000]}))
    assert found[:5_000].all()
    assert found[5_000:].mean() < 0.02


def dated(*texts: str | int) -> list[int]:
    return [day(text) if isinstance(text, str) else text for text in texts]


def test_a_record_by_hand() -> None:
    """Corrected, withdrawn by mistake, and repaired: worked out day by day."""
    told = {"record": [7, 7], "precedence": [0, 1], "version": [0, 1]}
    told |= {"available": dated("2026-01-10", "2026-01-20"), "ended": dated("2026-12-31", NEVER)}
    rows = pa.table({name: pa.array(told[name], pa.int64()) for name in ROW})
    rows = rows.cast(pa.schema([(name, EVENT.field(name).type) for name in ROW]))
    happened = {
        "about": [7, 7, 7],
        "available": dated("2026-01-15", "2026-01-17", "2026-02-01"),
        "occurred": dated("2026-01-14", "2026-01-16", "2026-01-30"),
        "change": ["withdrawn", "reinstated", "repaired"],
    }
    columns = [pa.array(happened[name], HAPPENED.field(name).type) for name in HAPPENING]
    found = folded(rows, pa.Table.from_arrays(columns, schema=HAPPENED))
    planned = dated("2026-12-31", "2026-01-10")
    assert [list(row.values()) for row in found.to_pylist()] == [
        [0, *dated("2026-01-10", "2026-01-15", NEVER), *planned],
        [0, *dated("2026-01-17", "2026-01-20", NEVER), *planned],
        [1, *dated("2026-01-20", "2026-02-01", NEVER, NEVER, NEVER)],
        [1, *dated("2026-02-01", NEVER, "2026-02-01", NEVER, NEVER)],
    ]
