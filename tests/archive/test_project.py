"""Events of records: which are seen, in which stream, and under which number."""

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import KINDS
from xinheng.archive.numbering import Numbering
from xinheng.archive.project import SEEN, number_streams, project
from xinheng.archive.tables import EVENT, STREAM, record_schema
from xinheng.core.time import day

CODES = st.sampled_from(["label", "additive", "hygiene"])


def penalties(rows: list[dict[str, Any]]) -> pa.Table:
    """Return penalties of which some fields are given."""
    schema = record_schema("penalty")
    table = pa.Table.from_pylist(
        [
            {"owner": 1, "record": number, "available": 9, "version": 0, "precedence": 3,
             "sequence": 1, "organ": "market", "food": True, "penalty_kind": "fine", **row}
            for number, row in enumerate(rows)
        ],
        schema=schema,
    )  # fmt: skip
    place = schema.names.index("occurred")
    days = pa.array([day("2026-01-05")] * len(rows), pa.int32()).cast(pa.date32())
    return table.set_column(place, "occurred", days)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "entity": st.sampled_from([None, 1, 2]),
            "violation": CODES,
            "fine": st.sampled_from([None, 0.5, 7.0]),
        }
    ),
    max_size=9,
)


@settings(deadline=None, max_examples=40)
@given(rows=ROWS)
def test_records_are_seen_alone_as_they_are_together(rows: list[dict[str, Any]]) -> None:
    table = penalties(rows)
    together = project(KINDS["penalty"], table)
    assert together.schema.equals(SEEN)
    alone = [event for i in range(len(rows)) for event in seen(table.slice(i, 1))]
    key = lambda event: (event["record"], event["key"])  # noqa: E731
    assert sorted(together.to_pylist(), key=key) == sorted(alone, key=key)
    named = {number for number, row in enumerate(rows) if row["entity"] is not None}
    assert set(together["record"].to_pylist()) == named
    for event in together.to_pylist():
        assert event["entity"] == rows[event["record"]]["entity"]
        assert event["precedence"] == 3


def seen(table: pa.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = project(KINDS["penalty"], table).to_pylist()
    return found


@settings(deadline=None, max_examples=40)
@given(parts=st.lists(st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=5), max_size=5))
def test_streams_keep_their_numbers_and_new_ones_come_by_name(parts: list[list[str]]) -> None:
    streams, met = Numbering(STREAM.empty_table()), []
    for keys in parts:
        tables = [SEEN.empty_table()]
        for some in (keys[:2], keys[2:]):  # each piece with a dictionary of its own
            nothing = {f.name: pa.nulls(len(some), f.type) for f in SEEN}
            held = pa.array(some, pa.string()).dictionary_encode()
            columns = nothing | {"key": held, "sequence": pa.array([1] * len(some), pa.int32())}
            tables.append(pa.table([columns[name] for name in SEEN.names], schema=SEEN))
        events = number_streams(pa.concat_tables(tables), streams)
        met += sorted(set(keys) - set(met))
        assert events.schema.names == EVENT.names
        assert [met[number] for number in events["stream"].to_pylist()] == keys
