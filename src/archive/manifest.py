"""The manifest: one small file for each delivery, and the only thing that publishes it.

Tables are written first, and nobody reads beyond the versions that the newest manifest file
names; so a delivery is seen whole or not at all.
"""

import os
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ..core.errors import IntegrityError

__all__ = ["Delivery", "FileCount", "Manifest"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileCount(_Frozen):
    """What became of the rows of one file: each row is counted exactly once."""

    file: str
    path: str
    sha256: str
    rows: int
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    review: int = 0
    skipped: dict[str, int] = {}

    @property
    def settled(self) -> int:
        """Rows with a known fate; equal to `rows`, always."""
        fates = self.accepted + self.duplicate + self.quarantined + self.review
        return fates + sum(self.skipped.values())


class Delivery(_Frozen):
    """One published delivery: who, what, when, and the table versions that hold it."""

    sequence: int
    source: str
    department: str
    digest: str
    received: datetime
    files: tuple[FileCount, ...]
    records: dict[str, int]
    faults: dict[str, int]
    tables: dict[str, int]


class Manifest:
    """The deliveries of an archive in order, kept as `00000001.json` and so on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliveries(self) -> list[Delivery]:
        """Return every published delivery, oldest first."""
        return [self._read(path) for path in sorted(self._folder.glob("*.json"))]

    def latest(self) -> Delivery | None:
        """Return the newest delivery, or None in an empty archive."""
        paths = sorted(self._folder.glob("*.json"))
        return self._read(paths[-1]) if paths else None

    def find(self, digest: str) -> Delivery | None:
        """Return the delivery with this digest, if it has landed."""
        return next((d for d in self.deliveries() if d.digest == digest), None)

    def publish(self, delivery: Delivery) -> None:
        """Publish a delivery; from here on every reader sees it.

        Raises
        ------
        IntegrityError
            If counts do not add up or another writer took the sequence number.
        """
        for file in delivery.files:
            if file.settled != file.rows:
                raise IntegrityError(
                    f"{file.path}: {file.rows} rows were read but {file.settled} have a fate; "
                    "nothing was published"
                )
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{delivery.sequence:08d}.json"
        draft = path.with_suffix(f".{os.getpid()}.draft")
        with draft.open("w", encoding="utf-8") as stream:
            stream.write(delivery.model_dump_json(indent=1))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            raise IntegrityError(
                f"delivery {delivery.sequence} was published by another writer meanwhile; "
                "ingest again"
            ) from None
        finally:
            draft.unlink()
        _sync(self._folder)

    def _read(self, path: Path) -> Delivery:
        return Delivery.model_validate_json(path.read_bytes())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
