"""From an event, or a record's number, back to what departments delivered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow.compute as pc

from ..core import time
from ..core.errors import NotFoundError
from .creditfile import Origin, origin
from .decisions import Decided, history_of
from .entries import Delivery
from .files import Owners
from .kinds import KINDS
from .manifest import State
from .store import Store
from .table import Snapshot

__all__ = ["Lineage", "Told", "Trace", "lineage", "trace"]

COLUMNS = ("record", "number", "sequence", "file", "row", "available", "precedence", "version")
FOUND = ("owner", *COLUMNS, "known_day", "linked")
HEARD = ("record", "agrees", "sequence", "file", "row", "available", "known_day")
STANDING = ("precedence", "sequence", "version")


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a record is from: its own number, and department, delivery, file and row.

    Attributes
    ----------
    kind, number
        Kind of the record, and what its department calls it.
    department
        Who delivered it.
    sequence, file, row
        Number of the delivery, name of the file in the mapping, and row in that file.
    """

    kind: str
    number: str
    department: str
    sequence: int
    file: str
    row: int

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def lineage(
    store: Store, owner: int, as_of: int = time.NEVER, streams: Iterable[str] | None = None
) -> dict[int, Lineage]:
    """Return where every record of an enterprise is from, by its number in the event view.

    Parameters
    ----------
    store
        The archive's tables.
    owner
        Number under which the store keeps the enterprise.
    as_of
        A day number: a record is traced to the version that stood before it, so that an
        explanation of the past names the row that was known then. The newest if not given.
    streams
        Kinds of the streams whose records are wanted, which spares reading the others; all if None.
    """
    wanted = None if streams is None else frozenset(streams)
    state = store.state()
    found: dict[int, Lineage] = {}
    for kind, contract in KINDS.items():
        snapshot = store.snapshot(kind, state)
        fed = {stream.kind for stream in contract.streams}
        if snapshot is None or (wanted is not None and fed.isdisjoint(wanted)):
            continue
        rows = snapshot.rows_of(owner, COLUMNS)
        stood = (row for row in rows if time.is_known(row["available"], as_of))
        last = {row["record"]: row for row in sorted(stood, key=_standing)}
        told = {row["sequence"] for row in last.values()}
        deliveries = {sequence: store.manifest.delivery(sequence) for sequence in told}
        found |= {
            record: _traced(deliveries[row["sequence"]], kind, row) for record, row in last.items()
        }
    return found


def _standing(row: dict[str, Any]) -> list[int]:
    return [row[name] for name in STANDING]


def _traced(delivery: Delivery, kind: str, row: dict[str, Any]) -> Lineage:
    return Lineage(
        kind,
        row["number"],
        delivery.department,
        row["sequence"],
        delivery.files[row["file"]].file,
        row["row"],
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One time that a record was told of.

    Attributes
    ----------
    became
        `"stands"`, `"replaced"` by a version that stands before it, or of what landed nowhere
        because it was known already: `"agrees"`, `"disagrees"`.
    version
        How many versions there were before it; None where it is none.
    known, available
        When its authority had it, and from which day on it may be used.
    linked
        By what its enterprise was found, where it named no code.
    decisions
        Who chose its enterprise or took that back, and why, where a person had to.
    """

    became: str
    version: int | None
    known: date
    available: date
    linked: str | None
    origin: Origin
    decisions: tuple[Decided, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """A record, whose it is, and every time it was told of, oldest delivery first."""

    kind: str
    number: str
    record: int
    enterprise: str | None
    told: tuple[Told, ...]


def trace(store: Store, wanted: str, owner: int | None = None) -> tuple[Trace, ...]:
    """Return every time that records of some number were told of.

    Parameters
    ----------
    store
        The archive's tables.
    wanted
        What the department calls the record, or the archive's number for it.
    owner
        The enterprise, where known: all others need not be searched.

    Raises
    ------
    NotFoundError
        If there is no such record.
    """
    owners = Owners() if owner is None else Owners.of(np.array([owner]))
    found: list[Trace] = []
    state = store.state()
    for kind in KINDS:
        snapshot = store.snapshot(kind, state)
        versions: dict[int, list[dict[str, Any]]] = {}
        for row in _called(snapshot, wanted, owners) if snapshot is not None else ():
            versions.setdefault(row["record"], []).append(row)
        found += [_trace(store, state, kind, versions[record]) for record in sorted(versions)]
    if not found:
        where = "that enterprise has" if owner is not None else "the archive has"
        raise NotFoundError(
            f"{where} no record {wanted!r}; give the number as the department writes it, or the "
            "archive's own, which `xinheng archive show ID --json` tells"
        )
    return tuple(found)


def _called(snapshot: Snapshot, wanted: str, owners: Owners) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for piece in snapshot.pieces(FOUND, owners):
        fits = pc.equal(piece["number"], wanted)
        if wanted.lstrip("-").isdecimal() and -(2**63) <= int(wanted) < 2**63:
            fits = pc.or_(fits, pc.equal(piece["record"], int(wanted)))
        rows += piece.filter(fits).to_pylist()
    return rows


def _trace(store: Store, state: State, kind: str, versions: list[dict[str, Any]]) -> Trace:
    owner, record = versions[0]["owner"], versions[0]["record"]
    stands = max(versions, key=_standing)
    told = [
        (row, "stands" if row is stands else "replaced", row["version"], row["linked"])
        for row in versions
    ]
    told += [
        (row, "agrees" if row["agrees"] else "disagrees", None, None)
        for row in _rows(store.snapshot("witness", state), HEARD, owner)
        if row["record"] == record
    ]
    told.sort(key=lambda each: (each[0]["sequence"], each[0]["available"], each[0]["row"]))
    keys = _rows(store.snapshot("entity", state), ["key"], owner)
    return Trace(
        kind,
        stands["number"],
        record,
        keys[0]["key"].partition(":")[2] if keys else None,
        tuple(_told(store, kind, *each) for each in told),
    )


def _told(
    store: Store, kind: str, row: dict[str, Any], became: str, version: int | None, how: str | None
) -> Told:
    source = origin(store.manifest.delivery(row["sequence"]), row)
    days = _date(row["known_day"]), _date(row["available"])
    return Told(became, version, *days, how, source, history_of(store, kind, how, source))


def _rows(snapshot: Snapshot | None, columns: Sequence[str], owner: int) -> list[dict[str, Any]]:
    return snapshot.rows_of(owner, columns) if snapshot is not None else []


def _date(number: int) -> date:
    return date.fromisoformat(time.show(number))
