"""Dense numbers of enterprises and persons, kept where their records lie."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import IntegrityError
from .files import Owners
from .hashing import Numbers
from .sets import runs
from .store import Store
from .tables import ENTITY

__all__ = ["Named", "distinct", "look_up"]


@dataclass(frozen=True, slots=True)
class Named:
    """Enterprises or persons that are named, each once.

    Attributes
    ----------
    owners
        Their numbers in the store, ascending.
    keys
        The texts that name them.
    numbers
        Their dense numbers, -1 for those that have none yet.
    """

    owners: Numbers
    keys: pa.Array
    numbers: npt.NDArray[np.int32]

    @property
    def fresh(self) -> npt.NDArray[np.bool_]:
        """Which of them have no dense number yet."""
        return self.numbers < 0

    def number(self, first: int, turn: npt.NDArray[np.intp] | None = None) -> "Named":
        """Give those without a number the next ones from `first` on, in order.

        Parameters
        ----------
        first
            The number of the first.
        turn
            Whose turn comes before that of others, who then come after them; nobody's when None.
        """
        numbers, fresh = self.numbers.copy(), np.flatnonzero(self.fresh)
        if turn is not None:
            fresh = fresh[np.argsort(turn[fresh], kind="stable")]
        numbers[fresh] = np.arange(first, first + len(fresh), dtype=np.int32)
        return replace(self, numbers=numbers)

    def rows(
        self, chosen: npt.NDArray[np.bool_], sequence: int, turn: npt.NDArray[np.intp] | None = None
    ) -> pa.Table:
        """Return some of them as rows of `tables.ENTITY`, of the deliveries of their turns."""
        turns = np.zeros(len(chosen), np.intp) if turn is None else turn
        columns = [
            pa.array(self.owners[chosen]),
            pa.array(self.numbers[chosen]),
            self.keys.filter(pa.array(chosen)),
            pa.array((sequence + turns[chosen]).astype(np.int32)),
        ]
        return pa.Table.from_arrays(columns, schema=ENTITY)

    def find(self, owners: Numbers) -> npt.NDArray[np.int32]:
        """Return the dense number of each owner, all of which are among them."""
        starts, lengths = runs(owners)
        return np.repeat(self.numbers[np.searchsorted(self.owners, owners[starts])], lengths)


def distinct(found: Sequence[tuple[Numbers, pa.Array]]) -> tuple[Numbers, pa.Array]:
    """Return the distinct owners of several lists, ascending, and the text that names each.

    Raises
    ------
    IntegrityError
        If two texts have the same number, which no archive is likely to meet.
    """
    owners = np.concatenate([np.empty(0, np.int64), *(numbers for numbers, _ in found)])
    texts = pa.concat_arrays([pa.array([], pa.string()), *(some for _, some in found)])
    if (owners[1:] < owners[:-1]).any():
        places = np.argsort(owners, kind="stable")
        owners, texts = owners[places], texts.take(pa.array(places))
    starts, _ = runs(owners)
    if len(starts) == len(owners):
        return owners, texts
    again = pa.array(owners[1:] == owners[:-1])
    _verify(texts.slice(1).filter(again), texts.slice(0, len(texts) - 1).filter(again))
    return owners[starts], texts.take(pa.array(starts))


def look_up(store: Store, name: str, owners: Numbers, keys: pa.Array) -> Named:
    """Find the dense numbers that owners have in the archive.

    Parameters
    ----------
    store, name
        The archive's tables, and the one to look in: `entity` or `person`.
    owners, keys
        Whom to find, ascending, and the text that names each.

    Raises
    ------
    IntegrityError
        If the archive knows one of them by another text.
    """
    numbers = np.full(len(owners), -1, np.int32)
    stored = _stored(store, name, owners)
    if stored.num_rows:
        places = np.searchsorted(owners, stored["owner"].to_numpy())
        _verify(keys.take(pa.array(places)), stored["key"].combine_chunks())
        numbers[places] = stored["number"].to_numpy()
    return Named(owners, keys, numbers)


def _stored(store: Store, name: str, owners: Numbers) -> pa.Table:
    snapshot = store.snapshot(name)
    if snapshot is None or not len(owners):
        return ENTITY.empty_table()
    return snapshot.read(owners=Owners.of(owners))


def _verify(named: pa.Array, stored: pa.Array) -> None:
    """Refuse two texts with one number of 64 bits, which no archive is likely to meet."""
    same = pc.equal(named, stored)
    if not pc.all(same, min_count=0).as_py():
        place = pc.index(same, False).as_py()
        raise IntegrityError(
            f"{named[place]} and {stored[place]} have the same number in the store; nothing was "
            "written: tell the developers, and leave this row out until then"
        )
