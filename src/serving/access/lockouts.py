"""Lock-outs: guessing slows down, and nobody can lock somebody else out for good.

Failures are counted for each name *and* place: a device that signed in before, which shows a
token, or else the address that asks. Each failure after the first few doubles the delay, up to
a quarter of an hour. All places together without a known device are counted as well, so that
many addresses do not help much; that delay is short, and a known device is free of it. What is
tried while locked out is neither looked at nor counted, and the names that nobody has are
counted alike, so that being locked out tells nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...core.errors import LimitError
from .network import network
from .store import Store
from .tokens import digest

__all__ = ["Failures", "Lockouts", "Tries"]

FORGOTTEN = timedelta(hours=24)
STRANGERS = "strangers"


@dataclass(frozen=True, slots=True)
class Failures:
    """How often it failed in a row, when last, and until when nothing is looked at."""

    count: int
    last: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Tries:
    """So many are free; after these the delay doubles from a second up to the longest.

    Examples
    --------
    >>> [Tries(4, timedelta(minutes=15)).delay(count).seconds for count in (4, 5, 6, 7, 20, 999)]
    [0, 1, 2, 4, 900, 900]
    """

    free: int
    longest: timedelta

    def delay(self, count: int) -> timedelta:
        """Return the delay after so many failures."""
        if count <= self.free:
            return timedelta()
        doublings = min(count - self.free - 1, 30)
        return min(timedelta(seconds=2**doublings), self.longest)


class Lockouts:
    """Counts tries to sign in.

    Parameters
    ----------
    store
        Where failures are kept.
    now
        The clock.
    place, strangers
        How many tries are free, and the longest delay: at one place, and of all unknown ones
        together.
    """

    def __init__(
        self,
        store: Store[Failures],
        now: Callable[[], datetime],
        place: Tries = Tries(4, timedelta(minutes=15)),
        strangers: Tries = Tries(100, timedelta(minutes=1)),
    ) -> None:
        self._store = store
        self._now = now
        self._place = place
        self._strangers = strangers

    def begin(self, name: str, address: str, device: str | None) -> None:
        """Count a try as failed before anything is looked at; `succeeded` takes it back.

        Parameters
        ----------
        name
            The account that is asked for, whether it exists or not.
        address
            Where the request comes from.
        device
            The digest of the token of a device known to the account; None without one.

        Raises
        ------
        LimitError
            While locked out, with the seconds to wait.
        """
        self._count(_key(name, _place(address, device)), self._place)
        if device is None:
            try:
                self._count(_key(name, STRANGERS), self._strangers)
            except LimitError:
                self._take_back(_key(name, _place(address, device)), self._place)
                raise

    def succeeded(self, name: str, address: str, device: str | None) -> None:
        """Forget the failures of the place; of all unknown ones only this try."""
        self._store.change(_key(name, _place(address, device)), lambda _: None)
        if device is None:
            self._take_back(_key(name, STRANGERS), self._strangers)

    def purge(self) -> int:
        """Remove what is forgotten anyway, and return how many rows these were."""
        now = self._now()
        return self._store.prune(lambda row: now - row.last > FORGOTTEN)

    def _count(self, key: str, tries: Tries) -> None:
        now = self._now()
        refused: datetime | None = None

        def count(found: Failures | None) -> Failures:
            nonlocal refused
            found = _remembered(found, now, tries)
            if found is not None and now < found.until:
                refused = found.until
                return found
            refused = None
            failed = (0 if found is None else found.count) + 1
            return Failures(failed, now, now + tries.delay(failed))

        self._store.change(key, count)
        if refused is not None:
            seconds = max(1, -int((now - refused).total_seconds() // 1))
            raise LimitError(
                f"too many tries to sign in failed; the next is looked at in {seconds} s. A "
                "device that signed in before is not held up by what others try",
                seconds,
            )

    def _take_back(self, key: str, tries: Tries) -> None:
        def less(found: Failures | None) -> Failures | None:
            if found is None or found.count <= 1:
                return None
            count = found.count - 1
            return Failures(count, found.last, found.last + tries.delay(count))

        self._store.change(key, less)


def _remembered(found: Failures | None, now: datetime, tries: Tries) -> Failures | None:
    """Return failures that count; of a clock that was set back, as if the last were now."""
    if found is None or now - found.last > FORGOTTEN:
        return None
    if found.last <= now:
        return found
    return Failures(found.count, now, min(found.until, now + tries.delay(found.count)))


def _key(name: str, place: str) -> str:
    return digest(f"{name}\0{place}")


def _place(address: str, device: str | None) -> str:
    if device is not None:
        return f"device {device}"
    return f"address {network(address)}"
