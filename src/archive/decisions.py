"""Decisions: whose a row in review is, who said so and why, as the archive keeps them.

A decision never changes. One that was wrong is taken back by a further entry, which says who took
it back and why as well.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .store import Store
from .tables import DECISION

if TYPE_CHECKING:
    from .creditfile import Origin

__all__ = ["DECIDED", "Decided", "Decision", "entries", "history_of", "table"]

# How `linked` begins where a person chose the enterprise.
DECIDED = "decided by "


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of a row in review.

    Attributes
    ----------
    delivery, file, row
        The row: number of the delivery, name of the file in the mapping or as delivered, and row.
    enterprise
        Code of the enterprise that the row is about; None if it is none that the archive knows.
    by, reason
        Who decided, and why.
    kind
        Which records of the row it is about, where they are about different enterprises; all of
        those that name none when None.
    """

    delivery: int
    file: str
    row: int
    enterprise: str | None
    by: str
    reason: str
    kind: str | None = None

    @property
    def place(self) -> tuple[int, str, int]:
        """The row that it is about."""
        return self.delivery, self.file, self.row

    def __str__(self) -> str:
        kind = f" ({self.kind})" if self.kind else ""
        return f"delivery {self.delivery}, {self.file}, row {self.row}{kind}"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it is kept.

    Attributes
    ----------
    decision
        What was said.
    sequence, at
        Number of the delivery that carried it out, and when that was.
    revoked
        Whether it takes back what was decided before.
    """

    decision: Decision
    sequence: int
    at: datetime
    revoked: bool


def entries(
    store: Store, places: Collection[tuple[int, str, int]] | None = None, since: int = 1
) -> list[Decided]:
    """Return what was decided, and taken back, in order.

    Parameters
    ----------
    store
        The archive's tables.
    places
        Delivery, file and row of the rows that are asked about; all when None.
    since
        First delivery that carried a decision out.
    """
    snapshot = store.snapshot("decision")
    rows = snapshot.read(since=since).sort_by("sequence").to_pylist() if snapshot else []
    found = map(_entry, rows)
    return [each for each in found if places is None or each.decision.place in places]


def history_of(
    store: Store, kind: str, linked: str | None, origin: "Origin"
) -> tuple[Decided, ...]:
    """Return who chose the enterprise of a record and who took that back; nobody of most.

    Parameters
    ----------
    store
        The archive's tables.
    kind, linked, origin
        Kind of the record, by what its enterprise was found, and the row that it is from.
    """
    snapshot = store.snapshot("decision")
    if snapshot is None or not (linked or "").startswith(DECIDED):
        return ()
    since = origin.sequence
    for each in map(_entry, snapshot.read(upto=since, since=since).to_pylist()):
        said = each.decision
        if (said.file, said.row) == (origin.file, origin.row) and said.kind in {None, kind}:
            return tuple(
                other
                for other in entries(store, {said.place}, since)
                if other.decision.enterprise == said.enterprise
                and other.decision.kind in {None, kind}
            )
    return ()


def table(decisions: Iterable[Decision], sequence: int, at: datetime, *, revoked: bool) -> pa.Table:
    """Return decisions as rows of `tables.DECISION`."""
    rows = [
        {field.name: getattr(each, field.name) for field in fields(each)}
        | {"held": each.delivery, "sequence": sequence, "at": at, "revoked": revoked}
        for each in decisions
    ]
    return pa.Table.from_pylist(rows, schema=DECISION)


def _entry(row: dict[str, Any]) -> Decided:
    said = {field.name: row[field.name] for field in fields(Decision) if field.name in row}
    return Decided(
        Decision(delivery=row["held"], **said), row["sequence"], row["at"], row["revoked"]
    )
