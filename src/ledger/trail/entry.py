"""Entries of the audit trail, and the chain that each belongs to.

A chain is written by one process. The digest of an entry is the SHA-256, in hexadecimal digits, of
the digest before it and of the entry as canonical JSON: keys in order, no blanks, UTF-8.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, Self

from ...core.errors import InvalidError
from ..tables import ENTRY

__all__ = ["GENESIS", "Chain", "Entry", "Note", "aware", "canonical"]

GENESIS = "0" * 64
"""What the first entry of a chain has for the digest before it."""

ROOM = {
    name: ENTRY.c[name].type.length  # type: ignore[attr-defined]
    for name in ("actor", "purpose", "action", "subject")
}


def canonical(value: object) -> str:
    """Return a value as JSON that has one form only.

    Examples
    --------
    >>> canonical({"b": 1, "a": "信"})
    '{"a":"信","b":1}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def aware(at: datetime) -> datetime:
    """Return a moment in UTC: SQLite forgets the zone of what it is given."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody did or read, before it has a place in a chain.

    Attributes
    ----------
    at, actor, purpose
        When, by whom, and what for; the purpose may be empty.
    action, subject
        What was done, and to whom or what.
    detail
        More of it, as canonical JSON. No names, numbers or addresses of persons.
    """

    at: datetime
    actor: str
    purpose: str
    action: str
    subject: str
    detail: str

    @classmethod
    def of(
        cls,
        *,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Any],
        purpose: str = "",
    ) -> Self:
        """Check and return a note; moments among the details are left out.

        Raises
        ------
        InvalidError
            If a text is longer than its column, or holds what no database takes.
        """
        plain = canonical({key: value for key, value in detail.items() if key != "at"})
        texts = {"actor": actor, "purpose": purpose, "action": action, "subject": subject}
        for name, value in texts.items():
            if len(value) > ROOM[name]:
                raise InvalidError(f"the {name} of an audit entry has at most {ROOM[name]} letters")
        try:
            sound = "\0" not in "".join((*texts.values(), plain.encode().decode()))
            "".join(texts.values()).encode()
        except UnicodeEncodeError:
            sound = False
        if not sound:
            raise InvalidError("an audit entry holds a character that no database takes")
        return cls(at=aware(at), **texts, detail=plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A note at its place: position `position` of a chain, after the digest `previous`.

    Examples
    --------
    >>> note = Note.of(at=datetime(2026, 1, 1, tzinfo=UTC), actor="li", action="read grade",
    ...                subject="E1", detail={})
    >>> entry = Chain("ab" * 16).extend([note])[0]
    >>> entry.position, entry.digest == entry.expected()
    (1, True)
    """

    chain: str
    position: int
    previous: str
    at: datetime
    actor: str
    purpose: str
    action: str
    subject: str
    detail: str
    digest: str = ""

    def expected(self) -> str:
        """Return the digest that the entry must have."""
        told = {
            "chain": self.chain,
            "position": self.position,
            "at": self.at.isoformat(timespec="microseconds"),
            "actor": self.actor,
            "purpose": self.purpose,
            "action": self.action,
            "subject": self.subject,
            "detail": self.detail,
        }
        return hashlib.sha256((self.previous + canonical(told)).encode()).hexdigest()

    def row(self) -> dict[str, Any]:
        """Return the entry as a row of its table."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """Return the entry of a row."""
        told = {each.name: row[each.name] for each in fields(cls)}
        return cls(**told | {"at": aware(told["at"])})

    def line(self) -> str:
        """Return the entry as a line of JSON."""
        return canonical(self.row() | {"at": self.at.isoformat(timespec="microseconds")})

    @classmethod
    def read(cls, line: str | bytes) -> Self:
        """Return the entry of a line.

        Raises
        ------
        ValueError
            If the line is no entry.
        """
        try:
            told = json.loads(line)
            return cls(**told | {"at": datetime.fromisoformat(told["at"])})
        except (KeyError, TypeError) as error:
            message = f"not an entry: {error}"
            raise ValueError(message) from None


@dataclass(slots=True)
class Chain:
    """Where a chain stands: its name, the position of its last entry, and that one's digest."""

    name: str = field(default_factory=lambda: secrets.token_hex(16))
    position: int = 0
    digest: str = GENESIS

    def extend(self, notes: Iterable[Note]) -> list[Entry]:
        """Return the notes as the next entries; the chain itself stays where it is."""
        entries, position, previous = [], self.position, self.digest
        for note in notes:
            position += 1
            draft = Entry(
                chain=self.name,
                position=position,
                previous=previous,
                at=note.at,
                actor=note.actor,
                purpose=note.purpose,
                action=note.action,
                subject=note.subject,
                detail=note.detail,
            )
            previous = draft.expected()
            entries.append(replace(draft, digest=previous))
        return entries

    def advance(self, entry: Entry) -> None:
        """Stand at an entry that is kept."""
        self.position, self.digest = entry.position, entry.digest
