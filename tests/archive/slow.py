"""The event view as its definition has it: record by record, in plain Python."""

from collections import defaultdict
from typing import Any

import pyarrow as pa

from xinheng.archive import Archive
from xinheng.archive.files import Owners
from xinheng.archive.view import SCHEMA
from xinheng.core.time import NEVER, Change, Event, Span, spans

__all__ = ["slow_events", "slow_view"]

KEY = ("enterprise", "occurred", "available", "record", "stream")

Row = dict[str, Any]


def slow_events(archive: Archive, upto: int, part: tuple[int, int] = (0, 1)) -> pa.Table:
    """Return what `Archive.events` returns."""
    tables = []
    for name in ("event", "lifecycle"):
        snapshot = archive._store.snapshot(name)
        rows = snapshot.read().to_pylist() if snapshot else []
        wanted = Owners.part(*part)
        tables.append(
            [
                row
                for row in rows
                if row["sequence"] <= upto and wanted.low <= row["owner"] <= wanted.high
            ]
        )
    rows, happened = tables
    for row in rows:
        row["enterprise"] = row["entity"]
    epoch = pa.scalar(0, pa.date32()).as_py()
    for row in happened:
        row["occurred"] = (row["occurred"] - epoch).days
    return slow_view(rows, happened)


def slow_view(rows: list[Row], happened: list[Row]) -> pa.Table:
    """Return the view of some events and of what happened to records."""
    versions, events = defaultdict(dict), defaultdict(list)
    for row in rows:
        versions[row["record"]][stands(row)] = row["available"]
    for row in happened:
        event = Event(row["available"], row["occurred"], Change(row["change"]))
        events[row["about"]].append(event)
    found = []
    for row in rows:
        later = versions[row["record"]].items()
        until = min([day for stood, day in later if stood > stands(row)], default=NEVER)
        known = row["available"] if row["ended"] != NEVER else NEVER
        told = Span(row["available"], ended=row["ended"], ended_available=known)
        for span in spans(told, events[row["record"]]):
            if span.available < min(span.withdrawn, until):
                clocks = {name: getattr(span, name) for name in Span.__slots__}
                found.append(row | clocks | {"withdrawn": min(span.withdrawn, until)})
    found.sort(key=lambda row: [row[name] for name in KEY])
    return pa.Table.from_pylist(found, schema=SCHEMA)


def stands(row: Row) -> tuple[int, int, int]:
    """Return what tells in which order versions of a record stand."""
    return row["precedence"], row["sequence"], row["version"]
