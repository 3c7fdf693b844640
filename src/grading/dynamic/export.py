"""The grades in force on a day, written out for people."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from ...archive.disk import replacing
from ...core import time
from ...core.errors import NotFoundError
from .columns import SCHEMA
from .fold import Gradings
from .inforce import since_everybody

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
    schema = pa.schema(
        [field if not pa.types.is_dictionary(field.type) else pa.field(field.name, pa.string())
         for field in SCHEMA]
    ).append(pa.field("as_of", pa.string()))  # fmt: skip
    with replacing(path) as draft, pacsv.CSVWriter(draft, schema) as writer:
        for run in runs:
            for piece in gradings.store.pieces(run.digest):
                here = last[piece["enterprise"].to_numpy()] == run.id
                rows = piece.filter(pa.array(here))
                day = pa.array(np.full(len(rows), time.show(run.as_of), object), pa.string())
                writer.write_table(rows.append_column("as_of", day).cast(schema))
