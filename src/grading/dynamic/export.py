"""The grades in force on a day, written out for people."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from ...archive.disk import replacing
from ...core import time
from ...core.errors import NotFoundError
from .columns import ADDED, SCHEMA
from .fold import Gradings
from .inforce import since_everybody
from .overriding import Kept, levels_set

__all__ = ["write_csv"]


def write_csv(gradings: Gradings, as_of: int, path: Path) -> None:
    """Write the grades in force on a day to a file: of every enterprise the last one given.

    Parameters
    ----------
    gradings
        The installation.
    as_of
        Day number.
    path
        The file, which appears whole.

    Raises
    ------
    NotFoundError
        If nobody had been graded by that day.
    """
    runs = since_everybody(gradings.history.runs(), as_of)
    if not runs:
        first = min((run.as_of for run in gradings.history.runs()), default=None)
        since = "no run was made yet" if first is None else f"the first run is {time.show(first)}"
        raise NotFoundError(f"no grade is in force as of {time.show(as_of)}: {since}")
    last = gradings.in_force(as_of).run
    kept: tuple[Kept, ...] = (gradings.overrides(), gradings.warnings())
    added = [
        field.name
        for field, some in zip(ADDED, kept, strict=True)
        if any(levels_set(some, run.as_of) for run in runs)
    ]
    columns = [*SCHEMA.names, *added]
    fields = {field.name: field.type for field in (*SCHEMA, *ADDED)}
    types = {
        name: pa.string() if pa.types.is_dictionary(fields[name]) else fields[name]
        for name in columns
    }
    schema = pa.schema(types | {"as_of": pa.string()})
    with replacing(path) as draft, pacsv.CSVWriter(draft, schema) as writer:
        for run in runs:
            for piece in gradings.store.pieces(run.digest, columns=columns):
                here = last[piece["enterprise"].to_numpy()] == run.id
                rows = piece.filter(pa.array(here))
                day = pa.array(np.full(len(rows), time.show(run.as_of), object), pa.string())
                writer.write_table(rows.append_column("as_of", day).cast(schema))
