"""Taking in a delivery: read, map, check, settle every row, publish all or nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import Transaction

from ..core import time
from .aside import set_aside
from .check import FAULTS
from .collect import Collected, Mapped, collect
from .decisions import Decision
from .decisions import table as decided
from .entries import Delivery, FileCount
from .extract import Opened, connect, leave_out, open_delivery
from .fates import FATES, Fates
from .folding import fold_in, is_due
from .identity import CONFLICTS, conflicts, repeated
from .kinds import KINDS
from .known import Known
from .landing import Figures, Landed, Terms, land
from .manifest import State
from .members import ALONE, Members
from .parts import sound
from .source import Source
from .store import Store
from .tables import SETTLED

__all__ = ["Again", "Receipt", "described", "gather", "ingest", "keep", "publish"]
__all__ += ["put_aside", "take_in", "terms_of"]

Rows = npt.NDArray[np.int64]


COMPARED = ["number", "record", "content", "known_day"]
MOST_FAULTS = 20
FEW = 10_000  # rows, of each of which the manifest can tell the fate


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a delivery: whether it landed now or had landed before, and its counts."""

    landed: bool
    delivery: Delivery

    @property
    def useful(self) -> bool:
        """Whether any row of it is in the archive."""
        return any(file.accepted + file.duplicate + file.review for file in self.delivery.files)


@dataclass(frozen=True, slots=True)
class Again:
    """Rows that an earlier delivery set aside.

    Attributes
    ----------
    sequence, rows
        Number of that delivery, and its rows by file.
    decisions
        What a person decided about them, if that is why they are tried again.
    waits
        Whether the decisions are taken back, so that the rows wait as before.
    """

    sequence: int
    rows: Mapping[str, Rows]
    decisions: tuple[Decision, ...] = ()
    waits: bool = False

    def tables(self, sequence: int, at: datetime) -> dict[str, pa.Table]:
        """Return rows of `tables.SETTLED` that tell where they went, and of `tables.DECISION`."""
        settled = [
            {"held": self.sequence, "file": file, "row": row, "sequence": sequence}
            | {"waits": self.waits}
            for file, rows in self.rows.items()
            for row in rows.tolist()
        ]
        return {
            "settled": pa.Table.from_pylist(settled, schema=SETTLED),
            "decision": decided(self.decisions, sequence, at, revoked=self.waits),
        }


def ingest(
    store: Store, source: Source, folder: Path, received: datetime, known: Known | None = None
) -> Receipt:
    """Take in the delivery of a source that lies in `folder`.

    Parameters
    ----------
    store
        The archive's store.
    source
        Its mapping.
    folder
        Folder with the files of one delivery.
    received
        The moment of delivery, with its zone.
    known
        What finds enterprises without a code, kept from an earlier delivery of the same scheme.

    Returns
    -------
    Receipt
        With the counts of each file; `landed` is False where the same files had landed by the
        same mapping before, and nothing was written.

    Raises
    ------
    NotFoundError, InvalidError, MappingError
        If files are missing, cannot be read, or do not fit the mapping. Nothing is written.
    """
    with store.writing() as drafts:
        opened = open_delivery(source, folder, drafts)
        receipt, _ = take_in(store, source, opened, received, drafts, known)
        return receipt


def take_in(
    store: Store,
    source: Source,
    opened: Opened,
    received: datetime,
    drafts: Path,
    known: Known | None,
) -> tuple[Receipt, Collected | None]:
    """Take in an opened delivery; return what was found in it too, unless it landed before."""
    earlier = store.manifest.find(opened.digest)
    if earlier is not None:
        return Receipt(landed=False, delivery=earlier), None
    known = known or Known(store, source.declaration.scheme)
    collected = gather(source, opened, opened.fates(), received, drafts, known)
    delivery = publish(store, source, opened, collected, received)
    return Receipt(landed=True, delivery=delivery), collected


def gather(
    source: Source,
    opened: Opened,
    fates: Mapping[str, Fates],
    received: datetime,
    drafts: Path,
    known: Known,
) -> Collected:
    """Map and check a delivery; see `collect` for what the arguments are."""
    with connect(source, opened, drafts) as connection:
        leave_out(connection, source, fates)
        collected = collect(connection, source, opened, fates, received, drafts, known)
    _contradict(collected)
    return collected


def _contradict(collected: Collected) -> None:
    """Find rows that contradict others of the delivery, among those that are otherwise sound.

    Whatever SELECTs yield a kind, its records are held against each other; what is passed on is
    not held against what a department says itself.
    """
    files = list(collected.fates)
    groups: dict[tuple[str, bool], list[Mapped]] = {}
    for mapped in collected.mapped:
        groups.setdefault((mapped.records.kind, mapped.records.relay), []).append(mapped)
    for mine in groups.values():
        found = [CONFLICTS.empty_table()]
        for part in range(collected.parts):
            for mapped in mine:
                mapped.runs.release()
            if _any_repeated(mine, part):
                records = [_comparable(collected, mapped, part) for mapped in mine]
                some = [each for each in records if each is not None]
                if some:
                    found.append(conflicts(mine[0].contract, pa.concat_tables(some), files))
        wrong = pa.concat_tables(found)
        for place in {mapped.file for mapped in mine}:
            faults = wrong.filter(pc.equal(wrong["file"], place))
            collected.faults[files[place]].add(faults.select(FAULTS.names))
    for file, each in collected.faults.items():
        each.close(file)


