"""The credit archive 信用档案: one place to take deliveries in and to read from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from .awaiting import TOLD, awaiting, counted
from .bans import bans
from .cases import cases
from .collect import LIFECYCLE
from .convoy import post_together
from .creditfile import Entry, credit_file
from .decisions import Decided, Decision, entries
from .directory import Directory, clear_directory, open_directory
from .entries import Delivery
from .erase import Erased, erase_enterprise, erase_person
from .files import Owners
from .firsts import first_deliveries
from .folding import fold
from .held import Held, Selection, select
from .intake import Receipt, ingest
from .kinds import KINDS, contract_of
from .known import Known
from .lineage import Lineage, Trace, lineage, trace
from .lookup import codes_of, find, numbered, owners_of, registered
from .overview import SourceStatus, overview
from .places import place_records
from .posting import Posted, Told, faults_of, meant, post, told_by_file
from .preview import Preview, preview
from .replay import replay
from .review import decide, placed
from .seen import seen
from .source import Source
from .standing import revoke
from .store import Store
from .supposing import Supposed, suppose
from .tables import HELD, PERSONAL, record_schema
from .terms import terms
from .touched import told_in, touched, touched_by_each
from .upkeep import Finding, Swept, compact, purge, vacuum, verify
from .versions import called, versions
from .view import EventView, events

__all__ = ["Archive"]


class Archive:
    """An archive in a folder.

    Parameters
    ----------
    folder
        Where it lies; created by the first delivery.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)
        self._known: dict[str, Known] = {}

    @property
    def folder(self) -> Path:
        """Where the archive lies."""
        return self._store.folder

    @property
    def sequence(self) -> int:
        """Number of the newest delivery, 0 in an empty archive."""
        return self._store.state().sequence

    @property
    def edition(self) -> int:
        """How often the archive was tidied since its newest delivery, or had somebody erased."""
        return self._store.state().edition

    def faults(self, digest: str) -> dict[tuple[str, int], list[Mapping[str, str]]]:
        """Return what is wrong with the rows that a delivery set aside, by file and row."""
        delivery = self._store.manifest.find(digest)
        return {} if delivery is None else faults_of(self._store, delivery.sequence)

    def has(self, digest: str) -> bool:
        """Tell whether the delivery of a digest has landed."""
        return self._store.manifest.find(digest) is not None

    def tidied(self, sequence: int, edition: int) -> frozenset[str]:
        """Return in which ways the archive was tidied after an edition of a delivery."""
        return self._store.manifest.tidied(sequence, edition)

    def digest(self, sequence: int) -> str:
        """Return the digest of a delivery; nothing if the archive has no such delivery."""
        there = 0 < sequence <= self.sequence
        return self._store.manifest.delivery(sequence).digest if there else ""

    @property
    def size(self) -> int:
        """How many events it holds, of all versions of all records."""
        snapshot = self._store.snapshot("event")
        return snapshot.count if snapshot else 0

    def ingest(self, source: Source, folder: Path, received: datetime) -> Receipt:
        """Take in the delivery of `source` that lies in `folder`; see `archive.intake`."""
        return ingest(self._store, source, folder, received, self._linking(source))

    def post(
        self,
        source: Source,
        rows: Mapping[str, Sequence[Mapping[str, str | None]]],
        received: datetime,
    ) -> Posted:
        """Take in rows, by file of the mapping, as if delivered; see `archive.posting`."""
        return self.post_told(told_by_file(source, rows), received)

    def post_told(self, told: Told, received: datetime) -> Posted:
        """Take in rows, by file or by kind, as if delivered; see `archive.posting`."""
        return post(self._store, told, received, self._linking(told.source))

    def post_together(self, told: Sequence[Told], received: Sequence[datetime]) -> list[Posted]:
        """Take in postings, as many of the first as land together; see `archive.convoy`."""
        return post_together(self._store, told, received, self._linking(told[0].source))

    def meant(self, told: Told, received: datetime) -> tuple[str, ...]:
        """Return whom rows are about, and refuse what `post_told` would; nothing is written."""
        return meant(self._store, told, received)

    def _linking(self, source: Source) -> Known:
        scheme = source.declaration.scheme
        return self._known.setdefault(scheme, Known(self._store, scheme))

    def deliveries(self) -> list[Delivery]:
        """Return every delivery that landed, oldest first."""
        return self._store.manifest.deliveries()

    def events(
        self,
        *,
        upto: int | None = None,
        part: tuple[int, int] = (0, 1),
        enterprises: npt.ArrayLike | None = None,
    ) -> EventView:
        """Return the event view that indicators read; see `archive.view`.

        Parameters
        ----------
        upto
            Last delivery to see; the newest when None.
        part
            Part i of n: all events of some enterprises, those of the others in other parts.
        enterprises
            Dense numbers of the enterprises whose events are wanted; all when None.

        Raises
        ------
        NotFoundError
            If no enterprise has one of the numbers.
        """
        owners = Owners.part(*part)
        if enterprises is not None:
            some = owners_of(self._store, enterprises)
            owners = Owners.of(some[owners.among(some)])
        return events(self._store, upto=upto, owners=owners)

    def first_deliveries(
        self, *, upto: int | None = None, part: tuple[int, int] = (0, 1)
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return records and the deliveries that first told of them; see `archive.firsts`."""
        return first_deliveries(self._store, upto=upto, owners=Owners.part(*part))

    def side_by_side(self, enterprises: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Return enterprises as they lie in the store: neighbours there are read soonest."""
        return enterprises[np.argsort(owners_of(self._store, enterprises))]

    def told_in(self, after: int, upto: int) -> frozenset[str]:
        """Return the tables to which some deliveries added rows; see `archive.touched`."""
        return told_in(self._store, after, upto)

    def touched(self, after: int, upto: int | None = None) -> npt.NDArray[np.int32]:
        """Return the enterprises that later deliveries told of; see `archive.touched`."""
        return touched(self._store, after, upto)

    def touched_by_each(self, after: int, upto: int) -> list[npt.NDArray[np.int32]]:
        """Return the enterprises that each of some deliveries told of; see `archive.touched`."""
        return touched_by_each(self._store, after, upto)

    def places(self, *, upto: int | None = None) -> pa.Table:
        """Return the records that have a place; see `archive.places`."""
        return place_records(self._store, upto=upto)

    def bans(self, *, upto: int | None = None) -> EventView:
        """Return the bans of persons that name no enterprise; see `archive.bans`."""
        return bans(self._store, upto=upto)

    def cases(self, *, upto: int | None = None) -> pa.Table:
        """Return by which case records mean each enterprise; see `archive.cases`."""
        return cases(self._store, upto=upto)

    def terms(self, kind: str, field: str) -> pa.Table:
        """Return the texts of a field, and by which case events mean each; see `archive.terms`."""
        return terms(self._store, kind, field)

    def records(self, kind: str, *, upto: int | None = None) -> pa.Table:
        """Return all records of a kind, with the enterprise's code and where each is from.

        Texts that can name a person are not among them; see `personal`.

        Raises
        ------
        NotFoundError
            If there is no such kind.
        """
        snapshot = self._store.snapshot(contract_of(kind).kind)
        table = snapshot.read(upto=upto) if snapshot else record_schema(kind).empty_table()
        codes = self.enterprises()["id"].take(table["entity"])
        return table.append_column("enterprise", codes)

    def versions(self, kind: str, fields: Sequence[str], *, upto: int | None = None) -> pa.Table:
        """Return each version of the records of a kind; see `archive.versions`."""
        return versions(self._store, kind, fields, upto=upto)

    def seen(
        self, kind: str, as_of: int, fields: Sequence[str], *, upto: int | None = None
    ) -> pa.Table:
        """Return the records of a kind that count as of a day; see `archive.seen`."""
        return seen(self._store, kind, as_of, fields, upto=upto)

    def called(self, records: Sequence[int], kinds: Sequence[str]) -> dict[int, tuple[str, str]]:
        """Return what records are, and what departments call them; see `archive.versions`."""
        return called(self._store, records, kinds)

    def personal(self, kind: str, *, upto: int | None = None) -> pa.Table:
        """Return the texts that can name a person: `record`, `row`, `field`, `value`, ..."""
        snapshot = self._store.snapshot("personal")
        table = snapshot.read(upto=upto) if snapshot else PERSONAL.empty_table()
        return table.filter(pc.equal(table["kind"], contract_of(kind).kind))

    def held(self, fate: str) -> pa.Table:
        """Return source rows set aside, `"quarantined"` or in `"review"`, in order of delivery."""
        snapshot = self._store.snapshot(fate)
        table = snapshot.read() if snapshot else HELD.empty_table()
        return table.sort_by([(name, "ascending") for name in ("sequence", "file", "row")])

    def lineage(
        self, enterprise: int, as_of: int = time.NEVER, streams: Iterable[str] | None = None
    ) -> dict[int, Lineage]:
        """Return where the records of an enterprise are from; see `archive.lineage`."""
        return lineage(self._store, numbered(self._store, enterprise), as_of, streams)

    def enterprises(
        self, *, part: tuple[int, int] = (0, 1), after: int = 0, upto: int | None = None
    ) -> pa.Table:
        """Return `enterprise` (dense number), `scheme` and `id` of all, or those of part i of n.

        Parameters
        ----------
        part
            Part i of n.
        after, upto
            Only those of whom deliveries after one, and up to another, were the first to tell.
        """
        return registered(self._store, Owners.part(*part), after=after, upto=upto)

    def codes(self, enterprises: npt.ArrayLike) -> dict[int, str]:
        """Return the code of each of some enterprises, by dense number; see `archive.lookup`."""
        return codes_of(self._store, enterprises)

    def enterprise(self, identifier: str) -> int:
        """Return the dense number of an enterprise by its identifier.

        `identifier` is the code itself, or `scheme:code` where several schemes share codes.

        Raises
        ------
        NotFoundError
            If the archive holds no record of it.
        """
        return find(self._store, identifier).number

    def owner(self, identifier: str) -> int:
        """Return the number under which the store keeps an enterprise; see `enterprise`."""
        return find(self._store, identifier).owner

    def credit_file(
        self, identifier: str, as_of: int, kinds: Iterable[str] = KINDS
    ) -> tuple[Entry, ...]:
        """Return every record of an enterprise as of a day; see `archive.creditfile`."""
        return credit_file(self._store, self.owner(identifier), as_of, kinds)

    def overview(
        self, department: str | None = None, kind: str | None = None
    ) -> tuple[SourceStatus, ...]:
        """Return how the archive stands, source by source; see `archive.overview`."""
        return overview(self.deliveries(), department, kind, counted(self._store))

    def awaiting(self) -> pa.Table:
        """Return what happened to records that are not here yet; see `archive.awaiting`."""
        parts = [record_schema(LIFECYCLE).empty_table().select(TOLD), *awaiting(self._store)]
        told = [(name, "ascending") for name in ("sequence", "file", "row")]
        return pa.concat_tables(parts).sort_by(told)

    def waiting(self, fate: str, wanted: Selection) -> list[Held]:
        """Return rows set aside that wait, `"quarantined"` or in `"review"`; see `archive.held`."""
        return select(self._store, fate, wanted)

    def trace(self, record: str, enterprise: str | None = None) -> tuple[Trace, ...]:
        """Return everything that was told of a record, by its number; see `archive.lineage`."""
        owner = None if enterprise is None else self.owner(enterprise)
        return trace(self._store, record, owner)

    def preview(self, source: Source, folder: Path, received: datetime, rows: int) -> Preview:
        """Map and check a delivery without taking it in; see `archive.preview`."""
        return preview(self._store, source, folder, received, rows)

    def suppose(
        self,
        identifier: str,
        records: Sequence[Mapping[str, str | None]],
        as_of: int,
        received: datetime,
        upto: int | None = None,
    ) -> Supposed:
        """Return the events of an enterprise if it had further records; see `archive.supposing`."""
        return suppose(self._store, find(self._store, identifier), records, as_of, received, upto)

    def replay(
        self, source: Source, sequence: int, received: datetime, folder: Path | None = None
    ) -> Receipt:
        """Try rows again that a delivery set aside; see `archive.replay`."""
        return replay(self._store, source, sequence, received, folder)

    @property
    def is_busy(self) -> bool:
        """Whether somebody is writing at this moment, so that others wait."""
        return self._store.is_busy

    @property
    def unfolded(self) -> int:
        """How many deliveries lie in journals; see `archive.journal`."""
        return len(self._store.state().journals)

    def fold(self, at: datetime) -> int:
        """Write what journals hold into the tables; return how many; see `archive.folding`."""
        return fold(self._store, at)

    def decide(
        self,
        sources: Iterable[Source],
        decisions: Sequence[Decision],
        received: datetime,
        folder: Path | None = None,
    ) -> list[Delivery]:
        """Carry out what a person decided on rows in review; see `archive.review`."""
        mappings = {source.name: source for source in sources}
        return decide(self._store, mappings, decisions, received, folder)

    def revoke(
        self, delivery: int, file: str, row: int, by: str, reason: str, received: datetime
    ) -> Delivery:
        """Take a decision on a row back; see `archive.standing`."""
        place = placed(self._store, delivery, file, row)
        return revoke(self._store, place, by, reason, received)

    def decisions(self) -> list[Decided]:
        """Return every decision on a row in review, and what was taken back, in order."""
        return entries(self._store)

    def compact(self, at: datetime) -> dict[str, tuple[int, int]]:
        """Put files in order; return how many each table had, and has; see `archive.upkeep`."""
        return compact(self._store, at)

    def vacuum(self, at: datetime, keep: timedelta) -> Swept:
        """Remove files that are no longer part of the archive; see `archive.upkeep`."""
        return vacuum(self._store, at, keep)

    def verify(self) -> list[Finding]:
        """Return everything that is not as it must be; see `archive.upkeep`."""
        return list(verify(self._store))

    def directory(self) -> Directory:
        """Return everybody by code, name, licence and more; see `archive.directory`."""
        return open_directory(self._store)

    def erase_person(self, person: str, at: datetime) -> Erased:
        """Remove what names a person, from the files as well; see `archive.erase`."""
        try:
            return erase_person(self._store, person, at)
        finally:
            purge(self._store)

    def erase_enterprise(self, identifier: str, at: datetime) -> Erased:
        """Remove the names and addresses of an enterprise; see `archive.erase`."""
        known = find(self._store, identifier)
        try:
            return erase_enterprise(self._store, known.scheme, known.code, at)
        finally:
            purge(self._store)
            clear_directory(self.folder)
