"""The event view: what happened to every enterprise, with each event's spans of validity."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ..core import time
from .store import Store
from .tables import EVENT, NUMBERING, record_schema

__all__ = ["EventView", "events", "place_records"]

SCHEMA = pa.schema(
    [
        ("enterprise", pa.int32()),
        ("stream", pa.int32()),
        ("record", pa.int64()),
        ("case", pa.int64()),
        ("occurred", pa.int32()),
        ("available", pa.int32()),
        ("withdrawn", pa.int32()),
        ("repaired", pa.int32()),
        ("ended", pa.int32()),
        ("ended_available", pa.int32()),
        ("severity", pa.float64()),
        ("value", pa.float64()),
    ]
)
PLACES = pa.schema(
    [
        ("kind", pa.string()),
        ("code", pa.string()),
        ("longitude", pa.float64()),
        ("latitude", pa.float64()),
        ("occurred", pa.int32()),
        ("available", pa.int32()),
        ("withdrawn", pa.int32()),
    ]
)
ORDER = ["enterprise", "occurred", "available", "record", "stream"]


@dataclass(frozen=True, slots=True)
class EventView:
    """Events sorted by enterprise and day, and what each stream number stands for.

    Attributes
    ----------
    table
        Columns of `SCHEMA`; clocks are Shanghai day numbers, `core.time.NEVER` where a day
        does not come. The rows of one record and stream are its spans, of which at most one
        counts as of any day.
    vocabulary
        (kind, code) by stream number.
    """

    table: pa.Table
    vocabulary: tuple[tuple[str, str], ...]


def events(store: Store, *, upto: int | None = None, bucket: int | None = None) -> EventView:
    """Read the event view of an archive.

    Parameters
    ----------
    store
        The archive's store.
    upto
        Last delivery to see (any past state can be read); the newest when None.
    bucket
        The one bucket to read; all when None.
    """
    frame = store.read("event", EVENT, upto=upto, bucket=bucket).to_pandas()
    lifecycle = store.read(
        "lifecycle",
        record_schema("lifecycle"),
        ["target", "change", "occurred", "available"],
        upto=upto,
        bucket=bucket,
    )
    frame = _spans(frame, _happenings(lifecycle))
    frame = frame.rename(columns={"entity": "enterprise"}).sort_values(ORDER, kind="stable")
    streams = store.read("stream", NUMBERING).sort_by("number")["key"].to_pylist()
    vocabulary = tuple(tuple(key.split("\x1f")) for key in streams)
    table = pa.Table.from_pandas(frame[SCHEMA.names], schema=SCHEMA, preserve_index=False)
    return EventView(table, vocabulary)


def place_records(store: Store, *, upto: int | None = None) -> pa.Table:
    """Read the records that have a place, as columns of `PLACES`."""
    columns = [
        "type",
        "topic",
        "longitude",
        "latitude",
        "occurred",
        "available",
        "record",
        "version",
    ]
    table = store.read("complaint", record_schema("complaint"), columns, upto=upto)
    frame = table.to_pandas()
    frame["withdrawn"] = _superseded(frame, ["record"])  # also by a version without a place
    frame = frame[frame["longitude"].notna() & frame["latitude"].notna()]
    frame["kind"] = "complaint"
    frame["code"] = frame["type"] + "." + frame["topic"].fillna("")
    days = pd.to_datetime(frame["occurred"]).to_numpy("datetime64[D]").astype(np.int32)
    frame = frame.assign(occurred=days)
    return pa.Table.from_pandas(frame[PLACES.names], schema=PLACES, preserve_index=False)


def _superseded(frame: pd.DataFrame, identity: list[str]) -> "pd.Series[int]":
    """Return the day from which a later version of the same record replaces each row."""
    following = (
        frame.drop_duplicates([*identity, "version"])
        .sort_values([*identity, "version"], ascending=[True] * len(identity) + [False])
        .assign(until=lambda f: f.groupby(identity)["available"].cummin())
    )
    following["until"] = following.groupby(identity)["until"].shift(fill_value=time.NEVER)
    keys = [*identity, "version"]
    until = frame[keys].merge(following[[*keys, "until"]], on=keys, how="left")["until"]
    return until.set_axis(frame.index)


def _happenings(lifecycle: pa.Table) -> dict[int, list[time.Event]]:
    if not lifecycle.num_rows:
        return {}
    with duckdb.connect(":memory:") as connection:
        connection.register("lifecycle", lifecycle)
        rows = connection.sql(
            "SELECT md5_number_lower(target), change, occurred - DATE '1970-01-01', available"
            " FROM lifecycle"
        ).fetchall()
    found: dict[int, list[time.Event]] = {}
    for target, change, occurred, available in rows:
        record = int(np.uint64(target).astype(np.int64))
        event = time.Event(available, occurred, time.Change(change))
        found.setdefault(record, []).append(event)
    return found


def _spans(frame: pd.DataFrame, happenings: dict[int, list[time.Event]]) -> pd.DataFrame:
    """Give every event its spans: those that nothing happened to keep one."""
    corrected = frame["version"].groupby(frame["record"]).transform("max") > 0
    frame["withdrawn"] = time.NEVER
    if corrected.any():
        frame.loc[corrected, "withdrawn"] = _superseded(frame[corrected], ["record"])
    frame["repaired"] = time.NEVER
    frame["ended_available"] = frame["available"].where(frame["ended"] != time.NEVER, time.NEVER)
    touched = frame["record"].isin(happenings)
    rows = [
        row | span
        for row in frame[touched].to_dict("records")
        for span in _folded(row, happenings[row["record"]])
    ]
    whole = frame[~touched & (frame["available"] < frame["withdrawn"])]
    return pd.concat([whole, pd.DataFrame(rows, columns=frame.columns)]) if rows else whole


def _folded(row: dict[Hashable, Any], happened: list[time.Event]) -> list[dict[Hashable, Any]]:
    record = time.Span(row["available"], ended=row["ended"], ended_available=row["ended_available"])
    cut: list[dict[Hashable, Any]] = [
        {
            "available": span.available,
            "withdrawn": min(span.withdrawn, row["withdrawn"]),
            "repaired": span.repaired,
            "ended": span.ended,
            "ended_available": span.ended_available,
        }
        for span in time.spans(record, happened)
    ]
    return [span for span in cut if span["available"] < span["withdrawn"]]
