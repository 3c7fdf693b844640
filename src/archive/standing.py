"""Decisions that stand, what they landed, and how they are taken back."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ..core import time
from ..core.errors import InvalidError, NotFoundError
from .collect import LIFECYCLE
from .database import workbench
from .decisions import DECIDED, Decided, Decision, entries
from .entries import Delivery
from .extract import Opened
from .happening import NO_FAULT, Landed, as_department, happened
from .hashing import owner_numbers
from .intake import Again, publish
from .reading import Reading
from .store import Store

__all__ = ["landed", "revoke", "settled_by"]

BACK = "a decision on it was taken back"
TOLD = ("record", "sequence", "row")
COLUMNS = (*TOLD, "number", "file", "linked")


def settled_by(history: Sequence[Decided]) -> list[Decided]:
    """Return the decisions on one row that stand, out of all that were kept of it, in order."""
    standing: list[Decided] = []
    for each in history:
        standing = [] if each.revoked else [*standing, each]
    return standing


def landed(store: Store, earlier: Sequence[Decided], now: Sequence[Decision]) -> list[Landed]:
    """Return the records that decisions landed, of those that choose what is chosen `now`."""
    found: dict[tuple[int, int, str], Landed] = {}
    for each in earlier:
        same = [
            said
            for said in now
            if said.enterprise and (said.place, said.enterprise) == _choice(each.decision)
        ]
        for record in _landed(store, each) if same else ():
            if any(said.kind in {None, record.kind} for said in same):
                found[record.owner, record.record, record.kind] = record
    return list(found.values())


def _choice(said: Decision) -> tuple[tuple[int, str, int], str | None]:
    return said.place, said.enterprise


def _landed(store: Store, entry: Decided) -> list[Landed]:
    said, delivery = entry.decision, store.manifest.delivery(entry.sequence)
    scheme, _, code = str(said.enterprise).partition(":")
    owner = int(owner_numbers(scheme, pa.array([code]))[0])
    found = []
    for kind in delivery.records:
        for row in _rows(store, kind, owner, COLUMNS) if said.kind in {None, kind} else ():
            mine = row["sequence"] == entry.sequence and row["row"] == said.row
            if mine and delivery.files[row["file"]].file == said.file and _decided(row):
                place = said.file, said.row, entry.sequence, kind
                found.append(Landed(*place, row["number"], row["record"], scheme, code, owner))
    return found


def _decided(row: dict[str, Any]) -> bool:
    return (row.get("linked") or "").startswith(DECIDED)


def _rows(store: Store, name: str, owner: int, columns: Sequence[str]) -> list[dict[str, Any]]:
    snapshot = store.snapshot(name)
    return snapshot.rows_of(owner, columns) if snapshot else []


def revoke(
    store: Store, place: tuple[int, str, int], by: str, reason: str, received: datetime
) -> Delivery:
    """Take a decision back: what it landed is withdrawn, and the row waits again.

    Nothing is lost: the decision, what it landed, and who took it back and why are kept, and
    whatever was computed before stays as it was.

    Parameters
    ----------
    store
        The archive's store.
    place
        Delivery that set the row aside, name of the file in its mapping, and row.
    by, reason
        Who takes it back, and why.
    received
        The present moment.

    Raises
    ------
    NotFoundError
        If no decision on the row stands.
    InvalidError
        If others tell of a record that it landed, or it was taken back before on this day.
    """
    with store.writing() as drafts, workbench():
        history = entries(store, {place})
        standing = settled_by(history)
        if not standing:
            raise NotFoundError(
                f"no decision on delivery {place[0]}, {place[1]}, row {place[2]} stands; "
                "`xinheng archive review list --all` shows rows that were decided"
            )
        if not by.strip() or not reason.strip():
            raise InvalidError("to take a decision back needs the name of who does it, and why")
        decisions = [each.decision for each in standing]
        records = landed(store, [each for each in history if not each.revoked], decisions)
        _check_once(history, records, received)
        for record in records:
            _check_alone(store, record, records)
        delivery, (sequence, file, row) = store.manifest.delivery(place[0]), place
        again = Again(
            sequence,
            {file: np.array([row])},
            tuple(replace(each, by=by, reason=reason) for each in decisions),
            waits=True,
        )
        opened = _opened(delivery, again, received)
        fates = opened.fates()
        if not records:
            fates[file].skip(BACK, np.array([row]))
        collected = happened(store, delivery, opened, fates, records, "withdrawn", received, drafts)
        source = as_department(delivery, opened, records)
        return publish(store, source, opened, collected, received, again)


def _check_once(history: Sequence[Decided], records: Sequence[Landed], received: datetime) -> None:
    today = time.day_of(received)
    if records and any(each.revoked and time.day_of(each.at) == today for each in history):
        raise InvalidError(
            "a decision on this row was taken back today already, and the archive counts by whole "
            "days; take this one back tomorrow"
        )


def _check_alone(store: Store, record: Landed, records: Sequence[Landed]) -> None:
    """Refuse to withdraw what others tell of as well: it stands without the decision."""
    if record.kind == LIFECYCLE:
        raise InvalidError(
            f"the row tells what happened to record {record.number}, which cannot be withdrawn; "
            "have its department deliver the contrary (a reinstatement, or a correction)"
        )
    ours = {(each.sequence, each.row) for each in records}
    told = [
        row for name in (record.kind, "witness") for row in _rows(store, name, record.owner, TOLD)
    ]
    others = [
        row["sequence"]
        for row in told
        if row["record"] == record.record and (row["sequence"], row["row"]) not in ours
    ]
    if others:
        delivery = store.manifest.delivery(max(others))
        raise InvalidError(
            f"delivery {delivery.sequence} of {delivery.source} tells of {record.kind} "
            f"{record.number} of {record.code} as well, so that it stands without the decision; "
            "if it is wrong, have its department withdraw it"
        )


def _opened(delivery: Delivery, again: Again, received: datetime) -> Opened:
    """Return rows of a delivery, without what they say."""
    paths = {each.file: Path(each.path) for each in delivery.files if each.file in again.rows}
    readings = {
        file: Reading(("_row",), pa.table({"_row": rows}), NO_FAULT, "")
        for file, rows in again.rows.items()
    }
    said = [f"{each} {each.by} {each.reason}" for each in again.decisions]
    parts = "\n".join([delivery.source, f"taken back at {received.isoformat()}", *said])
    return Opened(paths, readings, hashlib.sha256(parts.encode()).hexdigest())
