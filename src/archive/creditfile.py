"""The credit file 信用档案 of one enterprise: every record of it as it stood on some day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from ..core import time
from ..core.codes import CodeTable
from .contract import COMMON, Contract
from .decisions import Decided, history_of
from .entries import Delivery
from .kinds import KINDS, contract_of
from .store import Store
from .tables import PERSONAL, WITNESS, record_schema

__all__ = ["Entry", "Happening", "Origin", "Said", "Telling", "credit_file", "origin"]

Row = Mapping[str, Any]
Files = Mapping[str, Sequence[Row]]

LATER = "lifecycle"
STANDING = ("precedence", "sequence", "version")
PLACED = {"record", "about", "version", "available", "known_day", "precedence"}
PLACED |= {"sequence", "file", "row", "linked"}
UNSAID = {each.name for each in COMMON}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something is from: department, delivery, file as delivered, and row in it."""

    department: str
    source: str
    sequence: int
    received: datetime
    file: str
    path: str
    sha256: str
    row: int


@dataclass(frozen=True, slots=True)
class Said:
    """What one field says; `zh` and `en` are the names of a code."""

    field: str
    value: Any
    unit: str = ""
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """Another department that tells of a record, from which day, and whether it says the same."""

    available: date
    agrees: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to a record later, on which day, and from when that is known."""

    change: str
    zh: str
    occurred: date
    available: date
    origin: Origin


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as it stood.

    Attributes
    ----------
    kind, zh, en
        Kind of the record, with its names.
    record, number
        The archive's number for it, and what its department calls it.
    occurred, known, available
        When it happened, when the authority had it, and from which day on it may be used.
    state
        `stands`, `ended`, `repaired` or `withdrawn`.
    versions
        How many versions of it were known; more than one if it was corrected.
    until
        Last day on which it holds, as far as it is known.
    said, personal
        What it says, and apart from that the texts that can name a person.
    linked
        By what its enterprise was found, where it named no code.
    decisions
        Who chose its enterprise or took that back, and why, where a person had to.
    """

    kind: str
    zh: str
    en: str
    record: int
    number: str
    occurred: date
    known: date
    available: date
    state: str
    versions: int
    until: date | None
    said: tuple[Said, ...]
    personal: Mapping[str, str] = field(hash=False)
    linked: str | None
    origin: Origin
    witnesses: tuple[Telling, ...]
    happened: tuple[Happening, ...]
    decisions: tuple[Decided, ...] = ()


def credit_file(
    store: Store, owner: int, as_of: int, kinds: Iterable[str] = KINDS
) -> tuple[Entry, ...]:
    """Return the records of an enterprise as of a day, the newest first.

    Of the versions known then, the one counts that the event view counts as well. What happened
    to a record stands with it, and by itself only where the archive lacks the record.

    Parameters
    ----------
    store
        The archive's tables.
    owner
        Number under which the store keeps the enterprise.
    as_of
        A day number: only what was available before it is seen.
    kinds
        The kinds wanted.

    Raises
    ------
    NotFoundError
        If there is no such kind.
    """
    wanted = [contract_of(kind).kind for kind in kinds]
    files = _read(store, owner, {*wanted, LATER, "witness", "personal"}, as_of)
    happened = _by_record(files.get(LATER, ()), "about")
    about = _About(
        as_of,
        {row["sequence"]: store.manifest.delivery(row["sequence"]) for row in _each(files)},
        _personal(files),
        _by_record(files.get("witness", ())),
        happened,
    )
    entries = [
        about.entry(KINDS[kind], versions)
        for kind in wanted
        if kind != LATER
        for versions in _by_record(files.get(kind, ())).values()
    ]
    if LATER in wanted:
        present = {row["record"] for kind in KINDS for row in files.get(kind, ())}
        entries += [
            about.entry(KINDS[LATER], versions)
            for versions in _by_record(files.get(LATER, ())).values()
            if versions[0]["about"] not in present
        ]
    entries = [_with_decisions(store, each, as_of) if each.linked else each for each in entries]
    return tuple(sorted(entries, key=_newest, reverse=True))


def _with_decisions(store: Store, entry: Entry, as_of: int) -> Entry:
    history = history_of(store, entry.kind, entry.linked, entry.origin)
    known = (each for each in history if time.day_of(each.at) < as_of)
    return replace(entry, decisions=tuple(known))


def _newest(entry: Entry) -> tuple[date, date, str, str]:
    return entry.occurred, entry.known, entry.kind, entry.number


def _read(store: Store, owner: int, names: Iterable[str], as_of: int) -> Files:
    """Read what was available of one enterprise, all at one state of the archive."""
    state = store.state()
    found = {name: store.snapshot(name, state) for name in sorted(names)}
    snapshots = {name: snapshot for name, snapshot in found.items() if snapshot is not None}

    def rows(name: str) -> list[Row]:
        found = snapshots[name].rows_of(owner, _columns(name))
        return [row for row in found if time.is_known(row.get("available", -1), as_of)]

    return {name: rows(name) for name in snapshots}


@cache
def _columns(name: str) -> tuple[str, ...]:
    if name == "witness":
        return tuple(WITNESS.names)
    if name == "personal":
        return tuple(PERSONAL.names)
    wanted = PLACED | {each.name for each in KINDS[name].columns}
    return tuple(each for each in record_schema(name).names if each in wanted - {"known"})


