"""What indicators see of records: the narrow event view, by the streams of each contract."""

import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from ..core.codes import CodeTable
from .contract import Contract, Stream
from .database import workbench
from .identity import numbers
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
    linked = records.filter(pc.is_valid(records["entity"]))
    known = pa.array(numbers(linked["record"]))
    linked = linked.set_column(linked.column_names.index("record"), "record", known)
    with workbench(records=linked, codes=_codes(contract)) as connection:
        for column in ("ordinal", "score"):
            connection.execute(
                f"CREATE TEMP MACRO {column}(t, c) AS (SELECT max(codes.{column}) FROM codes "
                "WHERE codes.list = t AND codes.code = c)"
            )
        parts = [connection.sql(_select(s)).to_arrow_table() for s in contract.streams]
    if not parts:
        return EVENT.empty_table(), streams
    table = pa.concat_tables(parts)
    keys = table["key"].dictionary_encode().combine_chunks()
    streams = streams.extended(keys.dictionary.take(pc.sort_indices(keys.dictionary)))
    for name, column in (
        ("stream", pa.array(streams.numbers(keys.dictionary)).take(keys.indices)),
        ("case", pa.array(numbers(table["case_digest"]))),
    ):
        table = table.append_column(name, column)
    return table.select(EVENT.names).cast(EVENT).combine_chunks().sort_by(_ORDER), streams


_ORDER = [("entity", "ascending"), ("occurred", "ascending"), ("record", "ascending")]


def _select(stream: Stream) -> str:
    return f"""
        SELECT entity, '{stream.kind}' || chr(31) || ({stream.code}) AS key,
            record, unhex(md5(CAST({stream.case} AS VARCHAR))) AS case_digest,
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
