"""Severity: the order of levels, of which the ledger knows the names alone."""

from ...core.errors import NotFoundError

__all__ = ["LEVELS", "severity"]

LEVELS = ("A+", "A", "B", "C", "D", "E")
"""From the lowest risk to the highest."""


def severity(level: str) -> int:
    """Return the place of a level in the order.

    Raises
    ------
    NotFoundError
        If no level is written so.

    Examples
    --------
    >>> severity("D") > severity("A+")
    True
    """
    if level not in LEVELS:
        raise NotFoundError.among("level", level, LEVELS)
    return LEVELS.index(level)
