"""What indicators see of records: the narrow event view, by the streams of each contract."""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from ..core.codes import CodeTable
from .contract import Contract, Stream
from .numbering import Numbering
from .tables import EVENT

__all__ = ["project"]


def project(
    contract: Contract, records: pa.Table, streams: Numbering
) -> tuple[pa.Table, Numbering]:
    """Return the events of records of one kind, and the numbering with any new stream.

    Parameters
    ----------
    contract
        Kind of the records.
    records
        Rows of the kind's table. Those without an enterprise have no events.
    streams
        Numbers of the (kind, code) pairs met so far.
    """
    with duckdb.connect(":memory:") as connection:
        connection.register("records", records.filter(pc.is_valid(records["entity"])))
        connection.register("codes", _codes(contract))
        for column in ("ordinal", "score"):
            connection.execute(
                f"CREATE MACRO {column}(t, c) AS (SELECT max(codes.{column}) FROM codes "
                "WHERE codes.list = t AND codes.code = c)"
            )
        parts = [connection.sql(_select(s)).to_arrow_table() for s in contract.streams]
    if not parts:
        return EVENT.empty_table(), streams
    table = pa.concat_tables(parts)
    keys = table["key"].combine_chunks()
    streams = streams.extended(pc.unique(keys).sort())
    columns = {
        "stream": pa.array(streams.numbers(keys)),
        "record": _signed(table["record"]),
        "case": _signed(table["case"]),
    }
    for name, column in columns.items():
        if name in table.column_names:
            table = table.drop_columns(name)
        table = table.append_column(name, column)
    return table.select(EVENT.names).cast(EVENT).sort_by(_ORDER), streams


_ORDER = [("entity", "ascending"), ("occurred", "ascending"), ("record", "ascending")]


def _select(stream: Stream) -> str:
    return f"""
        SELECT entity, '{stream.kind}' || chr(31) || ({stream.code}) AS key,
            md5_number_lower(record) AS record,
            coalesce(md5_number_lower(CAST({stream.case} AS VARCHAR)), 0) AS "case",
            occurred - DATE '1970-01-01' AS occurred, available, version,
            coalesce(CAST({stream.ended} AS DATE) - DATE '1970-01-01', {time.NEVER}) AS ended,
            CAST({stream.severity} AS DOUBLE) AS severity,
            CAST({stream.value} AS DOUBLE) AS value, sequence, bucket
        FROM records WHERE {stream.where}"""


def _codes(contract: Contract) -> pa.Table:
    schema = pa.schema(
        [
            ("list", pa.string()),
            ("code", pa.string()),
            ("ordinal", pa.float64()),
            ("score", pa.float64()),
        ]
    )
    rows = []
    for name in sorted({field.codes for field in contract.fields if field.codes}):
        for row in CodeTable.load(name).table.to_pylist():
            numbers = {key: float(row[key]) for key in ("ordinal", "score") if row.get(key)}
            rows.append({"list": name, "code": row["code"], **numbers})
    return pa.Table.from_pylist(rows, schema=schema)


def _signed(hashes: pa.ChunkedArray) -> pa.Array:
    unsigned = hashes.cast(pa.uint64()).to_numpy()
    return pa.array(unsigned.astype(np.uint64).view(np.int64))
