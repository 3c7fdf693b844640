"""What indicators see of records: the narrow event view, by the streams of each contract."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from ..core.codes import CodeTable
from .contract import Contract, Stream
from .database import workbench
from .grid import SQUARE
from .hashing import hash_texts
from .numbering import Numbering
from .tables import EVENT

__all__ = ["SEEN", "number_streams", "project"]

TAKEN = ("owner", "entity", "record", "available", "version", "precedence", "sequence")
KEY = pa.dictionary(pa.int32(), pa.string())
SEEN = pa.schema([pa.field("key", KEY), *(f for f in EVENT if f.name != "stream")])
CODES = pa.schema(
    [
        ("list", pa.string()),
        ("code", pa.string()),
        ("ordinal", pa.float64()),
        ("score", pa.float64()),
    ]
)


def project(contract: Contract, records: pa.Table) -> pa.Table:
    """Return the events of records of one kind, as columns of `SEEN`.

    Parameters
    ----------
    contract
        Kind of the records.
    records
        Rows of the kind's table. Those without an enterprise have no events.
    """
    if records["entity"].null_count:
        records = records.filter(pc.is_valid(records["entity"]))
    if not records.num_rows or not contract.streams:
        return SEEN.empty_table()
    position = pa.array(np.arange(records.num_rows))
    with workbench(
        records=records.append_column("position", position), codes=_codes(contract)
    ) as connection:
        for column in ("ordinal", "score"):
            connection.execute(
                f"CREATE TEMP MACRO {column}(t, c) AS (SELECT max(codes.{column}) FROM codes "
                "WHERE codes.list = t AND codes.code = c)"
            )
        connection.execute(SQUARE)
        parts = []
        for stream in contract.streams:
            seen = connection.sql(_select(stream)).to_arrow_table()
            parts.append(_events(stream, records, seen))
    return pa.concat_tables(parts)


def _select(stream: Stream) -> str:
    return f"""
        SELECT position, CAST({stream.code} AS VARCHAR) AS code,
            CAST({stream.case} AS VARCHAR) AS "case",
            CAST({stream.occurred} AS DATE) - DATE '1970-01-01' AS occurred,
            CAST({stream.ended} AS DATE) - DATE '1970-01-01' AS ended,
            CAST({stream.severity} AS DOUBLE) AS severity,
            CAST({stream.value} AS DOUBLE) AS value
        FROM records WHERE {stream.where}"""


def _events(stream: Stream, records: pa.Table, seen: pa.Table) -> pa.Table:
    if seen.num_rows < records.num_rows or not _in_order(seen["position"].to_numpy()):
        records = records.take(seen["position"])
    codes = seen["code"].dictionary_encode().combine_chunks()
    keys = pc.binary_join_element_wise(stream.kind, codes.dictionary, "\x1f")
    cases = hash_texts(seen["case"].combine_chunks()).view(np.int64)
    columns = {name: records[name] for name in TAKEN} | {
        "key": pa.DictionaryArray.from_arrays(codes.indices, keys),
        "case": pa.array(cases),
        "occurred": seen["occurred"],
        "ended": pc.fill_null(seen["ended"], time.NEVER),
        "severity": seen["severity"],
        "value": seen["value"],
    }
    return pa.table({name: columns[name] for name in SEEN.names}).cast(SEEN)


def number_streams(seen: pa.Table, streams: Numbering) -> pa.Table:
    """Return events as columns of `tables.EVENT`, with the numbers of their streams.

    Parameters
    ----------
    seen
        Columns of `SEEN`.
    streams
        Numbers of the (kind, code) pairs; new ones are added in the order of their names.
    """
    keys = seen["key"].unify_dictionaries()
    names = keys.chunk(0).dictionary if keys.num_chunks else pa.array([], pa.string())
    places = pa.chunked_array([c.indices for c in keys.chunks], pa.int32())
    if streams.lacks(names.take(pc.unique(places))):
        _extend(streams, names, places, seen["sequence"].to_numpy())
    numbers = pa.array(streams.numbers(names))
    stream = pa.chunked_array([numbers.take(c.indices) for c in keys.chunks], pa.int32())
    return seen.append_column("stream", stream).select(EVENT.names)


def _extend(
    streams: Numbering,
    names: pa.Array,
    places: pa.ChunkedArray,
    sequences: npt.NDArray[np.int32],
) -> None:
    """Number what deliveries tell of first, one delivery after the other."""
    for sequence in np.unique(sequences).tolist():
        met = names.take(pc.unique(places.filter(pa.array(sequences == sequence))))
        streams.extend(met.take(pc.sort_indices(met)), sequence)


def _in_order(positions: "np.ndarray") -> bool:
    return bool((positions[1:] > positions[:-1]).all())


def _codes(contract: Contract) -> pa.Table:
    rows = []
    for name in sorted({field.codes for field in contract.fields if field.codes}):
        for row in CodeTable.load(name).table.to_pylist():
            numbers = {key: float(row[key]) for key in ("ordinal", "score") if row.get(key)}
            rows.append({"list": name, "code": row["code"], **numbers})
    return pa.Table.from_pylist(rows, schema=CODES)
