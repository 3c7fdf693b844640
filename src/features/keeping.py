"""Keeping: what is kept of a city lies in a folder, column by column, and is replaced as a whole.

A new state is written beside the old one, forced to disk, and becomes the one that counts by one
rename. Whatever breaks off leaves what was kept before.
"""

import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..archive.disk import force, make, needing_room
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


def keep(current: Current, folder: Path) -> None:
    """Write what is kept of a city to a folder, in place of what lies there.

    Raises
    ------
    StorageError
        If there is no room; then what was kept before is still there.
    """
    state = folder / f"{current.as_of}-{current.sequence}-{uuid.uuid4().hex}"
    with needing_room(folder.parent):
        make(state)
        for path, column in _columns(current):
            np.save(state / f"{path}.npy", column, allow_pickle=False)
        about = {
            "form": FORM,
            "as_of": current.as_of,
            "sequence": current.sequence,
            "catalogue": current.catalogue.to_json(),
        }
        (state / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        force(*state.iterdir(), state)
        draft = folder / f"{POINTER}.draft"
        draft.write_text(json.dumps(state.name), encoding="utf-8")
        force(draft)
        draft.replace(folder / POINTER)
        force(folder)
    for other in folder.iterdir():
        if other.is_dir() and other != state:
            shutil.rmtree(other)


def kept(folder: Path) -> Current:
    """Read what is kept of a city; its columns are mapped, not read.

    Raises
    ------
    NotFoundError
        If nothing is kept there.
    IntegrityError
        If it is not whole, or of a form that this program does not know.
    """
    pointer = folder / POINTER
    if not pointer.exists():
        raise NotFoundError(f"nothing is kept in {folder}; `xinheng indicators update` begins it")
    state = folder / json.loads(pointer.read_text(encoding="utf-8"))
    try:
        about = json.loads((state / ABOUT).read_text(encoding="utf-8"))
        if about["form"] != FORM:
            raise IntegrityError(
                f"what is kept in {folder} is of form {about['form']}, this program reads {FORM}; "
                "remove the folder, and begin anew"
            )
        return _read(state, about)
    except (OSError, ValueError, KeyError) as error:
        raise IntegrityError(
            f"what is kept in {folder} is not whole ({error}); remove the folder, and begin anew"
        ) from None


def _columns(current: Current) -> Iterator[tuple[str, Column]]:
    for field in fields(Standing):
        yield f"standing-{field.name}", getattr(current.standing, field.name)
    yield "since", current.since
    for name in CODES:
        yield f"cases-{name}", getattr(current.references.kept.cases, name)
    for number, spans in enumerate(current.references.kept.spans.values()):
        for field in fields(Spans):
            yield f"spans-{number}-{field.name}", getattr(spans, field.name)


def _read(state: Path, about: dict[str, object]) -> Current:
    def column(name: str) -> Column:
        found: Column = np.load(state / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        return found

    catalogue = Catalogue.from_json(str(about["catalogue"]))
    spans = {
        source: Spans(*(column(f"spans-{number}-{f.name}") for f in fields(Spans)))  # type: ignore[arg-type]
        for number, source in enumerate(sources_of(catalogue.dated))
    }
    cases = Cases(*(column(f"cases-{name}") for name in CODES))  # type: ignore[arg-type]
    return Current(
        catalogue=catalogue,
        as_of=int(str(about["as_of"])),
        sequence=int(str(about["sequence"])),
        standing=Standing(*(column(f"standing-{f.name}") for f in fields(Standing))),  # type: ignore[arg-type]
        since=column("since").view(np.int32),
        references=References(catalogue.dated, Kept(spans, cases)),
    )
