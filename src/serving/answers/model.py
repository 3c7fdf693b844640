"""The model: its card, its digest, and since when it is champion."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from .grade import GRADE
from .values import Values

if TYPE_CHECKING:
    from ...grading import Bundle
    from ...ledger import Promotion

__all__ = ["CardAnswer", "CardGroupAnswer", "ModelAnswer", "model_values"]


class CardGroupAnswer(BaseModel):
    """What was promised to a group of the test rows, and what came, with its 95 % interval."""

    by: str
    name: str
    rows: int
    violations: int
    promised: float
    observed: float
    lower: float
    upper: float


class CardAnswer(BaseModel):
    """What a model was made from, for what, and how good it was."""

    purpose: str
    cohort: str
    label: str = Field(description="What is predicted.")
    windows: dict[str, tuple[str, str]] = Field(description="First and last day of each part.")
    rows: dict[str, int] = Field(description="Number of rows of each part.")
    measures: dict[str, tuple[float | None, float | None, float | None]] = Field(
        description="Measures out of time, each with its interval."
    )
    seed: int
    inspector: bool = Field(description="Whether who inspected was an input.")
    cut: str = Field(description="The day before which all was known that it was fitted on.")
    followed: float = Field(description="How far its calibration has followed outcomes since.")
    followed_until: str
    level_of: str
    notes: str
    groups: list[CardGroupAnswer]
    versions: dict[str, str] = Field(description="Of the libraries that made it.")


class ModelAnswer(BaseModel):
    """The model that grades."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "bundle": GRADE["bundle"],
                    "promoted": "2026-01-04T02:11:00Z",
                    "kind": "challenger",
                    "policy": "default",
                    "fingerprint": "5f0c1ad6c1f8f7d5",
                    "card": {
                        "purpose": "grade",
                        "cohort": "panel",
                        "label": "a violation within twelve months",
                        "windows": {"train": ["2021-01-01", "2024-12-31"]},
                        "rows": {"train": 120000},
                        "measures": {"auc": [0.74, 0.72, 0.76]},
                        "seed": 1,
                        "inspector": False,
                        "cut": "2026-01-01",
                        "followed": 0.0,
                        "followed_until": "",
                        "level_of": "2025-07-02",
                        "notes": "",
                        "groups": [
                            {
                                "by": "population",
                                "name": "producer",
                                "rows": 700,
                                "violations": 61,
                                "promised": 0.083,
                                "observed": 0.087,
                                "lower": 0.068,
                                "upper": 0.111,
                            }
                        ],
                        "versions": {"lightgbm": "4.7.0"},
                    },
                }
            ]
        }
    )

    bundle: str = Field(description="Digest of its bundle.")
    promoted: datetime | None = Field(description="Since when it is champion.")
    kind: str | None = Field(
        description="`first`, `challenger`, `recalibration`, `rollback` or `named`."
    )
    policy: str = Field(description="Name of the policy in its bundle.")
    fingerprint: str = Field(description="Of the declarations of its indicators.")
    card: CardAnswer = Field(description="Its model card.")


def model_values(bundle: Bundle, promotion: Promotion | None) -> Values:
    """Return what is told of a bundle, and of when it became champion."""
    at = None if promotion is None else promotion.at.isoformat().replace("+00:00", "Z")
    return {
        "bundle": bundle.digest,
        "promoted": at,
        "kind": None if promotion is None else promotion.kind,
        "policy": bundle.policy.name,
        "fingerprint": bundle.catalogue.fingerprint,
        "card": asdict(bundle.card),
    }
