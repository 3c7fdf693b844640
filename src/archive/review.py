"""Review: a person decides whose a row is, and may take that back.

A decision is carried out by a delivery of its own, which tries the row again with the enterprise
that was chosen; to take it back is another one, which withdraws what the first one landed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from ..core.errors import InvalidError, NotFoundError, XinhengError
from .chosen import Chosen
from .collect import Collected
from .database import workbench
from .decisions import Decision, entries
from .enterprises import read_identifiers
from .entries import Delivery
from .extract import Opened
from .fates import FATES, Fates
from .faults import WINDOW, Faults
from .happening import beside, happened
from .held import told
from .intake import Again, gather, publish
from .kinds import contract_of
from .lookup import find
from .replay import by_file, fates_again, from_folder, from_held, held_reading
from .source import Source
from .standing import landed, settled_by
from .store import Store
from .waiting import held_rows, open_rows

__all__ = ["decide", "placed"]

NONE = "decided: it is none that the archive knows"
SHOWN = 10

Place = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A delivery that carries decisions out, before it is published."""

    source: Source
    opened: Opened
    collected: Collected
    again: Again


def decide(
    store: Store,
    sources: Mapping[str, Source],
    decisions: Sequence[Decision],
    received: datetime,
    folder: Path | None = None,
) -> list[Delivery]:
    """Carry out what a person decided on rows in review: all of it or nothing.

    Each delivery whose rows they are gets a delivery that tries them again. A row of which
    nobody is known is settled, and stays set aside.

    Parameters
    ----------
    store
        The archive's store.
    sources
        The mappings of the deliveries, by name.
    decisions
        One for each row, or for each kind of record of a row that is about several enterprises.
    received
        The present moment.
    folder
        Folder of the delivery, where its mapping joins files; then all rows are of one delivery.

    Raises
    ------
    InvalidError
        If a decision cannot be carried out: what is wrong with each.
    """
    with store.writing() as drafts, workbench():
        sound = _accepted(store, sources, decisions)
        prepared, problems = [], []
        for sequence in sorted({each.delivery for each in sound}):
            some = [each for each in sound if each.delivery == sequence]
            room = drafts / f"decided{sequence}"
            room.mkdir()
            source = sources[store.manifest.delivery(sequence).source]
            one, wrong = _tried(store, source, some, received, room, folder)
            prepared.append(one)
            problems += wrong
        _refuse(problems, len(decisions))
        return [
            publish(store, each.source, each.opened, each.collected, received, each.again)
            for each in prepared
        ]


def placed(store: Store, delivery: int, file: str, row: int) -> Place:
    """Return a row by the name of its file in the mapping, whichever name was given.

    Raises
    ------
    NotFoundError
        If there is no such delivery, or it has no such file.
    """
    latest = store.manifest.latest()
    last = latest.sequence if latest else 0
    if not 1 <= delivery <= last:
        raise NotFoundError(f"there is no delivery {delivery}; the archive has 1 to {last}")
    files = store.manifest.delivery(delivery).files
    for each in files:
        if file in {each.file, each.path}:
            return delivery, each.file, row
    raise NotFoundError.among(f"file of delivery {delivery}", file, [each.file for each in files])


def _refuse(problems: Sequence[str], of: int) -> None:
    if problems:
        more = len(problems) - SHOWN
        shown = [*problems[:SHOWN], *([f"and {more} more"] if more > 0 else [])]
        raise InvalidError(
            f"nothing was written: of {of} decisions, these cannot be carried out\n"
            + "\n".join(shown)
        )


def _accepted(
    store: Store, sources: Mapping[str, Source], decisions: Sequence[Decision]
) -> list[Decision]:
    """Return decisions with the file as the mapping calls it, and the enterprise with its scheme.

    Raises
    ------
    InvalidError
        If a row does not wait, an enterprise is unknown, or two decisions are about one row.
    """
    found, problems = [], []
    waiting: dict[int, set[Place]] = {}
    met: dict[Place, set[str | None]] = {}
    for each in decisions:
        try:
            said = _resolved(store, sources, each)
            if said.delivery not in waiting:
                rows = open_rows(store, ("review",), said.delivery, said.delivery)
                waiting[said.delivery] = set(_places(rows))
            if said.place not in waiting[said.delivery]:
                raise InvalidError(_why_not(store, said.place))
            same = met.get(said.place, set())
            if {said.kind, None} & same or (same and said.kind is None):
                raise InvalidError("two decisions are about it; leave one of them")
        except XinhengError as error:
            problems.append(f"{each}: {error}")
            continue
        met.setdefault(said.place, set()).add(said.kind)
        found.append(said)
    _refuse(problems, len(decisions))
    return found


