"""Readings: what the service looks up and computes for each question."""

from . import (
    access,
    audit,
    changes,
    downgrades,
    explanations,
    feed,
    grades,
    model,
    movements,
    remedies,
    reviews,
    warnings,
    watch,
    whatif,
)

__all__ = [
    "access",
    "audit",
    "changes",
    "downgrades",
    "explanations",
    "feed",
    "grades",
    "model",
    "movements",
    "remedies",
    "reviews",
    "warnings",
    "watch",
    "whatif",
]
