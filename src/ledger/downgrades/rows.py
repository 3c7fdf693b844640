"""Rows of downgrade warnings, as the database has them and as the program does."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import RowMapping

from ...core import time
from ..reviews.rows import date_of
from ..trail.entry import aware
from .acts import Act
from .downgrade import Event
from .draft import Draft, Ground
from .tables import DISTRICT
from .warnings import Warned

__all__ = ["draft_of", "event_of", "ground_of", "row_of_draft", "row_of_ground", "warned_of"]


def row_of_draft(draft: Draft) -> dict[str, Any]:
    """Return the row of a draft, without its grounds."""
    told = {name: getattr(draft, name) for name in Draft.__slots__ if name != "grounds"}
    district = draft.district and draft.district[:DISTRICT]
    return told | {"as_of": date_of(draft.as_of), "district": district}


def draft_of(row: RowMapping, grounds: Iterable[Ground]) -> Draft:
    """Return the draft of a row and its grounds."""
    told = {name: row[name] for name in Draft.__slots__ if name != "grounds"}
    return Draft(**told | {"as_of": time.day(row["as_of"]), "grounds": tuple(grounds)})


def row_of_ground(ground: Ground, case: int, number: int) -> dict[str, Any]:
    """Return the row of a ground, on which the warning of an enterprise rests."""
    detail = {"records": [*ground.records], "basis": ground.basis, "text": dict(ground.text)}
    told = {"case": case, "number": number, "identity": ground.identity, "rule": ground.rule}
    return told | {"since": date_of(ground.since), "detail": detail}


def ground_of(row: RowMapping) -> Ground:
    """Return the ground of a row."""
    told = {**row["detail"], "records": tuple(row["detail"]["records"])}
    return Ground(rule=row["rule"], since=time.day(row["since"]), **told)


def event_of(row: RowMapping) -> Event:
    """Return the act of a row."""
    return Event(
        position=row["position"],
        at=aware(row["at"]),
        actor=row["actor"],
        act=Act(row["act"]),
        detail=row["detail"],
    )


def warned_of(row: RowMapping) -> Warned:
    """Return what the warning of a row sets."""
    told = {name: row[name] for name in Warned.__slots__} | {"at": aware(row["at"])}
    days = {name: time.day(row[name]) for name in ("first", "until") if row[name] is not None}
    return Warned(
        **{k: v for k, v in told.items() if v is not None} | days | {"level": row["level"]}
    )
