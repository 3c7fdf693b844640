"""What is sought in the audit trail, as people ask for it: by days of Shanghai, by enterprise."""

from collections.abc import Collection
from datetime import date, datetime
from datetime import time as clock

from ..core.errors import InvalidError
from ..core.identifiers import USCC
from ..core.time import SHANGHAI
from ..ledger import Sought

__all__ = ["HISTORY", "forms", "sought"]

LISTS = frozenset({"read scores", "send changes"})
"""Readings of many enterprises, who are named in the details."""
HISTORY = frozenset(
    {
        *("issue key", "hold key", "agree to key", "rotate key", "revoke key"),
        *("add account", "set person", "change grant", "disable account", "enable account"),
        *("offer set-up", "set password", "hold account", "agree to account", "end sessions"),
        *("offer second factor", "confirm second factor", "drop second factor"),
        *("sign in", "sign out", "was kept out", "prove again"),
    }
)
"""What is done to keys and accounts, and by them to come in."""


def forms(identifier: str) -> frozenset[str]:
    """Return how an identifier may have been asked for.

    Examples
    --------
    >>> sorted(forms("91440300MA5XNG010A")) == sorted(forms("uscc:91440300MA5XNG010A"))
    True
    """
    scheme, found, code = identifier.partition(":")
    if found and scheme != USCC:
        return frozenset({identifier})
    bare = code if found else identifier
    return frozenset({bare, f"{USCC}:{bare}"})


def sought(
    *,
    actor: str | None = None,
    enterprise: str | None = None,
    subject: str | None = None,
    actions: Collection[str] = (),
    purpose: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Sought:
    """Return what is asked for.

    Raises
    ------
    InvalidError
        If an enterprise and another subject are named.

    Examples
    --------
    >>> sought(actor="account li", since=date(2026, 3, 1)).since.isoformat()
    '2026-03-01T00:00:00+08:00'
    """
    if enterprise is not None and subject is not None:
        raise InvalidError("an enterprise and another subject are named; name one of them")
    named = frozenset() if subject is None else frozenset({subject})
    return Sought(
        actor=actor,
        purpose=purpose,
        subjects=named if enterprise is None else forms(enterprise),
        lists=LISTS,
        actions=frozenset(actions),
        since=_start(since),
        until=_start(until),
    )


def _start(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, clock.min, SHANGHAI)
