"""Limits: how often a key and a channel may ask, by buckets of tokens."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from ...core.errors import InvalidError, LimitError

__all__ = ["Bucket", "Limit", "Limiter", "Verdict"]

MOST = 10_000
OTHERS = "others"
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests a second on average, and so many at once.

    Raises
    ------
    InvalidError
        If it would let nothing through.

    Examples
    --------
    >>> Limit(rate=50, burst=100).among(4)
    Limit(rate=12.5, burst=25)
    """

    rate: float
    burst: int

    def __post_init__(self) -> None:
        if not (0 < self.rate < math.inf and self.burst >= 1):
            raise InvalidError(
                f"a limit of {self.rate} requests a second and {self.burst} at once lets nothing "
                "through or is none; both are above zero"
            )

    @property
    def window(self) -> int:
        """Seconds in which an empty bucket fills up."""
        return math.ceil(self.burst / self.rate)

    def among(self, workers: int) -> "Limit":
        """Return each worker's part, where several processes share a limit."""
        return Limit(self.rate / workers, max(1, self.burst // workers))


@dataclass(frozen=True, slots=True)
class Bucket:
    """A limit and whose it is: what for (`key`, `channel`), and which one."""

    what: str
    which: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass, by the bucket that has least left.

    Parameters
    ----------
    bucket
        That bucket.
    passed
        Whether there was room in all.
    left
        Requests that may follow at once.
    wait
        Seconds until there is room for this one; 0 where there was.
    reset
        Seconds until it is full again.
    """

    bucket: Bucket
    passed: bool
    left: int
    wait: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """Headers for the client (draft-ietf-httpapi-ratelimit-headers, RFC 9110 10.2.3)."""
        limit, name = self.bucket.limit, self.bucket.what
        found = {
            "RateLimit-Policy": f'"{name}";q={limit.burst};w={limit.window}',
            "RateLimit": f'"{name}";r={self.left};t={self.reset}',
        }
        return found if self.passed else {**found, "Retry-After": str(self.wait)}

    def require(self) -> None:
        """Refuse unless the request may pass.

        Raises
        ------
        LimitError
            With the seconds to wait.
        """
        if not self.passed:
            limit = self.bucket.limit
            raise LimitError(
                f"this {self.bucket.what} asks too often: {limit.rate:g} requests a second on "
                f"average and {limit.burst} at once are allowed; wait {self.wait} s, and ask for "
                "many enterprises by one batch",
                self.wait,
            )


class Limiter:
    """Buckets of tokens, safe to use from many threads, in bounded memory.

    Buckets that are full again are forgotten, as they tell nothing. Should more than `most` be
    in use at once, those that are new share one, so that none is forgotten while it tells
    something.

    Parameters
    ----------
    now
        Seconds, from any start.
    most
        How many buckets are kept.

    Examples
    --------
    >>> limiter = Limiter(now=lambda: 0.0)
    >>> mine = Bucket("key", "a1", Limit(rate=0.5, burst=2))
    >>> [limiter.take([mine]).passed for _ in range(3)]
    [True, True, False]
    >>> limiter.take([mine]).headers["Retry-After"]
    '2'
    """

    def __init__(self, now: Callable[[], float] = monotonic, most: int = MOST) -> None:
        self._now = now
        self._most = most
        self._full: dict[tuple[str, str, Limit], float] = {}
        self._swept = -math.inf
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._full)

    def take(self, buckets: Sequence[Bucket], cost: int = 1) -> Verdict:
        """Take tokens from every one of some buckets, or from none.

        Parameters
        ----------
        buckets
            At least one; each time of the same caller in the same order.
        cost
            How many tokens: what a request costs, at most the burst of each bucket.

        Raises
        ------
        InvalidError
            If there is no bucket, or it costs more than a bucket ever holds.
        """
        if not buckets:
            raise InvalidError("a request is limited by a bucket at least; none was given")
        for bucket in buckets:
            if not 1 <= cost <= bucket.limit.burst:
                raise InvalidError(
                    f"a request of {cost} is never let through by the limit of this "
                    f"{bucket.what}, {bucket.limit.burst} at once; send it in parts"
                )
        with self._lock:
            now = self._now()
            found = [(bucket, *self._level(bucket, now)) for bucket in buckets]
            passed = all(level >= cost - ROUNDING for _, _, level in found)
            if passed:
                for bucket, place, level in found:
                    self._full[place] = now + _until_full(bucket.limit, level - cost)
        spent = cost if passed else 0
        tightest = min(found, key=lambda each: (each[2] - cost) / each[0].limit.burst)
        if not passed:
            tightest = max(found, key=lambda each: _wait(each[0].limit, each[2], cost))
        bucket, _, level = tightest
        return Verdict(
            bucket,
            passed,
            left=max(0, math.floor(level - spent + ROUNDING)),
            wait=0 if passed else max(1, math.ceil(_wait(bucket.limit, level, cost) - ROUNDING)),
            reset=math.ceil(_until_full(bucket.limit, level - spent)),
        )

    def _level(self, bucket: Bucket, now: float) -> tuple[tuple[str, str, Limit], float]:
        """Return where a bucket is kept, and how many tokens it holds."""
        limit = bucket.limit
        place = (bucket.what, bucket.which, limit)
        if place not in self._full and len(self._full) >= self._most:
            self._sweep(now)
            if len(self._full) >= self._most:
                place = (bucket.what, OTHERS, limit)
        until = self._full.get(place, now)
        return place, min(float(limit.burst), limit.burst - (until - now) * limit.rate)

    def _sweep(self, now: float) -> None:
        """Forget what is full, once a second at most."""
        if now - self._swept >= 1:
            self._swept = now
            self._full = {place: until for place, until in self._full.items() if until > now}


def _until_full(limit: Limit, level: float) -> float:
    return max(0.0, (limit.burst - level) / limit.rate)


def _wait(limit: Limit, level: float, cost: int) -> float:
    return max(0.0, (cost - level) / limit.rate)
