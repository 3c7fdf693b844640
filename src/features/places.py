"""Places: records that have a position but no enterprise, counted near an enterprise.

They tell about a neighbourhood, not about an enterprise: an indicator with them may plan
visits and never decide a grade.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..core.errors import DeclarationError, InvalidError
from .aggregate import Aggregate, latest
from .expression import Leaf
from .streams import matching

__all__ = ["Nearby", "Places"]

EARTH_RADIUS = 6_371_008.8
CHUNK = 4096
LONGITUDE = latest("enterprise.longitude")
LATITUDE = latest("enterprise.latitude")
COLUMNS: dict[str, str] = {
    "longitude": "float64",
    "latitude": "float64",
    "occurred": "int32",
    "available": "int32",
    "withdrawn": "int32",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby(Leaf):
    """Number of place records within `radius` metres in the last `window` days.

    `places` are patterns `kind` or `kind:code`; the position is the enterprise's latest known
    one. Missing where the enterprise has no position.
    """

    places: tuple[str, ...]
    radius: float
    window: int

    __hash__ = Leaf.__hash__

    def __post_init__(self) -> None:
        texts = isinstance(self.places, tuple) and all(isinstance(p, str) for p in self.places)
        if not texts or not self.places:
            raise DeclarationError(f"places {self.places!r} must be a tuple of patterns")
        Aggregate(operator="count", streams=("*",), window=self.window)
        object.__setattr__(self, "radius", float(self.radius))
        if not 0 < self.radius <= EARTH_RADIUS:
            raise DeclarationError(f"the radius {self.radius} must be metres over 0")


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Place records: where they are, which stream, and their clocks (day numbers)."""

    longitude: npt.NDArray[np.float64]
    latitude: npt.NDArray[np.float64]
    occurred: npt.NDArray[np.int32]
    available: npt.NDArray[np.int32]
    withdrawn: npt.NDArray[np.int32]
    stream: npt.NDArray[np.int64]
    vocabulary: tuple[tuple[str, str], ...]

    @classmethod
    def from_table(cls, table: pa.Table) -> "Places":
        """Read an Arrow table with the columns of `COLUMNS` and `kind` and `code` as text.

        Rows without a position are left out: they are near nothing.
        """
        absent = [name for name in ("kind", "code", *COLUMNS) if name not in table.column_names]
        if absent:
            exists = ", ".join(table.column_names) or "no column"
            raise InvalidError(f"the places lack {', '.join(absent)}; the table has: {exists}")
        frame = table.select(["kind", "code", *COLUMNS]).to_pandas()
        frame = frame.dropna(subset=["longitude", "latitude"])
        number, names = frame.set_index(["kind", "code"]).index.factorize()
        columns = {name: frame[name].to_numpy(kind) for name, kind in COLUMNS.items()}
        vocabulary = tuple((str(kind), str(code)) for kind, code in names)
        return cls(**columns, stream=number.astype(np.int64), vocabulary=vocabulary)

    def counts(
        self,
        near: Nearby,
        longitude: npt.NDArray[np.float64],
        latitude: npt.NDArray[np.float64],
        as_of: npt.NDArray[np.integer[Any]],
    ) -> npt.NDArray[np.float64]:
        """Return for each row the number of records near its position as of its day."""
        out = np.full(len(as_of), np.nan)
        rows = np.flatnonzero(~(np.isnan(longitude) | np.isnan(latitude)))
        spots, spot = np.unique(
            np.stack([longitude[rows], latitude[rows]]), axis=1, return_inverse=True
        )
        order = np.argsort(spot, kind="stable")
        of_spot = np.split(rows[order], np.flatnonzero(np.diff(spot[order])) + 1)
        mine, tree = self._tree(near)
        start = np.maximum(self.occurred, self.available)
        stop = np.minimum(self.withdrawn.astype(np.int64), self.occurred + near.window)
        points = _sphere(*spots)
        for at in range(0, len(points), CHUNK):
            found = tree.query_ball_point(points[at : at + CHUNK], _chord(near.radius))
            for hits, members in zip(found, of_spot[at : at + CHUNK], strict=True):
                near_by = mine[hits]
                live = near_by[start[near_by] < stop[near_by]]
                days = as_of[members]
                out[members] = np.searchsorted(np.sort(start[live]), days) - np.searchsorted(
                    np.sort(stop[live]), days
                )
        return out

    def near(self, near: Nearby, longitude: float, latitude: float, as_of: int) -> list[int]:
        """Return the rows of the records that `counts` counts for one position and day."""
        mine, tree = self._tree(near)
        point = _sphere(np.array([longitude]), np.array([latitude]))[0]
        hits = mine[sorted(tree.query_ball_point(point, _chord(near.radius)))]
        start = np.maximum(self.occurred, self.available)[hits]
        stop = np.minimum(self.withdrawn[hits].astype(np.int64), self.occurred[hits] + near.window)
        return [int(hit) for hit in hits[(start < as_of) & (as_of <= stop)]]

    def _tree(self, near: Nearby) -> tuple[npt.NDArray[np.intp], Any]:
        from scipy.spatial import cKDTree

        wanted = matching(near.places, self.vocabulary)
        mine = np.flatnonzero(np.isin(self.stream, wanted))
        return mine, cKDTree(_sphere(self.longitude[mine], self.latitude[mine]))


def _sphere(
    longitude: npt.NDArray[np.float64], latitude: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return points in metres on the sphere: no map projection, no reference latitude."""
    east, north = np.radians(longitude), np.radians(latitude)
    across = np.cos(north)
    unit = np.stack([across * np.cos(east), across * np.sin(east), np.sin(north)], axis=1)
    return EARTH_RADIUS * unit


def _chord(distance: float) -> float:
    return float(2 * EARTH_RADIUS * np.sin(distance / (2 * EARTH_RADIUS)))
