"""The audit trail as it is read: entries, and how its chains were when last checked."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

if TYPE_CHECKING:
    from ...ledger import Entry, Page
    from .values import Values

__all__ = ["AuditAnswer", "VerificationAnswer", "audit_values"]

ENTRY: dict[str, Any] = {
    "at": "2026-03-01T08:00:00Z",
    "actor": "account li",
    "purpose": "complaint:2026-0117",
    "action": "read grade",
    "subject": "91440300MA5XNG010A",
    "detail": {"as_of": "2026-03-01", "channel": "console"},
    "chain": "5f0c2a5258d64a3b9f4e3c4c2f0d8e11",
    "position": 41,
    "digest": "ab" * 32,
}
NEXT = "2026-03-01T08:00:00.000000Z~90117"
GRADES = frozenset({"level"})
"""What details tell of grades, which whoever reads the audit may not read by it."""


class EntryAnswer(BaseModel):
    """One entry of the audit trail."""

    at: datetime
    actor: str = Field(description="Who it was: an account, a key, or `oidc PROVIDER/SUBJECT`.")
    purpose: str = Field(description="What for; empty where no purpose is asked for.")
    action: str
    subject: str = Field(description="To whom or what it was done.")
    detail: dict[str, JsonValue] = Field(
        description="More of it. Levels are left out: the audit tells that a grade was read."
    )
    chain: str
    position: int = Field(description="Its place in its chain.")
    digest: str = Field(description="By which `xinheng ledger verify` knows it.")


class AuditAnswer(BaseModel):
    """A page of the audit trail, the newest entries first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"entries": [ENTRY], "next": NEXT}]})

    entries: list[EntryAnswer]
    next: str | None = Field(
        description="What `after` has to be for the page that follows; null on the last. A page "
        "looks at so many entries, so it may be shorter than was asked for, and empty."
    )


class VerificationAnswer(BaseModel):
    """Whether the audit trail held when the scheduled job last checked it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "state": "sound",
                    "job": "trail",
                    "checked": "2026-03-01T21:00:31Z",
                    "sound_at": "2026-03-01T21:00:31Z",
                    "due": "2026-03-03T05:00:00+08:00",
                    "entries": 90117,
                    "chains": 14,
                    "anchors": 230,
                    "faults": 0,
                    "remarks": 1,
                    "waiting": 0,
                    "anchored": "2026-03-02T08:00:11Z",
                }
            ]
        }
    )

    state: Literal["sound", "faulty", "failed", "never checked", "not scheduled"] = Field(
        description="What the last check found. `failed`: it came to no end; `job` has why."
    )
    job: str | None = Field(
        description="The job that checks it; null where the timetable has none."
    )
    checked: datetime | None = Field(description="When it was last checked; null if never.")
    sound_at: datetime | None = Field(description="When it was last found sound; null if never.")
    due: datetime | None = Field(description="When it is checked next.")
    entries: int | None = Field(description="How many entries were checked.")
    chains: int | None
    anchors: int | None
    faults: int | None = Field(description="`xinheng ledger verify` names each.")
    remarks: int | None
    waiting: int = Field(description="Entries that wait on disk for the database at the moment.")
    anchored: datetime | None = Field(description="When an anchor was last added.")


def audit_values(page: Page) -> Values:
    """Return a page of entries."""
    entries = [_entry_values(entry) for _, entry in page.entries]
    return {"entries": entries, "next": None if page.next is None else page.next.write()}


def _entry_values(entry: Entry) -> Values:
    detail = {name: each for name, each in json.loads(entry.detail).items() if name not in GRADES}
    return {
        "at": entry.at,
        "actor": entry.actor,
        "purpose": entry.purpose,
        "action": entry.action,
        "subject": entry.subject,
        "detail": detail,
        "chain": entry.chain,
        "position": entry.position,
        "digest": entry.digest,
    }
