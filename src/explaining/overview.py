"""Overview: what a model looks at, over many rows.

How much each indicator moves margins, how it does so along its values, and which dimensions act on
each other. All of it is made of exact contributions, so that it adds up.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core.errors import InvalidError
from ..features import Catalogue
from ..grading import Blend
from .attribution.contributions import contributions
from .attribution.trees import trees_of

__all__ = ["Overview", "overview"]

Array = npt.NDArray[np.float64]
BINS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """What a model looks at.

    Parameters
    ----------
    rows
        How many rows it was seen on.
    importance
        Of each indicator, the strongest first: index `id`; `dimension`, `mean_abs` (mean size of
        the contribution, in log-odds), `share` of the sum of these, `raises` and `lowers` (share
        of rows where it raises or lowers the margin).
    dependence
        Along the values of each indicator: `id`, `low`, `high`, `value` (mean), `rows`, `mean`,
        `least` and `most` contribution. What a twelfth of the rows have in common has a line of
        its own, such as none of a penalty; one line with empty bounds where it does not apply.
    interactions
        Between dimensions: mean size of what the indicators of one contribute because of those of
        another, in log-odds, half of what the two do together; on the diagonal what they contribute
        among themselves.
    """

    rows: int
    importance: pd.DataFrame
    dependence: pd.DataFrame
    interactions: pd.DataFrame


def overview(
    blend: Blend,
    catalogue: Catalogue,
    matrix: pd.DataFrame,
    *,
    pairs: int = 1_000,
    threads: int = 1,
) -> Overview:
    """Look at a model over many rows.

    Parameters
    ----------
    blend, catalogue
        The model, and its indicators in the order of its columns.
    matrix
        Rows of the matrix.
    pairs
        Of how many rows, evenly spread, interactions are looked at.
    threads
        How many threads share the rows.

    Raises
    ------
    InvalidError
        If there are no rows, or the columns are not the catalogue's.
    """
    if list(matrix.columns) != list(catalogue.ids) or not len(matrix):
        raise InvalidError(
            f"an overview needs rows with the catalogue's {len(catalogue)} columns in order, not "
            f"{matrix.shape}"
        )
    values = np.ascontiguousarray(matrix.to_numpy(np.float64))
    parts, _ = contributions(blend, values, threads)
    some = np.unique(np.linspace(0, len(values) - 1, min(pairs, len(values))).astype(np.intp))
    return Overview(
        rows=len(values),
        importance=_importance(catalogue, parts),
        dependence=pd.DataFrame(list(_dependence(catalogue, values, parts))),
        interactions=_interactions(blend, catalogue, values[some]),
    )


def _importance(catalogue: Catalogue, parts: Array) -> pd.DataFrame:
    size = np.abs(parts).mean(axis=0)
    found = pd.DataFrame(
        {
            "dimension": [each.dimension for each in catalogue],
            "mean_abs": size,
            "share": size / max(size.sum(), np.finfo(float).tiny),
            "raises": (parts > 0).mean(axis=0),
            "lowers": (parts < 0).mean(axis=0),
        },
        index=pd.Index(catalogue.ids, name="id"),
    )
    return found.sort_values("mean_abs", ascending=False, kind="stable")


def _dependence(catalogue: Catalogue, values: Array, parts: Array) -> Iterator[dict[str, object]]:
    for place, name in enumerate(catalogue.ids):
        value, part = values[:, place], parts[:, place]
        applies = ~np.isnan(value)
        if not applies.all():
            yield {"id": name, "low": np.nan, "high": np.nan, **_bin(value, part, ~applies)}
        known = value[applies]
        if not known.size:
            continue
        for low, high in _ends(known):
            rows = (value >= low) & (value <= high)
            yield {"id": name, "low": low, "high": high, **_bin(value, part, rows)}


def _ends(known: Array) -> Iterator[tuple[float, float]]:
    """Yield the least and the greatest value of each bin: a common one alone, others by share."""
    values, counts = np.unique(known, return_counts=True)
    common = counts * BINS >= known.size
    rare = np.where(common, 0, counts)
    share = max(1.0, rare.sum() / max(1, BINS - common.sum()))
    begins = common | (np.diff((rare.cumsum() - rare) // share, prepend=-1) > 0)
    begins[1:] |= common[:-1]
    first = np.flatnonzero(begins)
    yield from zip(values[first], values[np.append(first[1:], values.size) - 1], strict=True)


def _bin(value: Array, part: Array, rows: npt.NDArray[np.bool_]) -> dict[str, object]:
    here = part[rows]
    return {
        "value": value[rows].mean(),
        "rows": here.size,
        "mean": here.mean(),
        "least": here.min(),
        "most": here.max(),
    }


def _interactions(blend: Blend, catalogue: Catalogue, values: Array) -> pd.DataFrame:
    """Return the mean size of what dimensions contribute because of each other."""
    names = sorted({each.dimension for each in catalogue})
    member = np.array(
        [[each.dimension == name for each in catalogue] for name in names], np.float64
    )
    squares = blend.weight * trees_of(blend.booster).interactions(values)
    if blend.specialist is not None and (mine := blend.specialist.rows(values)).any():
        squares[mine] += trees_of(blend.specialist.booster).interactions(values[mine])
    if blend.linear is not None:
        places = np.arange(values.shape[1])
        lines = blend.linear.parts(values, blend.columns)
        squares[:, places, places] += (1 - blend.weight) * lines
    between = np.abs(member @ squares @ member.T).mean(axis=0)
    return pd.DataFrame(between, index=names, columns=names)
