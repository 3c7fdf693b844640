"""Which record is which: duplicates, corrections and contradictions.

Most records of a delivery are alone with their identity and new to the archive; they are told
apart by sorting numbers, and only the others are put in order and compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .check import FAULTS
from .contract import Contract
from .database import workbench
from .sets import among, unique

__all__ = ["CONFLICTS", "Compared", "compare", "conflicts", "repeated"]

CONFLICTS = FAULTS.append(pa.field("file", pa.int16()))

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def conflicts(contract: Contract, records: pa.Table, files: Sequence[str]) -> pa.Table:
    """Return faults for rows that contradict an earlier row of the same delivery.

    Two rows with one identity, known on one day, that say different things: the first in the
    order of files and rows is kept.

    Parameters
    ----------
    contract
        What the records look like.
    records
        With `file` and `_row`, `number`, `record`, `content` and `known_day`.
    files
        Names of the files, in the order that `file` counts.

    Returns
    -------
    pyarrow.Table
        Columns of `check.FAULTS`, and `file`.
    """
    some = records.filter(pa.array(repeated(records["record"].to_numpy())))
    if not some.num_rows:
        return CONFLICTS.empty_table()
    with workbench(records=_positioned(some)) as connection:
        wrong = connection.sql(
            """
            SELECT file, _row, number, first_file, first_row FROM (
                SELECT *, first_value(content) OVER same AS first_content,
                    first_value(_row) OVER same AS first_row,
                    first_value(file) OVER same AS first_file
                FROM records
                WINDOW same AS (PARTITION BY record, known_day ORDER BY file, _row, position)
            ) WHERE content <> first_content ORDER BY ALL"""
        ).fetchall()
    return pa.Table.from_pylist(
        [
            {
                "row": row,
                "kind": contract.kind,
                "field": "number",
                "value": number,
                "fault": _conflict(", ".join(contract.key), files, (file, row), earlier),
                "file": file,
            }
            for file, row, number, *earlier in wrong
        ],
        schema=CONFLICTS,
    )


def _conflict(
    key: str, files: Sequence[str], place: tuple[int, int], earlier: Sequence[int]
) -> str:
    if list(place) == list(earlier):
        return (
            f"the row yields two records of one {key} that differ; join one row only, or number "
            "them apart"
        )
    file, row = earlier
    of = "" if file == place[0] else f" of {files[file]}"
    return (
        f"row {row}{of} has the same {key} and says otherwise, known on the same day; the first "
        "was kept"
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """How records stand to the archive, one value for each.

    Attributes
    ----------
    fresh
        Whether the archive lacks it, so that it lands.
    version
        How many versions of the record were there before.
    agrees
        Whether a version that stays says the same.
    """

    fresh: Mask
    version: npt.NDArray[np.int32]
    agrees: Mask


def compare(records: pa.Table, stored: pa.Table, *, relay: bool) -> Compared:
    """Tell which records the archive lacks, and as which version of their identity they land.

    The same thing said again is a duplicate: a record lands if the version known before it says
    otherwise, and if what it says was not heard already on its day or later. What a department
    passes on for another never stands against what that one says itself: it lands only while
    the archive has nothing from the issuer, and the issuer's own word lands whatever was passed
    on before.

    Parameters
    ----------
    records
        With `record`, `content` and `known_day`, in the order of rows.
    stored
        The same of versions in the archive, with `version`, and `relayed`: whether each was only
        passed on.
    relay
        Whether the records are passed on.

    Examples
    --------
    >>> old = pa.table({"record": [7], "content": [1], "known_day": [10], "version": [0]})
    >>> old = old.append_column("relayed", [[False]])
    >>> new = pa.table({"record": [7, 7, 8], "content": [1, 2, 5], "known_day": [20, 30, 9]})
    >>> compare(new, old, relay=False).fresh.tolist()
    [False, True, True]
    >>> compare(new, old, relay=True).fresh.tolist()
    [False, False, True]
    """
    known = records["record"].to_numpy()
    count = len(known)
    found = Compared(np.ones(count, bool), np.zeros(count, np.int32), np.zeros(count, bool))
    met = repeated(known)
    if stored.num_rows:
        met |= among(known, unique(stored["record"].to_numpy()))
    if met.any():
        some = pa.array(met)
        found.fresh[met], found.version[met], found.agrees[met] = _compared(
            records.select(["record", "content", "known_day"]).filter(some),
            stored.filter(pa.array(among(stored["record"].to_numpy(), unique(known[met])))),
            relay=relay,
        )
    return found


def _compared(
    records: pa.Table, stored: pa.Table, *, relay: bool
) -> tuple[Mask, npt.NDArray[np.int32], Mask]:
    order = "PARTITION BY record ORDER BY known_day, new, position"
    with workbench(records=_positioned(records), stored=stored) as connection:
        landing = connection.sql(
            f"""
            WITH known AS (
                SELECT record, content, known_day, version AS position, false AS new FROM stored
                WHERE relayed = {relay}
                UNION ALL
                SELECT record, content, known_day, position, true FROM records
            ),
            compared AS (
                SELECT *, lag(content) OVER ({order}) IS DISTINCT FROM content
                    AND coalesce(max(known_day) FILTER (NOT new)
                        OVER (PARTITION BY record, content) < known_day, true) AS fresh
                FROM known
            ),
            met AS (
                SELECT record, count(*) AS versions, bool_or(NOT relayed) AS issued,
                    list(content) AS contents
                FROM stored GROUP BY record
            ),
            decided AS (
                SELECT * REPLACE (fresh AND NOT ({relay} AND coalesce(issued, false)) AS fresh)
                FROM compared LEFT JOIN met USING (record) WHERE new
            ),
            counted AS (
                SELECT *, count(*) FILTER (fresh) OVER (
                    PARTITION BY record ORDER BY known_day, position) AS landing
                FROM decided
            )
            SELECT fresh,
                CAST(coalesce(versions, 0) + greatest(landing - 1, 0) AS INTEGER) AS version,
                coalesce(list_contains(contents, content), false)
                    OR (NOT fresh AND landing > 0) AS agrees
            FROM counted ORDER BY position"""
        ).to_arrow_table()
    return tuple(landing[name].to_numpy() for name in ("fresh", "version", "agrees"))


def repeated(numbers: Numbers) -> Mask:
    """Tell which numbers stand more than once.

    Examples
    --------
    >>> repeated(np.array([3, 1, 3])).tolist()
    [True, False, True]
    """
    ordered = np.sort(numbers)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    return among(numbers, twice)


def _positioned(records: pa.Table) -> pa.Table:
    return records.append_column("position", pa.array(np.arange(records.num_rows)))
