"""Receipts: what became of records that were posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .grade import GRADE
from .values import Level, Probability, Values

if TYPE_CHECKING:
    from ...ledger import Outcome, Posting

__all__ = ["ReceiptAnswer", "receipt_values"]

ACCEPTED = "accepted"
FATES = ("accepted", "duplicate", "quarantined", "review", "skipped")
Faults = Mapping[tuple[str, int], Sequence[Mapping[str, str]]]
Fate = Literal["accepted", "duplicate", "quarantined", "review", "skipped"]
RECEIPT: dict[str, JsonValue] = {
    "receipt": "5f0c2a52-58d6-4a3b-9f4e-3c4c2f0d8e11",
    "state": "folded",
    "source": "city-market",
    "at": "2026-03-01T02:00:07.120000Z",
    "rows": 2,
    "waits": None,
    "settled": "2026-03-01T02:00:07.410000Z",
    "delivery": 43,
    "repeated": False,
    "reason": None,
    "counts": {"accepted": 1, "duplicate": 0, "quarantined": 1, "review": 0, "skipped": 0},
    "fates": [
        {"file": "penalties", "row": 1, "fate": "accepted", "faults": []},
        {
            "file": "penalties",
            "row": 2,
            "fate": "quarantined",
            "faults": [{"field": "fine", "value": "much", "fault": "is no number"}],
        },
    ],
    "enterprises": [
        {
            "enterprise": GRADE["enterprise"],
            "as_of": "2026-03-02",
            "level_before": "A",
            "level": "C",
            "probability": 0.114,
        }
    ],
}


class FaultAnswer(BaseModel):
    """What is wrong with a row."""

    field: str | None = Field(description="Of the contract; null if it is the row as a whole.")
    value: str | None = Field(description="What was there.")
    fault: str = Field(description="What is wrong with it.")


class FateAnswer(BaseModel):
    """What became of a row."""

    file: str = Field(description="As the mapping calls it, or `posted_KIND` for records by kind.")
    row: int = Field(description="Its place in its file, or among all records, from 1 on.")
    fate: Fate = Field(
        description="`accepted`: it counts. `duplicate`: the archive had it. `quarantined`: it "
        "has faults, and waits untouched. `review`: a person decides whose it is. `skipped`: the "
        "mapping leaves such rows out."
    )
    faults: list[FaultAnswer]


class TouchedAnswer(BaseModel):
    """The grade of an enterprise that the records told of, as of the day from which they count.

    It is provisional until that day begins; whoever may not read grades gets none.
    """

    enterprise: str
    as_of: date
    level_before: Level | None = Field(
        description="As of the same day without these records; null if nothing was known."
    )
    level: Level | None
    probability: Probability | None


class ReceiptAnswer(BaseModel):
    """What became of records that were posted."""

    model_config = ConfigDict(json_schema_extra={"examples": [RECEIPT]})

    receipt: str = Field(description="By which this is asked for.")
    state: Literal["accepted", "folded", "refused"] = Field(
        description="`accepted`: they are kept and will be in the archive. `folded`: they are. "
        "`refused`: they cannot be; `reason` says why."
    )
    source: str
    at: datetime = Field(description="When they were accepted.")
    rows: int
    waits: str | None = Field(description="For what they wait, if they wait longer than usual.")
    settled: datetime | None = Field(description="When they were folded in, or refused.")
    delivery: int | None = Field(description="The delivery that holds them.")
    repeated: bool = Field(
        description="Whether the very same rows were in the archive before: then fates are those "
        "of that time, and nothing changed."
    )
    reason: str | None = Field(description="Why they were refused.")
    counts: dict[Fate, int] = Field(description="How many rows have each fate.")
    fates: list[FateAnswer]
    enterprises: list[TouchedAnswer]


def receipt_values(
    posting: Posting,
    outcome: Outcome | None,
    waits: str | None,
    faults: Faults,
    *,
    graded: bool,
) -> Values:
    """Return a receipt.

    Parameters
    ----------
    posting, outcome
        What was accepted, and what came of it, if anything did.
    waits
        For what it waits.
    faults
        What is wrong with rows, by file and row.
    graded
        Whether who asks may read grades.
    """
    detail: Mapping[str, Any] = outcome.detail if outcome else {}
    fates = [
        _fate(name, row, fate, faults.get((name, row), ()))
        for name, rows in detail.get("rows", {}).items()
        for row, fate in rows
    ]
    fates.sort(key=lambda each: (each["row"], each["file"]))
    found = [each["fate"] for each in fates]
    return {
        "receipt": posting.receipt,
        "state": outcome.state if outcome else ACCEPTED,
        "source": posting.source,
        "at": _moment(posting.at),
        "rows": posting.rows,
        "waits": waits,
        "settled": _moment(outcome.at) if outcome else None,
        "delivery": outcome.delivery if outcome else None,
        "repeated": bool(detail.get("repeated", False)),
        "reason": detail.get("reason"),
        "counts": {fate: found.count(fate) for fate in FATES} if outcome else {},
        "fates": fates,
        "enterprises": [
            each if graded else {**each, "level_before": None, "level": None, "probability": None}
            for each in detail.get("enterprises", [])
        ],
    }


def _fate(file: str, row: int, fate: str, faults: Sequence[Mapping[str, str]]) -> Values:
    told = [
        {"field": each.get("field"), "value": each.get("value"), "fault": each["fault"]}
        for each in faults
    ]
    return {"file": file, "row": row, "fate": fate, "faults": told}


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
