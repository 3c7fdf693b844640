"""Which record is which: identity, content, duplicates, corrections and conflicts.

Most records of a delivery are alone with their identity and new to the archive; they are told
apart by one grouping, and only the others are put in order and compared.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .check import FAULTS
from .contract import Contract
from .database import workbench

__all__ = ["conflicts", "fresh", "identify", "numbers"]

SEPARATOR = "chr(31)"
DIGEST = 16


def identify(contract: Contract, records: pa.Table, scheme: str, source: str) -> pa.Table:
    """Append `record` (who it is) and `content` (what it says), as MD5, 16 bytes each.

    The same thing known again at another time is the same content: `known` is left out. A
    `lifecycle` record also has `target`, the record that it is about.
    """
    owner = f"coalesce('{_text(scheme)}:' || enterprise, 'source:{_text(source)}')"
    key = _digest([f"'{contract.kind}'", owner, *_columns(contract.key)])
    rest = [field.name for field in contract.columns if field.name not in ("known", "enterprise")]
    content = _digest(_columns(rest))
    target = "NULL::BLOB"
    if contract.kind == "lifecycle":
        target = _digest(['"of"', owner, "number"])
    with workbench(records=records) as connection:
        digests = connection.sql(
            f"SELECT {key} AS record, {content} AS content, {target} AS target FROM records"
        ).to_arrow_table()
    for name in digests.column_names:
        records = records.append_column(name, digests[name])
    return records


def numbers(digests: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Return the numbers by which events know records and cases: the first half of each digest.

    What is missing has the number 0.

    Examples
    --------
    >>> numbers(pa.chunked_array([[bytes([1] + [0] * 15), bytes([255] * 16), None]])).tolist()
    [1, -1, 0]
    """
    whole = digests.fill_null(bytes(DIGEST)).combine_chunks().cast(pa.binary(DIGEST))
    halves = np.frombuffer(
        whole.buffers()[1], np.dtype("<i8"), 2 * len(whole), DIGEST * whole.offset
    )
    return halves[::2]


def conflicts(contract: Contract, records: pa.Table) -> pa.Table:
    """Return faults for rows that contradict an earlier row of the same delivery.

    Two rows with one identity, known on one day, that say different things: the first in the
    order of rows is kept.
    """
    repeated = _positioned(records.filter(_repeated(numbers(records["record"]))))
    if not repeated.num_rows:
        return FAULTS.empty_table()
    with workbench(records=repeated) as connection:
        wrong = connection.sql(
            """
            SELECT _row, number, first_row FROM (
                SELECT _row, number, content, first_value(content) OVER same AS first_content,
                    first_value(_row) OVER same AS first_row
                FROM records WINDOW same AS (PARTITION BY record, known_day ORDER BY position)
            ) WHERE content <> first_content ORDER BY ALL"""
        ).fetchall()
    return pa.Table.from_pylist(
        [
            {
                "row": row,
                "kind": contract.kind,
                "field": "number",
                "value": number,
                "fault": f"row {earlier} has the same {', '.join(contract.key)} and says "
                "otherwise, known on the same day; the first was kept"
                if earlier != row
                else "the row yields two records of one "
                f"{', '.join(contract.key)} that differ; join one row only, or number them apart",
            }
            for row, number, earlier in wrong
        ],
        schema=FAULTS,
    )


def fresh(
    records: pa.Table, stored: Any = None
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int32]]:
    """Tell which records the archive lacks, and as which version of their identity they land.

    Parameters
    ----------
    records
        With `record`, `content` and `known_day`, in the order of rows.
    stored
        `record`, `content`, `known_day` and `version` of the same kind in the archive, as an
        Arrow table or dataset; None if there is none.

    Returns
    -------
    fresh, version
        One value for each record. A record is a duplicate where its content is the newest
        stored for its identity, or was stored before as known no earlier.
    """
    is_fresh = np.ones(records.num_rows, dtype=bool)
    version = np.zeros(records.num_rows, dtype=np.int32)
    known = numbers(records["record"])
    met = _repeated(known)
    earlier = pa.table({name: records[name][:0] for name in ("record", "content", "known_day")})
    earlier = earlier.append_column("version", pa.array([], pa.int32()))
    if stored is not None:
        with workbench(records=records.select(["record"]), stored=stored) as connection:
            earlier = connection.sql(
                """SELECT record, content, known_day, version
                FROM stored SEMI JOIN records USING (record)"""
            ).to_arrow_table()
        met |= _among(known, numbers(earlier["record"]))
    if met.any():
        is_fresh[met], version[met] = _compared(records.filter(met), earlier)
    return is_fresh, version


def _compared(
    records: pa.Table, earlier: pa.Table
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int32]]:
    """Put records in order after all earlier ones of their identities, and compare."""
    order = "PARTITION BY record ORDER BY new, version, known_day, position"
    with workbench(records=_positioned(records), earlier=earlier) as connection:
        landing = connection.sql(
            f"""
            WITH known AS (
                SELECT record, content, known_day, version, -1 AS position, false AS new
                FROM earlier
                UNION ALL
                SELECT record, content, known_day, NULL, position, true FROM records
            ),
            compared AS (
                SELECT *, new AND lag(content) OVER ({order}) IS DISTINCT FROM content
                    AND coalesce(max(known_day) FILTER (NOT new)
                        OVER (PARTITION BY record, content) < known_day, true) AS fresh
                FROM known
            ),
            counted AS (
                SELECT *, count(*) FILTER (fresh OR NOT new) OVER ({order}) - 1 AS rank
                FROM compared
            )
            SELECT fresh, CAST(rank AS INTEGER) AS version FROM counted
            WHERE new ORDER BY position"""
        ).to_arrow_table()
    return landing["fresh"].to_numpy(), landing["version"].to_numpy()


def _positioned(records: pa.Table) -> pa.Table:
    return records.append_column("position", pa.array(np.arange(records.num_rows)))


def _repeated(known: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which numbers stand more than once."""
    ordered = np.sort(known)
    return _among(known, ordered[1:][ordered[1:] == ordered[:-1]])


def _among(known: npt.NDArray[np.int64], others: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.is_in(pa.array(known), value_set=pa.array(others)))


def _digest(parts: list[str]) -> str:
    texts = ", ".join(f"coalesce(CAST({part} AS VARCHAR), chr(0))" for part in parts)
    return f"unhex(md5(concat_ws({SEPARATOR}, {texts})))"


def _columns(names: "tuple[str, ...] | list[str]") -> list[str]:
    return [f'"{name}"' for name in names]


def _text(value: str) -> str:
    return value.replace("'", "''")
