"""From an event back to the record that a department delivered."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from ..core import time
from .files import Owners
from .kinds import KINDS
from .store import Store

__all__ = ["Lineage", "lineage"]

COLUMNS = ("record", "number", "sequence", "file", "row", "available", "precedence", "version")
STANDING = [(name, "ascending") for name in ("precedence", "sequence", "version")]


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


def lineage(store: Store, owner: int, as_of: int = time.NEVER) -> dict[int, Lineage]:
    """Return where every record of an enterprise is from, by its number in the event view.

    Parameters
    ----------
    store
        The archive's tables.
    owner
        Number under which the store keeps the enterprise.
    as_of
        A day number: a record is traced to the version that stood before it, so that an
        explanation of the past names the row that was known then. The newest if not given.
    """
    owners = Owners.of(np.array([owner]))
    found: dict[int, Lineage] = {}
    for kind in KINDS:
        snapshot = store.snapshot(kind)
        if snapshot is None:
            continue
        own = snapshot.read(COLUMNS, owners)
        stood = time.is_known(own["available"].to_numpy().astype(np.int32), as_of)
        for row in own.filter(pa.array(stood)).sort_by(STANDING).to_pylist():
            found[row["record"]] = _traced(store, kind, row)
    return found


def _traced(store: Store, kind: str, row: dict[str, Any]) -> Lineage:
    delivery = store.manifest.delivery(row["sequence"])
    return Lineage(
        kind,
        row["number"],
        delivery.department,
        row["sequence"],
        delivery.files[row["file"]].file,
        row["row"],
    )
