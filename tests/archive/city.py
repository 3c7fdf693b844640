"""Several made-up departments that deliver to one archive."""

from datetime import datetime
from pathlib import Path
from typing import Any

from xinheng.archive import Archive, Receipt, read_source

from .department import HEADER, RECEIVED, TOML, delivery, department

RELAY = TOML.replace('sql = "penalty.sql"', 'sql = "penalty.sql"\nrelay = true')


class City:
    """An archive, and departments of which each delivers rows of its own mapping."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = Archive(folder / "archive")
        self._count = 0

    def add(self, name: str, **files: str) -> None:
        """Add a department."""
        department(self.folder / "sources" / name, **files)

    def deliver(
        self, name: str, *rows: str, header: str = HEADER, at: datetime = RECEIVED
    ) -> Receipt:
        """Deliver rows of a department and return the receipt."""
        self._count += 1
        folder = delivery(self.folder / f"delivery{self._count}", *rows, header=header)
        return self.archive.ingest(read_source(self.folder / "sources" / name), folder, at)

    def table(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of any table of the store, with the code of each enterprise."""
        snapshot = self.archive._store.snapshot(name)
        codes = self.archive.enterprises()["id"].to_pylist()
        rows = snapshot.read().to_pylist() if snapshot else []
        for row in rows:
            entity = row.pop("entity")
            row["enterprise"] = None if entity is None else codes[entity]
        return rows
