"""From an event back to the record that a department delivered."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from .identity import numbers
from .kinds import KINDS
from .store import Store
from .tables import record_schema

__all__ = ["Lineage", "lineage"]

COLUMNS = ("record", "number", "sequence", "file", "row", "entity", "available", "version")
ASIDE = ["record", "entity", "available", "version"]


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


def lineage(store: Store, enterprise: int, as_of: int = time.NEVER) -> dict[int, Lineage]:
    """Return where every record of an enterprise is from, by its number in the event view.

    Parameters
    ----------
    store
        The archive's tables.
    enterprise
        Dense number.
    as_of
        A day number: a record is traced to the version that stood before it, so that an
        explanation of the past names the row that was known then. The newest if not given.
    """
    departments = {d.sequence: d.department for d in store.manifest.deliveries()}
    bucket = enterprise % store.buckets
    found: dict[int, Lineage] = {}
    for kind in KINDS:
        table = store.read(kind, record_schema(kind), COLUMNS, bucket=bucket)
        own = table.filter(pc.equal(table["entity"], enterprise))
        stood = time.is_known(own["available"].to_numpy().astype(np.int32), as_of)
        own = own.filter(pa.array(stood)).sort_by("version")
        known = numbers(own["record"]).tolist()
        for number, row in zip(known, own.drop_columns(ASIDE).to_pylist(), strict=True):
            found[number] = Lineage(kind, department=departments[row["sequence"]], **row)
    return found
