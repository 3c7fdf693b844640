"""Spans: whether something is recent enough, by a clock that somebody may have set back."""

from datetime import datetime, timedelta

__all__ = ["SKEW", "within"]

SKEW = timedelta(minutes=1)
"""So far apart may the clocks of two machines be."""


def within(since: datetime, now: datetime, span: timedelta) -> bool:
    """Tell whether less than a span has passed since a moment, which does not lie ahead.

    What was written by a clock that was set back since is not recent: else it would last for as
    long as the clock was ahead.

    Examples
    --------
    >>> now = datetime(2026, 3, 1, 12)
    >>> [within(now - timedelta(hours=ago), now, timedelta(hours=2)) for ago in (1, 2, -1)]
    [True, False, False]
    """
    return -SKEW <= now - since < span