def _each(files: Files) -> Iterable[Row]:
    """Return one row of each delivery that told of the enterprise."""
    return {row["sequence"]: row for rows in files.values() for row in rows}.values()


def _by_record(rows: Iterable[Row], name: str = "record") -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found


def _personal(files: Files) -> dict[tuple[int, int, int], dict[str, str]]:
    """Return texts by record, delivery and row."""
    found: dict[tuple[int, int, int], dict[str, str]] = {}
    for row in files.get("personal", ()):
        texts = found.setdefault((row["record"], row["sequence"], row["row"]), {})
        texts[row["field"]] = row["value"]
    return found


@dataclass(frozen=True, slots=True)
class _About:
    """What is known about the records of one enterprise."""

    as_of: int
    deliveries: Mapping[int, Delivery]
    personal: Mapping[tuple[int, int, int], Mapping[str, str]]
    witnesses: Mapping[int, Sequence[Row]]
    happened: Mapping[int, Sequence[Row]]

    def entry(self, contract: Contract, versions: Sequence[Row]) -> Entry:
        """Return the version of a record that stood, and what was known about it."""
        row = max(versions, key=lambda each: tuple(each[name] for name in STANDING))
        record, when = row["record"], time.day(row["occurred"])
        happened = sorted(self.happened.get(record, ()), key=lambda each: each["available"])
        state, until = _state(contract, row, happened, self.as_of)
        return Entry(
            kind=contract.kind,
            zh=contract.zh,
            en=contract.en,
            record=record,
            number=row["number"],
            occurred=row["occurred"],
            known=_date(row["known_day"]),
            available=_date(row["available"]),
            state=state,
            versions=len(versions),
            until=until,
            said=_said(contract, row, when),
            personal=self.personal.get((record, row["sequence"], row["row"]), {}),
            linked=row.get("linked"),
            origin=self._origin(row),
            witnesses=tuple(
                Telling(_date(told["available"]), told["agrees"], self._origin(told))
                for told in self.witnesses.get(record, ())
            ),
            happened=tuple(
                Happening(
                    each["change"],
                    _name("change", each["change"], when)[0],
                    each["occurred"],
                    _date(each["available"]),
                    self._origin(each),
                )
                for each in happened
            ),
        )

    def _origin(self, row: Row) -> Origin:
        return origin(self.deliveries[row["sequence"]], row)


def _state(
    contract: Contract, row: Row, happened: Sequence[Row], as_of: int
) -> tuple[str, date | None]:
    """Return how a record reads as of a day, by the spans that the event view makes of it."""
    planned = _planned_end(contract, row)
    record = time.Span(
        row["available"],
        ended=time.day(planned) if planned else time.NEVER,
        ended_available=row["available"] if planned else time.NEVER,
    )
    events = [
        time.Event(each["available"], time.day(each["occurred"]), time.Change(each["change"]))
        for each in happened
    ]
    for span in time.spans(record, events):
        if time.is_counted(span.available, span.withdrawn, as_of):
            until = None if span.ended == time.NEVER else _date(span.ended)
            if time.is_repaired(span.repaired, as_of):
                return "repaired", until
            holds = time.is_open(span.ended, span.ended_available, as_of)
            return ("stands" if holds else "ended"), until
    return "withdrawn", planned


def _planned_end(contract: Contract, row: Row) -> date | None:
    names = {stream.ended for stream in contract.streams} - {"NULL"}
    days: list[date] = [row[name] for name in names if row.get(name) is not None]
    return max(days, default=None)


def _said(contract: Contract, row: Row, when: int) -> tuple[Said, ...]:
    found = []
    for each in contract.fields:
        value = row.get(each.name)
        if value is None or each.name in UNSAID:
            continue
        names = _name(each.codes, value, when) if each.codes else ("", "")
        found.append(Said(each.name, value, each.unit, *names))
    return tuple(found)


def _name(table: str, code: str, when: int) -> tuple[str, str]:
    """Return the names of a code on a day; of one no longer valid, those it had."""
    rows = _names(table).get(code, [])
    valid = [names for since, until, *names in rows if since <= when <= until]
    zh, en = (valid or [names for _, _, *names in rows] or [["", ""]])[0]
    return zh, en


@cache
def _names(table: str) -> dict[str, list[tuple[int, int, str, str]]]:
    codes = CodeTable.load(table)
    found: dict[str, list[tuple[int, int, str, str]]] = {}
    for row, since, until in zip(codes.table.to_pylist(), codes.since, codes.until, strict=True):
        names = row["zh"] or "", row["en"] or ""
        found.setdefault(row["code"], []).append((int(since), int(until), *names))
    return found


def origin(delivery: Delivery, row: Row) -> Origin:
    """Return where a row of the store is from, by its delivery, and its `file` and `row`."""
    file = delivery.files[row["file"]]
    return Origin(
        delivery.department,
        delivery.source,
        delivery.sequence,
        delivery.received,
        file.file,
        file.path,
        file.sha256,
        row["row"],
    )


def _date(number: int) -> date:
    return date.fromisoformat(time.show(number))
