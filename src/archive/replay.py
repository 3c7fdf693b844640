"""Rows that were set aside, tried again after their mapping was mended."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import InvalidError, NotFoundError
from .bykind import by_kind, is_by_kind
from .entries import Delivery
from .extract import Opened, open_delivery
from .fates import Fates
from .intake import Again, Receipt, gather, publish
from .known import Known
from .narrowing import lacking, narrowed
from .posting import reading_of
from .reading import Reading
from .reading.spool import FAULTY
from .source import Source
from .store import Store
from .waiting import open_rows

__all__ = ["by_file", "fates_again", "from_folder", "from_held", "held_reading", "replay"]

LANDED = "settled by the delivery that is replayed"

Rows = npt.NDArray[np.int64]


def replay(
    store: Store,
    source: Source,
    sequence: int,
    received: datetime,
    folder: Path | None = None,
) -> Receipt:
    """Try the rows again that a delivery left in quarantine or in review.

    They become a delivery of their own, which counts them anew; what is still wrong waits there.

    Parameters
    ----------
    store
        The archive's store.
    source
        The mapping, mended.
    sequence
        Number of the delivery that set the rows aside.
    received
        The present moment, from which untrusted history is available.
    folder
        The delivery's folder. It is needed only where the mapping joins rows to others, or
        leaves files without a row: the archive keeps the rows set aside, and no others.

    Raises
    ------
    NotFoundError
        If there is no such delivery of the source, or nothing of it is set aside.
    InvalidError
        If the folder is needed, or holds other files than those delivered.
    """
    with store.writing() as drafts:
        delivery = _delivery(store, source, sequence)
        held = open_rows(store, since=sequence, upto=sequence)
        if not held.num_rows:
            raise NotFoundError(
                f"nothing of delivery {sequence} ({source.name}) is set aside; "
                "`xinheng archive status --deliveries` tells which deliveries have such rows"
            )
        again = Again(sequence, by_file(held))
        if folder is None:
            source, opened = from_held(source, held)
        else:
            opened = from_folder(source, delivery, folder, drafts)
        opened = replace(opened, digest=_digest(source, again))
        earlier = store.manifest.find(opened.digest)
        if earlier is not None:
            return Receipt(landed=False, delivery=earlier)
        linker = Known(store, source.declaration.scheme)
        fates = fates_again(opened, again)
        collected = gather(source, opened, fates, received, drafts, linker)
        delivery = publish(store, source, opened, collected, received, again)
    return Receipt(landed=True, delivery=delivery)


def fates_again(opened: Opened, again: Again) -> dict[str, Fates]:
    """Return the fates of a delivery's rows, of which only some are tried again.

    Raises
    ------
    NotFoundError, InvalidError
        If the mapping of today does not read one of them.
    """
    fates = opened.fates()
    for file, rows in again.rows.items():
        if file not in fates:
            kind = f"file of the mapping, of which delivery {again.sequence} set rows aside,"
            raise NotFoundError.among(kind, file, fates)
        gone = fates[file].gone(rows)
        if len(gone):
            raise InvalidError(
                f"{opened.paths[file]} as the mapping reads it now has no row {gone[0]}, which "
                f"delivery {again.sequence} set aside; read the file as before, with the same "
                "header, sheet and encoding"
            )
    for file, known in fates.items():
        known.only(again.rows.get(file, np.empty(0, np.int64)), LANDED)
    return fates


def _delivery(store: Store, source: Source, sequence: int) -> Delivery:
    latest = store.manifest.latest()
    last = latest.sequence if latest else 0
    if not 1 <= sequence <= last:
        raise NotFoundError(f"there is no delivery {sequence}; the archive has 1 to {last}")
    delivery = store.manifest.delivery(sequence)
    if delivery.source != source.name:
        raise NotFoundError(
            f"delivery {sequence} is of {delivery.source}, not of {source.name}; give its mapping"
        )
    return delivery


def by_file(held: pa.Table) -> dict[str, Rows]:
    """Return the numbers of rows set aside, by file."""
    files, rows = held["file"].to_numpy(zero_copy_only=False), held["row"].to_numpy()
    return {str(file): np.sort(rows[files == file]) for file in sorted(set(files))}


def from_folder(source: Source, delivery: Delivery, folder: Path, drafts: Path) -> Opened:
    """Open the folder of a delivery again, and refuse files that are not those delivered."""
    opened = open_delivery(source, folder, drafts)
    delivered = {file.file: file.sha256 for file in delivery.files}
    for name, reading in opened.readings.items():
        if delivered.get(name, reading.sha256) != reading.sha256:
            raise InvalidError(
                f"{opened.paths[name]} is not the file of delivery {delivery.sequence}: its bytes "
                "differ; give the folder as it was delivered, or ingest this one as a new delivery"
            )
    return opened


def from_held(source: Source, held: pa.Table) -> tuple[Source, Opened]:
    """Return rows set aside as the files of a delivery, and what the mapping says of these files.

    Raises
    ------
    NotFoundError, InvalidError
        If the mapping has such a file no more, or joins it to one of which no row is set aside.
    """
    readings = {
        name: held_reading(held.filter(pc.equal(held["file"], name))) for name in by_file(held)
    }
    if is_by_kind(readings):
        source = by_kind(source)
    files = source.declaration.files
    for name in readings:
        if name not in files:
            raise NotFoundError.among(f"file of the mapping of {source.name}", name, files)
    absent = lacking(source, readings)
    if absent is not None:
        raise InvalidError(
            f"the mapping of {source.name} also reads {absent[1].path!r}, of which no row is set "
            "aside; give the delivery's folder with --delivery"
        )
    paths = {name: Path(files[name].path) for name in readings}
    return narrowed(source, readings), Opened(paths, readings, "")


def held_reading(held: pa.Table) -> Reading:
    """Return rows set aside as they were read from their file."""
    cells = [json.loads(text) for text in held["source_row"].to_pylist()]
    numbers = held["row"].to_pylist()
    broken = [
        {"_row": row, "text": cell[""], "fault": "it still cannot be split"}
        for row, cell in zip(numbers, cells, strict=True)
        if "" in cell
    ]
    sound = {row: cell for row, cell in zip(numbers, cells, strict=True) if "" not in cell}
    digest = hashlib.sha256("\n".join(held["source_row"].to_pylist()).encode()).hexdigest()
    faulty = pa.Table.from_pylist(broken, schema=FAULTY)
    return reading_of(list(sound), list(sound.values()), faulty, digest)


def _digest(source: Source, again: Again) -> str:
    rows = "\n".join(f"{file} {rows.tolist()}" for file, rows in again.rows.items())
    parts = "\n".join([source.name, source.digest, f"replay of {again.sequence}", rows])
    return hashlib.sha256(parts.encode()).hexdigest()
