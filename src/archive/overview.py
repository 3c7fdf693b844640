"""How the archive stands: what each source delivered, what became of it, how fresh and late."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ..core.errors import NotFoundError
from .entries import Delivery
from .kinds import contract_of
from .replay import LANDED

__all__ = ["LATENESS", "Rows", "SourceStatus", "overview"]

# Known so many days after it happened.
LATENESS = ("7", "30", "90", "365", "more")


@dataclass(slots=True)
class Rows:
    """What became of rows: each that was read has one fate."""

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    review: int = 0
    skipped: int = 0

    @property
    def settled(self) -> int:
        """Rows with a fate; equal to `read`, always."""
        return self.accepted + self.duplicate + self.quarantined + self.review + self.skipped


@dataclass(slots=True)
class SourceStatus:
    """What one source delivered, summed over its deliveries.

    Attributes
    ----------
    source, department
        Its name and who delivers.
    deliveries, replays, last
        How many there were, how many of them tried rows again, and when the newest came.
    rows, again
        Fates of the rows, and how many were tried again: they count anew in `rows`. Those
        whose decision was taken back count in `rows` a third time, and no longer as tried.
    records, witnesses, lateness, newest
        By kind: records that landed, told of again by this source, by how late they were known,
        and day number of the newest.
    faults
        How often each fault was found.
    awaiting
        Happenings told by this source whose record the archive lacks, by kind of the record.
    """

    source: str
    department: str
    last: datetime
    deliveries: int = 0
    replays: int = 0
    again: int = 0
    rows: Rows = field(default_factory=Rows)
    records: Counter[str] = field(default_factory=Counter)
    witnesses: Counter[str] = field(default_factory=Counter)
    lateness: dict[str, list[int]] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    awaiting: Counter[str] = field(default_factory=Counter)

    @property
    def waiting(self) -> int:
        """Rows in quarantine or review that no replay and no decision has settled."""
        return self.rows.quarantined + self.rows.review - self.again

    @property
    def late(self) -> list[int]:
        """Records of all kinds by how late they were known."""
        return [sum(counts) for counts in zip(*self.lateness.values(), strict=True)]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name, with `waiting`."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {"rows": asdict(self.rows), "waiting": self.waiting}

    def add(self, delivery: Delivery) -> None:
        """Count a delivery."""
        self.deliveries += 1
        self.last = max(self.last, delivery.received)
        self.department = delivery.department
        for file in delivery.files:
            elsewhere = file.skipped.get(LANDED, 0) if delivery.replays else 0
            self.rows.read += file.rows - elsewhere
            self.rows.accepted += file.accepted
            self.rows.duplicate += file.duplicate
            self.rows.quarantined += file.quarantined
            self.rows.review += file.review
            self.rows.skipped += sum(file.skipped.values()) - elsewhere
            if delivery.replays:
                self.again += file.rows - elsewhere
            if delivery.revokes:
                self.again -= file.rows
        self.replays += delivery.replays is not None
        self.records.update(delivery.records)
        self.witnesses.update(delivery.witnesses)
        self.faults.update(delivery.faults)
        for kind, counts in delivery.lateness.items():
            before = self.lateness.get(kind, [0] * len(LATENESS))
            self.lateness[kind] = [a + b for a, b in zip(before, counts, strict=True)]
        for kind, day in delivery.newest.items():
            self.newest[kind] = max(day, self.newest.get(kind, day))

    def only(self, kind: str) -> None:
        """Forget the records of other kinds; rows and faults of its prefix stay."""
        for figures in (
            self.records,
            self.witnesses,
            self.lateness,
            self.newest,
            self.awaiting,
        ):
            for other in set(figures) - {kind}:
                del figures[other]
        for fault in [fault for fault in self.faults if not fault.startswith(f"{kind}.")]:
            del self.faults[fault]


def overview(
    deliveries: Sequence[Delivery],
    department: str | None = None,
    kind: str | None = None,
    awaiting: Mapping[tuple[str, str], int] = MappingProxyType({}),
) -> tuple[SourceStatus, ...]:
    """Sum deliveries up by source, in the order in which the sources first delivered.

    Parameters
    ----------
    deliveries
        Of an archive, oldest first.
    department
        Only sources whose name, or whose department's name, holds this text.
    kind
        Only sources that told of this kind of record, and of their records only these.
    awaiting
        How many happenings await their record, by source and kind.

    Raises
    ------
    NotFoundError
        If there is no such department, or no such kind.
    """
    found: dict[str, SourceStatus] = {}
    for delivery in deliveries:
        if delivery.source not in found:
            found[delivery.source] = SourceStatus(
                delivery.source, delivery.department, delivery.received
            )
        found[delivery.source].add(delivery)
    for (source, of), count in awaiting.items():
        found[source].awaiting[of] = count
    chosen: Iterable[SourceStatus] = found.values()
    if department is not None:
        chosen = _named(found.values(), department)
    if kind is not None:
        name = contract_of(kind).kind
        chosen = [
            each
            for each in chosen
            if each.records[name] or each.witnesses[name] or each.awaiting[name]
        ]
        for each in chosen:
            each.only(name)
    return tuple(chosen)


def _named(sources: Iterable[SourceStatus], text: str) -> list[SourceStatus]:
    wanted = text.casefold()
    exact = [each for each in sources if wanted in {each.source, each.department}]
    near = [each for each in sources if wanted in f"{each.source}\n{each.department}".casefold()]
    if not near:
        raise NotFoundError.among("department or source", text, [each.source for each in sources])
    return exact or near
