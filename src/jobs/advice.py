"""Advice: what to do about a run that did not end well, for people and as data."""

from ..ledger import JobRun

__all__ = ["advice"]

DO = {
    "failed": "mend what it says",
    "late": "see what held it up, or give it more `minutes` in the timetable",
    "lost": "the log of that machine says why",
}
"""By the outcome of a run, what comes before it is run again."""


def advice(run: JobRun) -> str:
    """Return what to do about a run; nothing about one that went well or goes on.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 3, 1, tzinfo=UTC)
    >>> told = "error: there is no inbox; set XINHENG_INBOX"
    >>> advice(JobRun(1, "collect", at, 1, None, at, "scheduler", "m1", at, "failed", {}, told))
    'there is no inbox; set XINHENG_INBOX; mend what it says, then: xinheng jobs run collect'
    """
    if run.outcome not in DO:
        return ""
    lines = run.excerpt.splitlines() or ["it told nothing"]
    told = lines[-1].removeprefix("error: ").removesuffix(".")
    return f"{told}; {DO[run.outcome]}, then: xinheng jobs run {run.job}"
