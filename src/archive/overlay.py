"""Rows of one table that lie in journals, over those that lie in its files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .files import OWNER, Owners
from .journal import in_order

__all__ = ["NOTHING", "Overlay"]


class _Layer:
    """Rows sorted by owner."""

    def __init__(self, table: pa.Table) -> None:
        self.table = in_order(table).combine_chunks()

    @cached_property
    def owners(self) -> npt.NDArray[np.int64]:
        """The owner of each row."""
        return np.asarray(self.table[OWNER].to_numpy())

    def of(self, owners: Owners) -> pa.Table:
        """Return the rows of some owners."""
        if OWNER not in self.table.column_names:
            return self.table
        return owners.rows(self.table, self.owners)

    def rows_of(self, owner: int, columns: Sequence[str]) -> list[dict[str, Any]]:
        """Return the rows of one owner."""
        start, stop = (np.searchsorted(self.owners, owner, side) for side in ("left", "right"))
        if start == stop:
            return []
        return list(self.table.slice(start, stop - start).select(columns).to_pylist())


@dataclass(frozen=True, slots=True)
class Overlay:
    """The rows of a table that journals hold, in a few layers that get smaller from the bottom up.

    Attributes
    ----------
    told
        Digests of the journals that are in it.
    layers
        Their rows.

    Examples
    --------
    >>> from .tables import STREAM
    >>> rows = pa.table([[0], ["a"], [1]], schema=STREAM)
    >>> NOTHING.over(["digest"], [rows], STREAM).count
    1
    """

    told: tuple[str, ...] = ()
    layers: tuple[_Layer, ...] = ()

    def over(self, told: Sequence[str], rows: Sequence[pa.Table], schema: pa.Schema) -> "Overlay":
        """Lay rows of further journals over it."""
        if not rows:
            return self
        empty = schema.empty_table()
        top = pa.concat_tables([empty, *rows], promote_options="default").select(schema.names)
        below = list(self.layers)
        while below and below[-1].table.num_rows <= 2 * top.num_rows:
            top = pa.concat_tables([below.pop().table, top])
        return Overlay((*self.told, *told), (*below, _Layer(top)))

    @property
    def count(self) -> int:
        """How many rows it has."""
        return sum(layer.table.num_rows for layer in self.layers)

    def pieces(self, columns: Sequence[str], owners: Owners) -> Iterator[pa.Table]:
        """Yield the rows of some owners, each piece sorted by owner."""
        for layer in self.layers:
            found = layer.of(owners)
            if found.num_rows:
                yield found.select(columns)

    def rows_of(self, owner: int, columns: Sequence[str]) -> list[dict[str, Any]]:
        """Return the rows of one owner."""
        return [row for layer in self.layers for row in layer.rows_of(owner, columns)]


NOTHING = Overlay()
