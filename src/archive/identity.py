"""Which record is which: identity, content, duplicates, corrections and conflicts."""

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .check import FAULTS
from .contract import Contract

__all__ = ["conflicts", "fresh", "identify"]

SEPARATOR = "chr(31)"


def identify(contract: Contract, records: pa.Table, scheme: str, source: str) -> pa.Table:
    """Append `record` (who it is) and `content` (what it says), as MD5 in hexadecimal.

    The same thing known again at another time is the same content: `known` is left out.
    """
    owner = f"coalesce('{_text(scheme)}:' || enterprise, 'source:{_text(source)}')"
    key = _digest([f"'{contract.kind}'", owner, *_columns(contract.key)])
    rest = [field.name for field in contract.columns if field.name not in ("known", "enterprise")]
    content = _digest(_columns(rest))
    target = _digest(['"of"', owner, "number"]) if contract.kind == "lifecycle" else "record"
    with duckdb.connect(":memory:") as connection:
        connection.register("records", records)
        return connection.sql(
            f"SELECT *, {key} AS record, {content} AS content, {target} AS target FROM records"
        ).to_arrow_table()


def conflicts(contract: Contract, records: pa.Table) -> pa.Table:
    """Return faults for rows that contradict an earlier row of the same delivery.

    Two rows with one identity, known on one day, that say different things: the first in the
    order of rows is kept.
    """
    with duckdb.connect(":memory:") as connection:
        connection.register("records", records)
        wrong = connection.sql(
            """
            SELECT _row, number, first_row FROM (
                SELECT _row, number, content, first_value(content) OVER same AS first_content,
                    first_value(_row) OVER same AS first_row
                FROM records WINDOW same AS (PARTITION BY record, known_day ORDER BY _row)
            ) WHERE content <> first_content ORDER BY _row"""
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
    records: pa.Table, stored: pa.Table
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int32]]:
    """Tell which records the archive lacks, and as which version of their identity they land.

    Parameters
    ----------
    records
        With `record`, `content`, `known_day` and `_row`.
    stored
        `record`, `content`, `known_day` and `version` of the same kind in the archive.

    Returns
    -------
    fresh, version
        One value for each record. A record is a duplicate where its content is the newest
        stored for its identity, or was stored before as known no earlier.
    """
    order = "PARTITION BY record ORDER BY new, version, known_day, position"
    with duckdb.connect(":memory:") as connection:
        positions = pa.array(np.arange(records.num_rows))
        connection.register("records", records.append_column("position", positions))
        connection.register("stored", stored)
        landing = connection.sql(
            f"""
            WITH known AS (
                SELECT record, content, known_day, version, -1 AS position, false AS new
                FROM stored SEMI JOIN records USING (record)
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


def _digest(parts: list[str]) -> str:
    texts = ", ".join(f"coalesce(CAST({part} AS VARCHAR), chr(0))" for part in parts)
    return f"md5(concat_ws({SEPARATOR}, {texts}))"


def _columns(names: "tuple[str, ...] | list[str]") -> list[str]:
    return [f'"{name}"' for name in names]


def _text(value: str) -> str:
    return value.replace("'", "''")
