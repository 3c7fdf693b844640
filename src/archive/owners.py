"""Dense numbers of enterprises and persons, kept where their records lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import IntegrityError
from .collect import Collected, Mapped
from .files import Owners
from .hashing import owner_numbers
from .store import Store
from .tables import ENTITY

__all__ = ["Registered", "register"]

FEW = 64
PERSON = "person"

Numbers = npt.NDArray[np.int64]
Named = tuple[Numbers, pa.Array]


@dataclass(slots=True)
class _Register:
    """Owners in order, and their dense numbers."""

    owners: Numbers
    numbers: npt.NDArray[np.int32]

    def find(self, owners: Numbers) -> npt.NDArray[np.int32]:
        """Return the dense number of each owner, all of which have one."""
        return self.numbers[np.searchsorted(self.owners, owners)]


@dataclass(frozen=True, slots=True)
class Registered:
    """The numbers of everyone that a delivery names, and the rows that are new in the store.

    Attributes
    ----------
    new
        Rows of `tables.ENTITY` by the name of their table.
    """

    known: dict[str, _Register]
    new: dict[str, pa.Table]

    def enterprises(self, records: pa.Table) -> pa.Array:
        """Return the number of each record's enterprise, null where it has none."""
        nobody = pc.is_null(records["enterprise"]).to_numpy()
        owners = records["owner"].to_numpy()
        if not nobody.any():
            return pa.array(self.known["entity"].find(owners))
        found = np.zeros(len(owners), np.int32)
        found[~nobody] = self.known["entity"].find(owners[~nobody])
        return pa.array(found, mask=nobody)

    def people(self, texts: pa.ChunkedArray) -> pa.Array:
        """Return the number of each person, null where none is named."""
        whole = texts.combine_chunks()
        nobody = pc.is_null(whole).to_numpy(zero_copy_only=False)
        found = np.zeros(len(whole), np.int32)
        if not nobody.all():
            owners = owner_numbers(PERSON, whole.filter(pa.array(~nobody)))
            found[~nobody] = self.known[PERSON].find(owners)
        return pa.array(found, mask=nobody)


def register(store: Store, collected: Collected, scheme: str, sequence: int) -> Registered:
    """Number every enterprise and person that a row which may land names.

    New ones get the next numbers, in the order in which the store keeps them.
    """
    parts = range(collected.parts)
    enterprises, people = _Met(store, "entity"), _Met(store, PERSON)
    for part in parts:  # no owner lies in two parts
        enterprises.add(*_enterprises(collected, part, scheme), sequence)
    people.add(*_distinct([_people(collected, part) for part in parts]), sequence)
    return Registered(
        {"entity": enterprises.register(), PERSON: people.register()},
        {"entity": enterprises.new(), PERSON: people.new()},
    )


def _enterprises(collected: Collected, part: int, scheme: str) -> Named:
    """Return the distinct enterprises that the sound rows of a part name, and their keys."""
    found = []
    for sound in _sound(collected, part, ["owner", "enterprise"]):
        table = sound.filter(pc.is_valid(sound["enterprise"]))
        whole = table["enterprise"].combine_chunks()
        owners, codes = _first(table["owner"].to_numpy(), whole)
        found.append((owners, pc.binary_join_element_wise(scheme, codes, ":")))
    return _distinct(found)


def _people(collected: Collected, part: int) -> Named:
    """Return the distinct persons that the sound rows of a part name."""
    found = []
    for mapped in collected.mapped:
        for each in mapped.contract.persons:
            for table in _sound(collected, part, [each.name], mapped):
                texts = pc.unique(table[each.name].drop_null())
                found.append((owner_numbers(PERSON, texts), texts))
    return _distinct(found)


def _sound(
    collected: Collected, part: int, names: list[str], only: Mapped | None = None
) -> Iterator[pa.Table]:
    for mapped in collected.mapped if only is None else (only,):
        table = mapped.runs.read(part, ["_row", *names])
        if table is not None:
            sound = collected.fates[mapped.records.rows].sound(table["_row"].to_numpy())
            yield table if sound.all() else table.filter(pa.array(sound))


def _distinct(found: Sequence[Named]) -> Named:
    numbers = np.concatenate([np.empty(0, np.int64), *(owners for owners, _ in found)])
    keys = pa.concat_arrays([pa.array([], pa.string()), *(keys for _, keys in found)])
    return _first(numbers, keys)


def _first(owners: Numbers, texts: pa.Array) -> Named:
    """Return the distinct owners, in order, and the text of each, of which it has only one."""
    distinct, first = np.unique(owners, return_index=True)
    named = texts.take(pa.array(first))
    if pc.count_distinct(texts).as_py() > len(distinct):
        others = named.take(pa.array(np.searchsorted(distinct, owners)))
        _verify(texts, pa.chunked_array([others]))
    return distinct, named


class _Met:
    """Owners met so far, in the archive or in the delivery."""

    def __init__(self, store: Store, name: str) -> None:
        self._snapshot = store.snapshot(name)
        self._count = self._snapshot.count if self._snapshot else 0
        self._owners: list[Numbers] = [np.empty(0, np.int64)]
        self._numbers: list[npt.NDArray[np.int32]] = [np.empty(0, np.int32)]
        self._new: list[pa.Table] = [ENTITY.empty_table()]

    def add(self, owners: Numbers, keys: pa.Array, sequence: int) -> None:
        """Meet distinct owners, in order, none of which was met before."""
        stored = self._stored(owners)
        old = np.isin(owners, stored["owner"].to_numpy())
        _verify(keys.filter(pa.array(old)), stored["key"])
        fresh = pa.array(~old)
        numbers = np.arange(self._count, self._count + int((~old).sum()), dtype=np.int32)
        self._count += len(numbers)
        all_numbers = np.empty(len(owners), np.int32)
        all_numbers[old], all_numbers[~old] = stored["number"].to_numpy(), numbers
        self._owners.append(owners)
        self._numbers.append(all_numbers)
        rows: Sequence[pa.Array] = [
            pa.array(owners[~old]),
            pa.array(numbers),
            keys.filter(fresh),
            pa.repeat(pa.scalar(sequence, pa.int32()), len(numbers)),
        ]
        self._new.append(pa.Table.from_arrays(rows, schema=ENTITY))

    def _stored(self, owners: Numbers) -> pa.Table:
        if self._snapshot is None or not len(owners):
            return ENTITY.empty_table()
        wanted = Owners.of(owners)
        if len(owners) * FEW > self._snapshot.count:
            wanted = Owners(wanted.low, wanted.high)
        stored = self._snapshot.read(owners=wanted).sort_by("owner")
        return stored.filter(pa.array(np.isin(stored["owner"].to_numpy(), owners)))

    def register(self) -> _Register:
        """Return the numbers of all that were met."""
        owners, numbers = np.concatenate(self._owners), np.concatenate(self._numbers)
        order = np.argsort(owners)
        return _Register(owners[order], numbers[order])

    def new(self) -> pa.Table:
        """Return the rows that the store lacks, in its order."""
        return pa.concat_tables(self._new).sort_by("owner")


def _verify(named: pa.Array, stored: pa.ChunkedArray) -> None:
    """Refuse two texts with one number of 64 bits, which no archive is likely to meet."""
    same = pc.equal(named, stored.combine_chunks())
    if not pc.all(same, min_count=0).as_py():
        place = pc.index(same, False).as_py()
        raise IntegrityError(
            f"{named[place]} and {stored[place]} have the same number in the store; nothing was "
            "written: tell the developers, and leave this row out until then"
        )
