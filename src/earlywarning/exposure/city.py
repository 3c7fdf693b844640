"""A city: which enterprises there are, what they may make, and what ties them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...archive import Archive

__all__ = ["ENTERPRISES", "LICENCES", "TIES", "City", "read_city"]

ENTERPRISES = pa.schema(
    [
        ("enterprise", pa.int32()),
        ("code", pa.string()),
        ("district", pa.string()),
        ("brand", pa.string()),
        ("site", pa.string()),
    ]
)
LICENCES = pa.schema(
    [
        ("enterprise", pa.int32()),
        ("record", pa.int64()),
        ("category", pa.string()),
        ("occurred", pa.int32()),
    ]
)
TIES = pa.schema(
    [
        ("enterprise", pa.int32()),
        ("other", pa.int32()),
        ("role", pa.string()),
        ("record", pa.int64()),
        ("occurred", pa.int32()),
    ]
)
FACTS = ("district", "brand", "site")
PRODUCTION = ("production", "食品生产许可")


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """Enterprises, open production licences and open ties at the end of a day.

    Attributes
    ----------
    enterprises
        Columns of `ENTERPRISES`: one row for each dense number from 0 on, in order.
    licences
        Columns of `LICENCES`: one row for each licensed food category.
    ties
        Columns of `TIES`, as one of the two told it.
    """

    enterprises: pa.Table
    licences: pa.Table
    ties: pa.Table

    def __len__(self) -> int:
        """Return how many enterprises there are."""
        return int(self.enterprises.num_rows)

    def words(self, column: str) -> npt.NDArray[np.object_]:
        """Return a column of `enterprises`, None where it is not known; shape (enterprises,)."""
        return np.asarray(self.enterprises[column].to_numpy(), object)

    def producers(self) -> npt.NDArray[np.bool_]:
        """Tell of each enterprise whether it holds a production licence; shape (enterprises,)."""
        holds = np.zeros(len(self), bool)
        holds[self.licences["enterprise"].to_numpy()] = True
        return holds


def read_city(archive: Archive, day: int, *, upto: int | None = None) -> City:
    """Return the enterprises of an archive, their licences and ties at the end of a day."""
    known = archive.enterprises(upto=upto)
    return City(
        _enterprises(archive, known, day, upto),
        _licences(archive, day, upto),
        _ties(archive, known, day, upto),
    )


def _enterprises(archive: Archive, known: pa.Table, day: int, upto: int | None) -> pa.Table:
    """Return everybody with what the newest entry of the register says of them."""
    count = int(pc.max(known["enterprise"]).as_py() or 0) + 1 if known.num_rows else 0
    entries = archive.seen("enterprise", day + 1, ["occurred", *FACTS], upto=upto)
    whom, when = entries["enterprise"].to_numpy(), entries["occurred"].cast(pa.int32()).to_numpy()
    order = np.lexsort((entries["record"].to_numpy(), when, whom))
    newest = np.full(count, -1)
    newest[whom[order]] = order  # the last of each stands
    at = pa.array(newest, mask=newest < 0)
    place = np.full(count, -1)
    place[known["enterprise"].to_numpy()] = np.arange(known.num_rows)
    columns = [pa.array(np.arange(count, dtype=np.int32))]
    columns.append(known["id"].take(pa.array(place, mask=place < 0)))
    columns += [entries[name].take(at) for name in FACTS]
    return pa.table(columns, schema=ENTERPRISES)


def _licences(archive: Archive, day: int, upto: int | None) -> pa.Table:
    fields = ["occurred", "type", "category"]
    rows = archive.seen("licence", day + 1, fields, upto=upto)
    kept = pc.and_(rows["open"], pc.is_valid(rows["category"]))
    made = pc.is_in(rows["type"], pa.array(PRODUCTION))
    return rows.filter(pc.and_(kept, made)).select(LICENCES.names).cast(LICENCES)


def _ties(archive: Archive, known: pa.Table, day: int, upto: int | None) -> pa.Table:
    """Return the ties that hold, and whom the other's code means in the teller's scheme."""
    rows = archive.seen("relation", day + 1, ["occurred", "other", "role"], upto=upto)
    rows = rows.filter(rows["open"])
    scheme = dict(zip(known["enterprise"].to_pylist(), known["scheme"].to_pylist(), strict=True))
    own = pa.array([scheme[number] for number in rows["enterprise"].to_pylist()], pa.string())
    key = pc.binary_join_element_wise(own, rows["other"], ":")
    keys = pc.binary_join_element_wise(known["scheme"], known["id"], ":")
    place = pc.index_in(key, value_set=keys)
    rows = rows.set_column(
        rows.column_names.index("other"), "other", known["enterprise"].take(place)
    )
    return rows.filter(rows["other"].is_valid()).select(TIES.names).cast(TIES)
