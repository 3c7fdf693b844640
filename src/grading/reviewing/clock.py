"""Clocks of reviews: working days as acts tell them, reckoned anew once holidays are announced."""

from typing import Any

from ...core import time
from ...core.calendar import expected_working_day
from ...ledger.reviews import Case

__all__ = ["clock", "extended", "reckoned"]


def clock(start: int, days: int) -> dict[str, Any]:
    """Return a clock as the detail of an act.

    Parameters
    ----------
    start
        Day number on which it begins, which is not counted.
    days
        Working days.

    Examples
    --------
    >>> clock(time.day("2026-09-30"), 1)
    {'due': '2026-10-08', 'expected': False, 'start': '2026-09-30', 'days': 1}
    """
    due, expected = expected_working_day(start, days)
    return {"due": time.show(due), "expected": expected, "start": time.show(start), "days": days}


def extended(case: Case, days: int) -> dict[str, Any]:
    """Return the clock of a case with working days added to those that it had."""
    start, had = _running(case)
    return clock(start, had + days)


def reckoned(case: Case) -> dict[str, Any] | None:
    """Return the clock of a case once the holidays are announced that might have put it off.

    Nothing where they are not, or where it never depended on them.
    """
    told = clock(*_running(case)) if case.expected else None
    return None if told is None or told["expected"] else told


def _running(case: Case) -> tuple[int, int]:
    """Return when the clock of a case began and its working days."""
    if case.clock is None or case.due is None:
        raise ValueError(f"no clock of case {case.id} runs")
    start = case.clock.day("start")
    return (case.due, 0) if start is None else (start, int(case.clock.detail["days"]))
