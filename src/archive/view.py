"""The event view: what happened to every enterprise, with each event's spans of validity."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from .files import Owners
from .hashing import hash_texts
from .kinds import contract_of
from .project import project
from .store import Store
from .tables import EVENT, STREAM, record_schema, schema_of

__all__ = ["EventView", "bans", "cases", "events", "place_records"]

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
CASES = pa.schema(
    [("enterprise", pa.int32()), ("scheme", pa.int32()), ("case", pa.int64())],
)
NOBODY = -1
LATER = ("about", "change", "occurred", "available")
# What tells the versions of a record apart, in the order in which they stand.
ORDERED = ["record", "precedence", "sequence", "version"]
ORDER = [
    (name, "ascending") for name in ("enterprise", "occurred", "available", "record", "stream")
]


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


def events(store: Store, *, upto: int | None = None, owners: Owners | None = None) -> EventView:
    """Read the event view of an archive.

    Parameters
    ----------
    store
        The archive's store.
    upto
        Last delivery to see (any past state can be read); the newest when None.
    owners
        Whose events; all when None.
    """
    upto = _last(store) if upto is None else upto
    table = _read(store, "event", EVENT.names, upto, owners).combine_chunks()
    lifecycle = _read(store, "lifecycle", LATER, upto, owners)
    table = table.rename_columns({"entity": "enterprise"})
    table = _spans(table, _happenings(lifecycle)).combine_chunks().sort_by(ORDER)
    streams = _read(store, "stream", STREAM.names).sort_by("number")["key"].to_pylist()
    return EventView(table, tuple(tuple(key.split("\x1f")) for key in streams))


def place_records(store: Store, *, upto: int | None = None) -> pa.Table:
    """Read the records that have a place, as columns of `PLACES`."""
    upto = _last(store) if upto is None else upto
    columns = ["type", "topic", "longitude", "latitude", "occurred", *ORDERED, "available"]
    frame = _read(store, "complaint", columns, upto).to_pandas()
    happenings = _happenings(_read(store, "lifecycle", LATER, upto))
    never = {"ended": time.NEVER, "ended_available": time.NEVER, "repaired": time.NEVER}
    frame = _folded(frame.assign(withdrawn=time.NEVER, **never), happenings)
    frame = frame[frame["longitude"].notna() & frame["latitude"].notna()]
    frame["kind"] = "complaint"
    frame["code"] = frame["type"] + "." + frame["topic"].fillna("")
    days = pd.to_datetime(frame["occurred"]).to_numpy("datetime64[D]").astype(np.int32)
    frame = frame.assign(occurred=days).sort_values(["occurred", "record", "available"])
    return pa.Table.from_pandas(frame[PLACES.names], schema=PLACES, preserve_index=False)


def bans(store: Store, *, upto: int | None = None) -> EventView:
    """Read the events of bans that name a person and no enterprise; their enterprise is -1."""
    upto = _last(store) if upto is None else upto
    contract = contract_of("ban")
    records = _read(store, contract.kind, record_schema(contract.kind).names, upto)
    records = records.filter(pc.is_null(records["entity"]))
    nobody = pa.array(np.full(records.num_rows, NOBODY, np.int32))
    records = records.set_column(records.column_names.index("entity"), "entity", nobody)
    seen = project(contract, records)
    keys = seen["key"].cast(pa.string())
    names = pc.unique(keys)
    names = names.take(pc.sort_indices(names))
    table = seen.append_column("stream", pc.index_in(keys, names))
    table = table.drop_columns("key").rename_columns({"entity": "enterprise"})
    happenings = _happenings(_read(store, "lifecycle", LATER, upto))
    table = _spans(table, happenings).combine_chunks().sort_by(ORDER)
    return EventView(table, tuple(tuple(key.split("\x1f")) for key in names.to_pylist()))


def cases(store: Store) -> pa.Table:
    """Read by which case records mean each enterprise, as columns of `CASES`.

    A case is the number of a code. Codes are told apart by a number for their scheme, which means
    the same in this table only.
    """
    keys = _read(store, "entity", ["number", "key"]).sort_by("number")
    parts = pc.split_pattern(keys["key"], ":", max_splits=1)
    schemes = pc.list_element(parts, 0).combine_chunks().dictionary_encode()
    codes = pc.list_element(parts, 1).combine_chunks()
    columns = keys["number"], schemes.indices, pa.array(hash_texts(codes).view(np.int64))
    return pa.table(list(columns), names=CASES.names).cast(CASES)


def _last(store: Store) -> int:
    """Return the newest delivery, so that all tables are read as it left them."""
    latest = store.manifest.latest()
    return latest.sequence if latest else 0


def _read(
    store: Store,
    name: str,
    columns: Sequence[str],
    upto: int | None = None,
    owners: Owners | None = None,
) -> pa.Table:
    snapshot = store.snapshot(name)
    if snapshot is None:
        schema = schema_of(name)
        return pa.schema([schema.field(column) for column in columns]).empty_table()
    return snapshot.read(columns, owners, upto)


def _superseded(frame: pd.DataFrame) -> "pd.Series[int]":
    """Return the day from which another version of the same record replaces each row.

    Of the versions that are available, the one that was known last stands, and what its issuer
    says before what others pass on.
    """
    following = frame.drop_duplicates(ORDERED).sort_values(
        ORDERED, ascending=[True, False, False, False]
    )
    following = following.assign(until=following.groupby("record")["available"].cummin())
    following["until"] = following.groupby("record")["until"].shift(fill_value=time.NEVER)
    until = frame[ORDERED].merge(following[[*ORDERED, "until"]], on=ORDERED, how="left")["until"]
    return until.set_axis(frame.index)


def _happenings(lifecycle: pa.Table) -> pd.DataFrame:
    days = lifecycle["occurred"].cast(pa.int32())
    return pd.DataFrame(
        {
            "record": lifecycle["about"].to_numpy(),
            "change": lifecycle["change"].to_pandas(),
            "happened": days.to_numpy(),
            "since": lifecycle["available"].to_numpy(),
        }
    )


def _spans(table: pa.Table, happenings: pd.DataFrame) -> pa.Table:
    """Give every event its spans: those that nothing happened to keep one."""
    never = pa.scalar(time.NEVER, pa.int32())
    ends = pc.not_equal(table["ended"], never)
    for name, column in (
        ("withdrawn", pa.repeat(never, table.num_rows)),
        ("repaired", pa.repeat(never, table.num_rows)),
        ("ended_available", pc.if_else(ends, table["available"], never)),
    ):
        table = table.append_column(name, column)
    corrected = table["record"].filter(pc.greater(table["version"], 0))
    met = pa.concat_arrays([*corrected.chunks, pa.array(happenings["record"], pa.int64())])
    touched = pc.is_in(table["record"], value_set=met)
    spans = _folded(table.filter(touched).to_pandas(), happenings)
    parts = [
        table.select(SCHEMA.names).filter(pc.invert(touched)),
        pa.Table.from_pandas(spans[SCHEMA.names], preserve_index=False),
    ]
    return pa.concat_tables([part.cast(SCHEMA) for part in parts])


def _folded(frame: pd.DataFrame, happenings: pd.DataFrame) -> pd.DataFrame:
    """Fold corrections and what happened into spans: most records have one change at most."""
    frame["withdrawn"] = _superseded(frame)
    once = ~happenings["record"].duplicated(keep=False)
    often = frame["record"].isin(happenings.loc[~once, "record"])
    parts = [
        frame[~frame["record"].isin(happenings["record"])],
        *_halves(frame.merge(happenings[once], on="record")),
        _folded_often(frame[often], happenings[~once]),
    ]
    spans = pd.concat([part[frame.columns] for part in parts if len(part)] or [frame[:0]])
    return spans[spans["available"] < spans["withdrawn"]]


def _halves(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the spans before and after the one change of each record, as `time.spans` does."""
    since = frame["since"].clip(lower=frame["available"])
    before = frame.assign(withdrawn=frame["withdrawn"].clip(upper=since))
    after = frame.assign(available=since)
    ended = after["change"] == time.Change.ENDED
    after.loc[ended, "ended"] = after.loc[ended, "happened"]
    after.loc[ended, "ended_available"] = since[ended]
    repaired = after["change"] == time.Change.REPAIRED
    after.loc[repaired, "repaired"] = since[repaired]
    return before, after[after["change"] != time.Change.WITHDRAWN]


def _folded_often(frame: pd.DataFrame, happenings: pd.DataFrame) -> pd.DataFrame:
    happened: dict[int, list[time.Event]] = {}
    for record, change, occurred, since in happenings.itertuples(index=False):
        happened.setdefault(record, []).append(time.Event(since, occurred, time.Change(change)))
    rows = [
        row | span
        for row in frame.to_dict("records")
        for span in _cut(row, happened[row["record"]])
    ]
    return pd.DataFrame(rows, columns=frame.columns)


def _cut(row: dict[Hashable, Any], happened: list[time.Event]) -> list[dict[Hashable, Any]]:
    record = time.Span(row["available"], ended=row["ended"], ended_available=row["ended_available"])
    return [
        {
            "available": span.available,
            "withdrawn": min(span.withdrawn, row["withdrawn"]),
            "repaired": span.repaired,
            "ended": span.ended,
            "ended_available": span.ended_available,
        }
        for span in time.spans(record, happened)
    ]
