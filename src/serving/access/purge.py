"""The purge: what is over is removed, such as sessions that nobody will come back to."""

from collections.abc import Callable
from datetime import datetime, timedelta

from .lockouts import Failures, Lockouts
from .oidc import Pending, purge_pending
from .rows import Rows, kept
from .sessions import Session, Sessions

__all__ = ["purge"]


def purge(rows: Rows, now: Callable[[], datetime], idle: timedelta) -> dict[str, int]:
    """Remove what is over; keys and accounts stay, as the audit names them.

    Parameters
    ----------
    rows
        The ledger.
    now
        The clock.
    idle
        After how long without a request a session is over: as the service has it.

    Returns
    -------
    How many `sessions`, `failures` to sign in and `pending` sign-ins were removed.

    Examples
    --------
    >>> from datetime import UTC
    >>> from xinheng.ledger import Ledger
    >>> at = datetime(2026, 3, 1, tzinfo=UTC)
    >>> purge(Ledger("sqlite://"), lambda: at, timedelta(minutes=30))
    {'sessions': 0, 'failures': 0, 'pending': 0}
    """
    return {
        "sessions": Sessions(kept(rows, Session), now, idle).purge(),
        "failures": Lockouts(kept(rows, Failures), now).purge(),
        "pending": purge_pending(kept(rows, Pending), now()),
    }
