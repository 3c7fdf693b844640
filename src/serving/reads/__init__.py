"""Readings: what the service looks up and computes for each question."""

from . import (
    access,
    audit,
    changes,
    explanations,
    grades,
    model,
    movements,
    remedies,
    reviews,
    whatif,
)

__all__ = [
    "access",
    "audit",
    "changes",
    "explanations",
    "grades",
    "model",
    "movements",
    "remedies",
    "reviews",
    "whatif",
]
