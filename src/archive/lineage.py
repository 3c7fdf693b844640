"""From an event back to the record that a department delivered."""

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow.compute as pc

from .kinds import KINDS
from .store import Store
from .tables import record_schema

__all__ = ["Lineage", "lineage"]

COLUMNS = ("record", "number", "sequence", "file", "row", "entity")


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a record is from: its own number, and department, delivery, file and row.

    Attributes
    ----------
    kind, number
        Kind of the record, and what its department calls it.
    department
        Who delivered it.
    sequence, file, row
        Number of the delivery, name of the file in the mapping, and row in that file.
    """

    kind: str
    number: str
    department: str
    sequence: int
    file: str
    row: int

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def lineage(store: Store, enterprise: int) -> dict[int, Lineage]:
    """Return where every record of an enterprise is from, by its number in the event view.

    A corrected record is traced to its newest version.
    """
    departments = {d.sequence: d.department for d in store.manifest.deliveries()}
    bucket = enterprise % store.buckets
    found: dict[int, Lineage] = {}
    with duckdb.connect(":memory:") as connection:
        for kind in KINDS:
            table = store.read(kind, record_schema(kind), COLUMNS, bucket=bucket)
            own = table.filter(pc.equal(table["entity"], enterprise))
            if not own.num_rows:
                continue
            connection.register("own", own)
            rows = connection.sql(
                'SELECT md5_number_lower(record), number, sequence, file, "row" FROM own'
                " ORDER BY sequence"
            ).fetchall()
            for record, number, sequence, file, row in rows:
                signed = int(np.uint64(record).astype(np.int64))
                origin = Lineage(kind, number, departments[sequence], sequence, file, row)
                found[signed] = origin
    return found
