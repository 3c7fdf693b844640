"""The matrix: the value of every indicator of a catalogue for every row (enterprise, as_of)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core.errors import InvalidError
from .cases import Cases
from .catalogue import Catalogue
from .events import Events
from .places import Places
from .references import References
from .standing import Standing, finish, stand

__all__ = ["build_references", "compute", "framed"]

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]


def build_references(
    catalogue: Catalogue, *blocks: Events, cases: Cases | None = None, bans: Events | None = None
) -> References:
    """Build the dated tables a catalogue needs; see `References.build`."""
    return References.build(catalogue.dated, blocks, cases=cases, bans=bans)


def compute(
    catalogue: Catalogue,
    events: Events,
    rows: pd.DataFrame,
    *,
    references: References | None = None,
    places: Places | None = None,
    threads: int = 1,
) -> pd.DataFrame:
    """Return the indicators of each row.

    Parameters
    ----------
    catalogue
        The columns.
    events
        The events of at least the enterprises asked for.
    rows
        Columns `enterprise` (dense number) and `as_of` (day number), in any order. With a column
        `registered` (day number), who an enterprise is and where, which is what the register
        says (`enterprise.*`), is read as of that day, and everything else as of `as_of`.
    references
        From `build_references` over **all** enterprises; required if the catalogue has rates,
        medians, ties or persons.
    places
        Required if the catalogue counts records near a place.
    threads
        How many threads share the rows.

    Returns
    -------
    float64, index (enterprise, as_of) in the order of `rows`. What is missing holds the value
    the indicator declares; NaN means: does not apply to this enterprise.

    Raises
    ------
    InvalidError
        If `rows`, `references` or `places` lack what the catalogue needs.
    """
    told = _whole(rows, "registered") if "registered" in rows.columns else None
    standing = stand(catalogue, events, *_rows(rows), threads, registered=told)
    return framed(catalogue, standing, finish(catalogue, standing, references, places, threads))


def framed(catalogue: Catalogue, standing: Standing, values: Floats) -> pd.DataFrame:
    """Return finished values, indicators x rows, as the frame that `compute` returns."""
    index = pd.MultiIndex.from_arrays(
        [standing.enterprise, standing.as_of], names=["enterprise", "as_of"]
    )
    return pd.DataFrame(values.T, index=index, columns=pd.Index(catalogue.ids), copy=False)


def _rows(rows: pd.DataFrame) -> tuple[Days, Days]:
    absent = [name for name in ("enterprise", "as_of") if name not in rows.columns]
    if absent:
        exists = ", ".join(map(str, rows.columns)) or "no column"
        raise InvalidError(f"the rows lack {', '.join(absent)}; they have: {exists}")
    return _whole(rows, "enterprise"), _whole(rows, "as_of")


def _whole(rows: pd.DataFrame, name: str) -> Days:
    if rows[name].dtype.kind not in "iu":
        raise InvalidError(f"{name} of the rows is {rows[name].dtype}, not a whole number")
    return rows[name].to_numpy(np.int32)
