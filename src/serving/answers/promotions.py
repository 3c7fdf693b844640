"""Promotions: which model graded when, who put it into force, why, and on what evidence."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .grade import GRADE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...ledger import Promotion
    from .values import Values

__all__ = ["PromotionsAnswer", "promotions_values"]

PROMOTION: dict[str, Any] = {
    "bundle": GRADE["bundle"],
    "kind": "challenger",
    "since": "2026-01-04T02:11:00Z",
    "until": None,
    "by": "li",
    "reason": "trained on a further quarter",
    "follows": "ab" * 32,
    "second": "wang",
    "waived": ["migration"],
    "gates": [
        {"name": "migration", "status": "failed", "says": "2.40% move by two levels or more"}
    ],
}


class GateAnswer(BaseModel):
    """What a gate found of a model before it was promoted."""

    name: str
    status: Literal["passed", "failed", "undecided"]
    says: str = Field(description="One line for people.")


class PromotionAnswer(BaseModel):
    """A model that was put into force."""

    bundle: str = Field(description="Digest of its bundle.")
    kind: str = Field(description="`first`, `challenger`, `recalibration`, `rollback` or `named`.")
    since: datetime
    until: datetime | None = Field(description="When the next one took its place; null if none.")
    by: str = Field(description="Who promoted it.")
    reason: str
    follows: str | None = Field(description="Digest of the champion before; null for the first.")
    second: str | None = Field(description="Who consented although gates did not pass, if anybody.")
    waived: list[str] = Field(description="The gates that did not pass and were waived.")
    gates: list[GateAnswer] = Field(description="What each found; none where none was asked.")


class PromotionsAnswer(BaseModel):
    """Every model that graded, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"promotions": [PROMOTION]}]})

    promotions: list[PromotionAnswer]


def promotions_values(history: Sequence[Promotion]) -> Values:
    """Return what is told of promotions, which come in the order in which they were made."""
    return {"promotions": [_promotion(each) for each in reversed(history)]}


def _promotion(promotion: Promotion) -> Values:
    signed, trial = promotion.sign_off, promotion.trial
    gates = () if trial is None else trial.gates
    return {
        "bundle": promotion.bundle,
        "kind": promotion.kind,
        "since": promotion.at,
        "until": promotion.until,
        "by": promotion.actor,
        "reason": promotion.reason,
        "follows": promotion.follows or None,
        "second": None if signed is None else signed.name,
        "waived": [] if signed is None else list(signed.gates),
        "gates": [{name: each[name] for name in ("name", "status", "says")} for each in gates],
    }
