"""The credit archive 信用档案: one place to take deliveries in and to read from."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from ..core.errors import NotFoundError
from .database import workbench
from .intake import Receipt, ingest
from .kinds import contract_of
from .lineage import Lineage, lineage
from .manifest import Delivery
from .source import Source
from .store import Store
from .tables import HELD, NUMBERING, record_schema
from .view import EventView, events, place_records

__all__ = ["Archive"]

DIGESTS = ["record", "content", "target"]


class Archive:
    """An archive in a folder.

    Parameters
    ----------
    folder
        Where it lies; created by the first delivery.
    buckets
        Into how many parts its tables are split, if it does not exist yet.
    """

    def __init__(self, folder: Path, buckets: int = 8) -> None:
        self._store = Store(folder, buckets)

    @property
    def folder(self) -> Path:
        """Where the archive lies."""
        return self._store.folder

    @property
    def sequence(self) -> int:
        """Number of the newest delivery, 0 in an empty archive."""
        latest = self._store.manifest.latest()
        return latest.sequence if latest else 0

    def ingest(self, source: Source, folder: Path, received: datetime) -> Receipt:
        """Take in the delivery of `source` that lies in `folder`; see `archive.intake`."""
        return ingest(self._store, source, folder, received)

    def deliveries(self) -> list[Delivery]:
        """Return every delivery that landed, oldest first."""
        return self._store.manifest.deliveries()

    def events(self, *, upto: int | None = None, bucket: int | None = None) -> EventView:
        """Return the event view that indicators read; see `archive.view`."""
        return events(self._store, upto=upto, bucket=bucket)

    def places(self, *, upto: int | None = None) -> pa.Table:
        """Return the records that have a place; see `archive.view`."""
        return place_records(self._store, upto=upto)

    def records(self, kind: str, *, upto: int | None = None) -> pa.Table:
        """Return all records of a kind, with where each is from; digests are hexadecimal.

        Raises
        ------
        NotFoundError
            If there is no such kind.
        """
        table = self._store.read(contract_of(kind).kind, record_schema(kind), upto=upto)
        with workbench(records=table.select(DIGESTS)) as connection:
            texts = connection.sql("SELECT lower(hex(COLUMNS(*))) FROM records").to_arrow_table()
        for name in DIGESTS:
            place = table.column_names.index(name)
            table = table.set_column(place, name, texts.column(DIGESTS.index(name)))
        return table

    def held(self, fate: str) -> pa.Table:
        """Return source rows set aside, `"quarantined"` or in `"review"`, in order of delivery."""
        order = [(name, "ascending") for name in ("sequence", "file", "row")]
        return self._store.read(fate, HELD).sort_by(order)

    def lineage(self, enterprise: int, as_of: int = time.NEVER) -> dict[int, Lineage]:
        """Return where the records of an enterprise are from; see `archive.lineage`."""
        return lineage(self._store, enterprise, as_of)

    def enterprises(self) -> pa.Table:
        """Return `enterprise` (dense number), `scheme` and `id` of all enterprises."""
        table = self._store.read("entity", NUMBERING).sort_by("number")
        parts = pc.split_pattern(table["key"], ":", max_splits=1)
        return pa.table(
            {
                "enterprise": table["number"],
                "scheme": pc.list_element(parts, 0),
                "id": pc.list_element(parts, 1),
            }
        )

    def enterprise(self, identifier: str) -> int:
        """Return the dense number of an enterprise by its identifier.

        `identifier` is the code itself, or `scheme:code` where several schemes share codes.

        Raises
        ------
        NotFoundError
            If the archive holds no record of it.
        """
        table = self.enterprises()
        keys = pc.binary_join_element_wise(table["scheme"], table["id"], ":")
        found = pc.or_(pc.equal(table["id"], identifier), pc.equal(keys, identifier))
        numbers = table["enterprise"].filter(found).to_pylist()
        if not numbers:
            schemes = ", ".join(sorted(set(table["scheme"].to_pylist()))) or "none: ingest first"
            raise NotFoundError(
                f"the archive has no record of enterprise {identifier!r} among "
                f"{table.num_rows:,}; it knows identifiers of these schemes: {schemes}"
            )
        if len(numbers) > 1:
            raise NotFoundError(
                f"{identifier!r} names {len(numbers)} enterprises of different schemes; write "
                f"one of {', '.join(keys.filter(found).to_pylist())}"
            )
        return int(numbers[0])
