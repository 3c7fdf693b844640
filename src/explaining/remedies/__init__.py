"""Remedies: the smallest sets of steps that lead to a better level."""

from .remedies import Outcome, Remedies, find_remedies

__all__ = ["Outcome", "Remedies", "find_remedies"]
