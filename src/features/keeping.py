"""Keeping: what is kept of a city lies in a folder, column by column, and is replaced as a whole.

A new state is written beside the old one, forced to disk, and becomes the one that counts by one
rename. Whatever breaks off leaves what was kept before.
"""

import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..archive.disk import force, make, needing_room, replacing
from ..core.errors import IntegrityError, NotFoundError
from .cases import Cases
from .catalogue import Catalogue
from .current import Current
from .dated import Kept
from .references import References, sources_of
from .spans import Spans
from .standing import Standing

__all__ = ["keep", "kept"]

POINTER, ABOUT = "current.json", "about.json"
FORM = 1
CODES = tuple(field.name for field in fields(Cases) if field.init)

Column = npt.NDArray[np.generic]


def keep(current: Current, folder: Path, origin: str) -> None:
    """Write what is kept of a city to a folder, in place of what lies there.

    Parameters
    ----------
    current
        What is kept.
    folder
        Where. Of what else lies there, nothing is touched.
    origin
        Digest of the last delivery it was told of, by which an archive is told from another.

    Raises
    ------
    StorageError
        If there is no room; then what was kept before is still there.
    """
    state = folder / f"{current.as_of}-{current.sequence}-{uuid.uuid4().hex}"
    try:
        with needing_room(folder.parent):
            _write(current, state, origin)
        with replacing(folder / POINTER) as draft:
            draft.write_text(json.dumps(state.name), encoding="utf-8")
    finally:
        _tidy(folder)


def kept(folder: Path, catalogue: Catalogue, origin: Callable[[int], str]) -> Current | None:
    """Read what is kept of a city; its columns are mapped, not read.

    Parameters
    ----------
    folder
        Where it is kept.
    catalogue, origin
        Of what: the indicators, and the digest of each of the archive's deliveries.

    Returns
    -------
    None if what is kept is of another catalogue or of another archive.

    Raises
    ------
    NotFoundError
        If nothing is kept there.
    IntegrityError
        If it is not whole.
    """
    pointer = folder / POINTER
    if not pointer.exists():
        raise NotFoundError(f"nothing is kept in {folder}; `xinheng indicators update` begins it")
    try:
        state = folder / json.loads(pointer.read_text(encoding="utf-8"))
        about = json.loads((state / ABOUT).read_text(encoding="utf-8"))
        same = about["form"] == FORM and about["catalogue"] == catalogue.to_json()
        if not same or about["origin"] != origin(about["sequence"]):
            return None
        return _read(state, about, catalogue)
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise IntegrityError(
            f"what is kept in {folder} is not whole ({error}); remove the folder, and begin anew"
        ) from None


def _write(current: Current, state: Path, origin: str) -> None:
    about = {
        "form": FORM,
        "as_of": current.as_of,
        "sequence": current.sequence,
        "origin": origin,
        "catalogue": current.catalogue.to_json(),
    }
    make(state)
    # The first file: by it `_tidy` knows a state of which the writing broke off.
    (state / ABOUT).write_text(json.dumps(about), encoding="utf-8")
    for path, column in _columns(current):
        np.save(state / f"{path}.npy", column, allow_pickle=False)
    force(*state.iterdir(), state)


def _tidy(folder: Path) -> None:
    """Remove every state but the one that counts."""
    pointer = folder / POINTER
    counts = json.loads(pointer.read_text(encoding="utf-8")) if pointer.exists() else None
    for about in folder.glob(f"*/{ABOUT}"):
        if about.parent.name != counts:
            shutil.rmtree(about.parent)


def _columns(current: Current) -> Iterator[tuple[str, Column]]:
    for field in fields(Standing):
        yield f"standing-{field.name}", getattr(current.standing, field.name)
    yield "since", current.since
    for name in CODES:
        yield f"cases-{name}", getattr(current.references.kept.cases, name)
    for number, spans in enumerate(current.references.kept.spans.values()):
        for field in fields(Spans):
            yield f"spans-{number}-{field.name}", getattr(spans, field.name)


def _read(state: Path, about: dict[str, Any], catalogue: Catalogue) -> Current:
    def column(name: str) -> Column:
        found: Column = np.load(state / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        return found

    spans = {
        source: Spans(*(column(f"spans-{number}-{f.name}") for f in fields(Spans)))  # type: ignore[arg-type]
        for number, source in enumerate(sources_of(catalogue.dated))
    }
    cases = Cases(*(column(f"cases-{name}") for name in CODES))  # type: ignore[arg-type]
    current = Current(
        catalogue=catalogue,
        as_of=about["as_of"],
        sequence=about["sequence"],
        standing=Standing(*(column(f"standing-{f.name}") for f in fields(Standing))),  # type: ignore[arg-type]
        since=column("since").view(np.int32),
        references=References(catalogue.dated, Kept(spans, cases)),
    )
    columns = (getattr(current.standing, field.name) for field in fields(Standing))
    if {each.shape[-1] for each in columns} != {len(current.since)}:
        raise ValueError("its columns differ in length")
    return current
