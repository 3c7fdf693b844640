"""Readings: what the service looks up and computes for each question."""

from . import changes, explanations, grades, model, movements, remedies, reviews, whatif

__all__ = [
    "changes",
    "explanations",
    "grades",
    "model",
    "movements",
    "remedies",
    "reviews",
    "whatif",
]