def _resolved(store: Store, sources: Mapping[str, Source], said: Decision) -> Decision:
    delivery, file, row = placed(store, said.delivery, said.file, said.row)
    name = store.manifest.delivery(delivery).source
    if name not in sources:
        raise NotFoundError.among("mapping among those given", name, sources)
    if not said.by.strip() or not said.reason.strip():
        raise InvalidError("a decision needs the name of who decides, and a reason")
    if said.kind is not None:
        contract_of(said.kind)
    enterprise = said.enterprise
    if enterprise is not None:
        scheme = sources[name].declaration.scheme
        code = enterprise.removeprefix(f"{scheme}:")
        normal = read_identifiers(scheme, pa.array([code]))[0][0].as_py()
        enterprise = f"{scheme}:{find(store, f'{scheme}:{normal}').code}"
    return replace(said, file=file, row=row, enterprise=enterprise)


def _why_not(store: Store, place: Place) -> str:
    standing = settled_by(entries(store, {place}))
    if standing:
        [last, *_] = standing
        said = last.decision
        return (
            f"it was decided before, by {said.by} on {time.show(time.day_of(last.at))} in "
            f"delivery {last.sequence}: {said.enterprise or 'none that is known'}, because "
            f"{said.reason!r}; `xinheng archive review revoke` takes that back first"
        )
    if place in _places(open_rows(store, ("quarantined",), place[0], place[0])):
        return "it is in quarantine; mend its mapping and replay it"
    if place in _places(held_rows(store, since=place[0], upto=place[0])):
        return "it no longer waits: a replay has tried it again, and counts it in its own delivery"
    return "it is not set aside; `xinheng archive review list` shows the rows that wait"


def _places(held: pa.Table) -> Iterator[Place]:
    columns = (held[name].to_pylist() for name in ("sequence", "file", "row"))
    return zip(*columns, strict=True)


def _tried(
    store: Store,
    source: Source,
    decisions: Sequence[Decision],
    received: datetime,
    drafts: Path,
    folder: Path | None,
) -> tuple[_Prepared, list[str]]:
    """Try the rows of one delivery again, and say which decisions do not fit them."""
    delivery = store.manifest.delivery(decisions[0].delivery)
    held = open_rows(store, ("review",), delivery.sequence, delivery.sequence)
    places = {each.place for each in decisions}
    held = held.filter(pa.array([place in places for place in _places(held)]))
    again = Again(delivery.sequence, by_file(held), tuple(decisions))
    chosen = Chosen(store, source.declaration.scheme, decisions)
    if folder is not None:
        opened = from_folder(source, delivery, folder, drafts)
    elif chosen.nobody:
        opened = _of_nobody(delivery, held)
    else:
        source, opened = from_held(source, held)
    opened = replace(opened, digest=_digest(source, again, received))
    fates = fates_again(opened, again)
    for each in decisions:
        if each.enterprise is None:
            fates[each.file].skip(NONE, np.array([each.row]))
    if chosen.nobody:
        return _Prepared(source, opened, _nothing(opened, fates, drafts), again), []
    collected = gather(source, opened, fates, received, drafts, chosen)
    problems = [*_unfit(collected, decisions), *chosen.problems()]
    earlier = [each for each in entries(store, places) if not each.revoked]
    returning = landed(store, earlier, decisions)
    if returning:
        (drafts / "later").mkdir()
        later = happened(
            store, delivery, opened, fates, returning, "reinstated", received, drafts / "later"
        )
        collected = beside(collected, later, drafts)
    return _Prepared(source, opened, collected, again), problems


def _of_nobody(delivery: Delivery, held: pa.Table) -> Opened:
    files = {each.file: each.path for each in delivery.files}
    readings = {
        file: held_reading(held.filter(pc.equal(held["file"], file))) for file in by_file(held)
    }
    return Opened({file: Path(files[file]) for file in readings}, readings, "")


def _nothing(opened: Opened, fates: Mapping[str, Fates], drafts: Path) -> Collected:
    faults = {file: Faults(drafts / f"{file}.faults", fates[file]) for file in opened.readings}
    for file, each in faults.items():
        each.close(file)
    return Collected((), 1, fates, faults)


def _unfit(collected: Collected, decisions: Sequence[Decision]) -> Iterator[str]:
    """Say of which rows not every record may land, in spite of the decision."""
    nobody = {each.place for each in decisions if each.enterprise is None}
    for each in {each.place: each for each in decisions if each.enterprise}.values():
        fate = FATES[collected.fates[each.file].of(np.array([each.row]))[0]]
        where = replace(each, kind=None)
        if fate == "review":
            yield (
                f"{where}: another record of the row would still name no enterprise; decide for "
                "every kind that `xinheng archive review list` shows"
            )
        elif fate == "quarantined":
            window = collected.faults[each.file].window(each.row // WINDOW)
            words = "; ".join(map(told, window.get(each.row, [])))
            yield f"{where}: it has faults as well: {words}; mend its mapping and replay it"
        elif fate == "skipped" and each.place in nobody:
            yield (
                f"{where}: a row lands whole, and one of its records is said to be of none that "
                "is known; say so of the whole row, or have the enterprise registered first"
            )
        elif fate == "skipped":
            yield f"{where}: its mapping leaves it out now; replay the delivery"


def _digest(source: Source, again: Again, received: datetime) -> str:
    said = [f"{each} {each.enterprise} {each.by} {each.reason}" for each in again.decisions]
    parts = [source.name, source.digest, f"decided at {received.isoformat()}", *said]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
