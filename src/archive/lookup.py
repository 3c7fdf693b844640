"""Enterprises by their codes and numbers, found without reading the whole register."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..core.errors import NotFoundError
from .files import Owners
from .hashing import Numbers, owner_numbers
from .store import Store
from .table import Snapshot
from .tables import ENTITY

__all__ = ["Registration", "codes_of", "find", "numbered", "owners_of", "registered", "schemes"]

NUMBERED = ["owner", "number"]
REGISTERS = 64  # files of the register that are kept in mind


@dataclass(frozen=True, slots=True)
class Registration:
    """An enterprise: its dense number, the number under which the store keeps it, and its code."""

    number: int
    owner: int
    scheme: str
    code: str


def find(store: Store, identifier: str) -> Registration:
    """Find an enterprise by its code, or by `scheme:code` where several schemes share codes.

    Parameters
    ----------
    store
        The archive's tables.
    identifier
        The code as it is compared: a credit code in capitals, without blanks.

    Raises
    ------
    NotFoundError
        If the archive holds no record of it, or of several by that code.
    """
    known = schemes(store)
    scheme, _, code = identifier.partition(":")
    asked = [(each, identifier) for each in known] + [(scheme, code)] * (scheme in known)
    found = [each for pair in asked for each in _registered(store, *pair)]
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(f"{each.scheme}:{each.code}" for each in found)
        raise NotFoundError(
            f"{identifier!r} names {len(found)} enterprises of different schemes; write one of "
            f"{keys}"
        )
    snapshot = store.snapshot("entity")
    raise NotFoundError(
        f"the archive has no record of enterprise {identifier!r} among "
        f"{snapshot.count if snapshot else 0:,}; it knows identifiers of these schemes: "
        f"{', '.join(known) or 'none: ingest first'}"
    )


def numbered(store: Store, number: int) -> int:
    """Return the number under which the store keeps the enterprise of a dense number.

    Raises
    ------
    NotFoundError
        If no enterprise has that number.
    """
    return int(owners_of(store, [number])[0])


def owners_of(store: Store, numbers: npt.ArrayLike) -> Numbers:
    """Return the number under which the store keeps each of some enterprises.

    Parameters
    ----------
    store
        The archive's tables.
    numbers
        Dense numbers, in any order.

    Raises
    ------
    NotFoundError
        If no enterprise has one of the numbers.
    """
    wanted = np.asarray(numbers, np.int64).ravel()
    owners, found = np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    snapshot = store.snapshot("entity")
    for registered in _registers(snapshot) if snapshot else ():
        places = np.searchsorted(registered.numbers, wanted)
        places[places == len(registered.numbers)] = 0
        here = registered.numbers[places] == wanted
        owners[here], found = registered.owners[places[here]], found | here
    if not found.all():
        count = snapshot.count if snapshot else 0
        raise NotFoundError(
            f"no enterprise has the number {wanted[~found][0]}; the archive has {count:,}, "
            "numbered from 0 on"
        )
    return owners


def codes_of(store: Store, numbers: npt.ArrayLike) -> dict[int, str]:
    """Return the code of each of some enterprises, by dense number.

    Raises
    ------
    NotFoundError
        If no enterprise has one of the numbers.
    """
    owners, snapshot = owners_of(store, numbers), store.snapshot("entity")
    if snapshot is None:
        return {}
    rows = snapshot.read(["number", "key"], Owners.of(owners)).to_pylist()
    return {row["number"]: row["key"].partition(":")[2] for row in rows}


@dataclass(frozen=True, slots=True)
class _Register:
    """Enterprises by their dense numbers, which rise, and their owners."""

    numbers: Numbers
    owners: Numbers


def _registers(snapshot: Snapshot) -> Iterator[_Register]:
    yield from map(_register_of, snapshot.paths)
    yield from map(_register, snapshot.overlay.pieces(NUMBERED, Owners()))


@lru_cache(maxsize=REGISTERS)
def _register_of(path: str) -> _Register:
    """Return the enterprises of a file, which never changes."""
    return _register(pq.read_table(path, columns=NUMBERED, use_threads=False))


def _register(table: pa.Table) -> _Register:
    numbers, owners = (table[name].to_numpy() for name in ("number", "owner"))
    order = np.argsort(numbers)
    return _Register(numbers[order], owners[order])


def schemes(store: Store) -> tuple[str, ...]:
    """Return the schemes of all codes, in order of their names."""
    snapshot = store.snapshot("entity")
    if snapshot is None:
        return ()
    found = {scheme for path in snapshot.paths for scheme in _schemes_of(path)}
    for piece in snapshot.overlay.pieces(["key"], Owners()):
        found |= _schemes(piece["key"])
    return tuple(sorted(found))


def _schemes(keys: pa.ChunkedArray) -> set[str]:
    return set(pc.unique(pc.list_element(pc.split_pattern(keys, ":"), 0)).to_pylist())


def _registered(store: Store, scheme: str, code: str) -> list[Registration]:
    snapshot = store.snapshot("entity")
    owner = int(owner_numbers(scheme, pa.array([code]))[0])
    rows = snapshot.rows_of(owner, ["number", "key"]) if snapshot else []
    return [
        Registration(row["number"], owner, scheme, code)
        for row in rows
        if row["key"] == f"{scheme}:{code}"
    ]


@lru_cache(maxsize=20_000)
def _schemes_of(path: str) -> frozenset[str]:
    """Return the schemes of one file, from its footer where a row group has one scheme only."""
    found: set[str] = set()
    with pq.ParquetFile(path) as file:
        place = file.schema_arrow.names.index("key")
        for group in range(file.num_row_groups):
            statistics = file.metadata.row_group(group).column(place).statistics
            bounds = () if statistics is None else (statistics.min, statistics.max)
            ends = {end.partition(":")[0] for end in bounds}
            if len(ends) != 1:
                ends = _schemes(file.read_row_group(group, columns=["key"])["key"])
            found |= ends
    return frozenset(found)


def registered(
    store: Store, owners: Owners | None = None, *, after: int = 0, upto: int | None = None
) -> pa.Table:
    """Return everybody by dense number; see `Archive.enterprises`."""
    snapshot = store.snapshot("entity")
    table = ENTITY.empty_table()
    if snapshot is not None:
        table = snapshot.read(owners=owners, upto=upto, since=after and after + 1)
    table = table.sort_by("number")
    parts = pc.split_pattern(table["key"], ":", max_splits=1)
    return pa.table(
        {
            "enterprise": table["number"],
            "scheme": pc.list_element(parts, 0),
            "id": pc.list_element(parts, 1),
        }
    )