def _any_repeated(mine: Sequence[Mapped], part: int) -> bool:
    tables = (mapped.runs.read(part, ["record"]) for mapped in mine)
    numbers = [table["record"].to_numpy() for table in tables if table is not None]
    return bool(numbers) and bool(repeated(np.concatenate(numbers)).any())


def _comparable(collected: Collected, mapped: Mapped, part: int) -> pa.Table | None:
    """Return the records of a part that are sound so far, and the file that they are from."""
    records = sound(collected, mapped, part, COMPARED)
    if records is None:
        return None
    file = pa.repeat(pa.scalar(mapped.file, pa.int16()), records.num_rows)
    return records.append_column("file", file)


def publish(
    store: Store,
    source: Source,
    opened: Opened,
    collected: Collected,
    received: datetime,
    again: Again | None = None,
) -> Delivery:
    """Write what the archive lacks of a delivery, and publish it.

    Parameters
    ----------
    store, source, opened, collected, received
        The archive's tables, the mapping, the delivery, what was found in it, and when it came.
    again
        If rows are tried again that an earlier delivery set aside: which.
    """
    if is_due(store):
        fold_in(store, received)
    sequence = store.state().sequence + 1
    terms = terms_of(source, sequence, received)
    landed = land(store, terms, collected, source.declaration.scheme)
    put_aside(store, landed, opened, collected, sequence)
    for name, rows in again.tables(sequence, received).items() if again else ():
        landed.write(store, name, rows)
    kept = keep(store, landed, opened.digest, sequence)
    found = described(source, opened, collected, received, landed.figures[sequence], sequence)
    delivery = found.model_copy(
        update={
            "replays": again.sequence if again and not again.waits else None,
            "revokes": again.sequence if again and again.waits else None,
            "folded": kept.folded,
            "journal": kept.journals.get(sequence),
            "tables": dict(kept.tables),
        }
    )
    store.manifest.publish(delivery)
    return delivery


def terms_of(source: Source, sequence: int, received: datetime, members: Members = ALONE) -> Terms:
    """Return what the records of a delivery have in common, or of several by one mapping."""
    clocks = source.declaration.clocks
    day, trusted = time.day_of(received), clocks.backfill == "trusted"
    return Terms(source.name, sequence, day, trusted, clocks.delay_days, members)


def put_aside(
    store: Store, landed: Landed, opened: Opened, collected: Collected, sequence: int
) -> None:
    """Take the rows of a delivery that do not land, with what is wrong with them."""
    for fate in ("quarantined", "review"):
        for rows in set_aside(opened, collected, fate, sequence):
            landed.write(store, fate, rows)


def described(
    source: Source,
    opened: Opened,
    collected: Collected,
    received: datetime,
    figures: Figures,
    sequence: int,
) -> Delivery:
    """Return the entry of a delivery, which does not say yet where its rows are."""
    return Delivery(
        sequence=sequence,
        source=source.name,
        department=source.declaration.department,
        digest=opened.digest,
        received=received,
        files=_counts(opened, collected.fates),
        records={kind: figures.records[kind] for kind in KINDS if figures.records[kind]},
        witnesses=dict(+figures.witnesses),
        lateness={kind: tuple(counts.tolist()) for kind, counts in figures.lateness.items()},
        newest=figures.newest,
        faults=_top_faults(collected),
        settled=_settled(collected.fates),
        tables={},
    )


def keep(store: Store, landed: Landed, digest: str, sequence: int) -> State:
    """Put what landed into a journal if it is little, else into the tables; return what is then."""
    state = store.state()
    if landed.rows and landed.is_little:
        journals = {**state.journals, sequence: store.journal.write(sequence, landed.rows)}
        return replace(state, journals=journals)
    landed.flush(store)
    tables = store.append(landed.files, Transaction(digest, sequence))
    return replace(state, tables=tables, folded=state.folded if state.journals else sequence)


def _counts(opened: Opened, fates: Mapping[str, Fates]) -> tuple[FileCount, ...]:
    counts = []
    for name, reading in opened.readings.items():
        found = fates[name].counts()
        found.pop("skipped")
        counts.append(
            FileCount(
                file=name,
                path=opened.paths[name].name,
                sha256=reading.sha256,
                rows=reading.data.num_rows + reading.faulty.num_rows,
                skipped=fates[name].reasons,
                **found,
            )
        )
    return tuple(counts)


def _settled(fates: Mapping[str, Fates]) -> dict[str, str]:
    """Return the fate of each row of a small delivery, by its first letter."""
    rows = {name: each.rows for name, each in fates.items()}
    if sum(map(len, rows.values())) > FEW:
        return {}
    return {
        name: "".join(FATES[place][0] for place in fates[name].of(some).tolist())
        for name, some in rows.items()
    }


def _top_faults(collected: Collected) -> dict[str, int]:
    tally: Counter[str] = Counter()
    for faults in collected.faults.values():
        tally.update(faults.tally)
    return dict(tally.most_common(MOST_FAULTS))
