"""Passes: what somebody who proved who they are may do, looked up anew every second.

A key that is revoked is refused two seconds later at the latest, by every process. While the
ledger is gone, who was known goes on, for a quarter of an hour at most.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic

from ...core.errors import AccessError, OutageError
from .channels import Channel
from .grants import Principal
from .limits import Bucket
from .masking import Masks
from .tokens import digest

__all__ = ["Pass", "Passes"]

FRESH = 1.0
"""Seconds for which a pass is not looked up anew."""
ENDURED = 900.0
"""Seconds for which one holds that cannot be looked up, since it last was."""
MOST = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What somebody may do who proved who they are.

    Parameters
    ----------
    principal
        Who it is.
    channel
        The channel in which they ask, as it is today.
    masks
        What of personal data is kept from them in it.
    buckets
        What a request of theirs is taken from.
    view
        A digest of all by which answers to them differ from answers to others.
    expires
        When it is over in any case.
    """

    principal: Principal
    channel: Channel
    masks: Masks
    buckets: tuple[Bucket, ...]
    view: str
    expires: datetime

    @property
    def whole(self) -> bool:
        """Whether answers are handed out as they are."""
        return self.channel.fields is None and not self.masks.kinds


@dataclass(slots=True)
class _Kept:
    """A pass, when it was last looked up, and when it has to be again."""

    found: Pass
    seen: float
    due: float


class Passes:
    """The passes of those who asked lately, safe to use from many threads, in bounded memory.

    Parameters
    ----------
    look_up
        Makes the pass of a secret, from the ledger.
    now
        The clock.
    seconds
        Seconds, from any start.
    most
        How many are kept.
    """

    def __init__(
        self,
        look_up: Callable[[str], Pass],
        now: Callable[[], datetime],
        seconds: Callable[[], float] = monotonic,
        most: int = MOST,
    ) -> None:
        self._look_up = look_up
        self._now = now
        self._seconds = seconds
        self._most = most
        self._kept: dict[str, _Kept] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def known(self, secret: str) -> Pass | None:
        """Return the pass of a secret without asking the ledger; None where it has to be asked.

        One request looks a pass up that is due; those that come meanwhile go on with it.
        """
        kept = self._kept.get(digest(secret))
        if kept is None or self._now() >= kept.found.expires:
            return None
        seconds = self._seconds()
        if seconds >= kept.seen + ENDURED:
            return None
        if seconds < kept.due:
            return kept.found
        kept.due = seconds + FRESH
        return None

    def look_up(self, secret: str) -> Pass:
        """Return the pass of a secret from the ledger.

        Raises
        ------
        CredentialError, ForbiddenError
            If there is none.
        OutageError
            If the ledger does not answer, and the secret was not seen lately.
        """
        name = digest(secret)
        try:
            found = self._look_up(secret)
        except AccessError:
            with self._lock:
                self._kept.pop(name, None)
            raise
        except OutageError:
            endured = self._endured(name)
            if endured is None:
                raise
            return endured
        seconds = self._seconds()
        with self._lock:
            self._kept.pop(name, None)
            self._kept[name] = _Kept(found, seconds, seconds + FRESH)
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return found

    def _endured(self, name: str) -> Pass | None:
        """Return a pass that cannot be looked up, and still holds."""
        kept = self._kept.get(name)
        if kept is None or self._seconds() >= kept.seen + ENDURED:
            return None
        return kept.found if self._now() < kept.found.expires else None
