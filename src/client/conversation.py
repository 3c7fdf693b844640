"""What a client says with every call, what it remembers, and when it tries again."""

import os
import random
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
from pydantic import ValidationError

from ..core.errors import InvalidError, NotFoundError
from ..serving.answers.problem import Problem
from .call import Call
from .errors import ApiError

__all__ = ["Conversation", "Retries", "read_key"]

VARIABLE = "XINHENG_KEY"
KEY = "xhk_"
AGAIN = frozenset({429, 502, 503, 504})
IN_FLIGHT = 409  # with Retry-After: the same call, sent before, is being answered at this moment
UNCHANGED = 304
KNOWN = "xinheng.known"
"""Under which a request has the answer of which it asks whether it still holds."""
UNDONE = frozenset({409, 429})
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Retries:
    """When a call is sent again: after a status that passes, and when the connection breaks.

    Such are 429, 502, 503, 504, and 409 where it has `Retry-After`.

    Parameters
    ----------
    most
        How often at most.
    first, longest
        Seconds before the first time, which double with each, and at most. `Retry-After` wins,
        but for one that is longer than `patience`: then the error is raised at once.
    patience
        Seconds that are waited at most because the service asks for it.
    """

    most: int = 4
    first: float = 0.25
    longest: float = 8.0
    patience: float = 60.0

    def pause(self, attempt: int, asked: float | None) -> float | None:
        """Return the seconds to wait after a try, counted from 0; None if it was the last.

        Examples
        --------
        >>> retries = Retries(most=2)
        >>> retries.pause(0, 3.0), retries.pause(2, None), retries.pause(0, 3_600.0)
        (3.0, None, None)
        """
        if attempt >= self.most or (asked or 0) > self.patience:
            return None
        if asked is not None:
            return asked
        longest = min(self.longest, self.first * 2**attempt)
        return random.uniform(longest / 2, longest)  # noqa: S311 it spreads calls, and hides nothing


def read_key(key: str | Path | None) -> str:
    """Return a key: given, or that of `XINHENG_KEY`; either may be the path of a file with it.

    Raises
    ------
    NotFoundError
        If there is none, or no such file.
    """
    given = os.environ.get(VARIABLE) if key is None else key
    if not given:
        raise NotFoundError(
            f"a key is needed: give it as `key`, or name it or its file by {VARIABLE}; an "
            "administrator makes one with `xinheng keys issue`"
        )
    if isinstance(given, str) and given.startswith(KEY):
        return given
    path = Path(given).expanduser()
    if not path.is_file():
        raise NotFoundError(f"the key is no text that begins with {KEY}, and no file that exists")
    return path.read_text("utf-8").strip()


@dataclass(slots=True)
class Memory:
    """Answers by their tags: what the service says still holds is not sent again."""

    kept: OrderedDict[tuple[Any, ...], tuple[str, bytes]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def find(self, key: tuple[Any, ...]) -> tuple[str, bytes] | None:
        """Return the answer that is kept, with its tag; None if there is none."""
        with self.lock:
            found = self.kept.get(key)
            if found is not None:
                self.kept.move_to_end(key)
        return found

    def keep(self, key: tuple[Any, ...], tag: str, content: bytes) -> None:
        """Keep an answer, and let go of the one asked for longest ago where there are too many."""
        with self.lock:
            self.kept[key] = (tag, content)
            self.kept.move_to_end(key)
            while len(self.kept) > MOST:
                self.kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What goes with every call; the two clients send what it makes.

    Parameters
    ----------
    url
        Where the service is.
    key
        That proves who asks; it is in no repr.
    purpose
        What grades are read for, `CODE` or `CODE:CASE`.
    language
        `zh` or `en`.
    retries
        When a call is sent again.
    """

    url: str
    key: str = field(repr=False)
    purpose: str | None
    language: str | None
    retries: Retries
    memory: Memory = field(default_factory=Memory, repr=False)

    def __post_init__(self) -> None:
        """Refuse to tell a key to whoever listens between."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InvalidError(f"{self.url!r} is no address; expected https://HOST[:PORT]")
        if parts.scheme == "http" and not _loopback(parts.hostname):
            raise InvalidError(
                f"the key would be sent to {parts.hostname} in the clear; use https://, or forward "
                "the port over SSH and ask 127.0.0.1"
            )

    def about(self, purpose: str) -> "Conversation":
        """Return the same for another purpose."""
        return replace(self, purpose=purpose)

    def request(self, call: Call[Any]) -> dict[str, Any]:
        """Return what the request of a call is made of, for `build_request`."""
        headers = {"Authorization": f"Bearer {self.key}"} | dict(call.headers)
        if self.purpose:
            headers["X-Purpose"] = quote(self.purpose, safe=":-_.~")
        if self.language:
            headers["Accept-Language"] = self.language
        known = self.memory.find(self._place(call)) if call.method == "GET" else None
        if known is not None:
            headers["If-None-Match"] = known[0]
        body = {} if call.json is None else {"json": call.json}
        if isinstance(call.content, bytes):
            body["content"] = call.content
        return {
            "method": call.method,
            "url": call.path,
            "params": dict(call.params),
            "headers": headers,
            "extensions": {KNOWN: known[1]} if known is not None else {},
            **body,
        }

    def answer(self, call: Call[Any], response: httpx2.Response) -> Any:
        """Read a response.

        Raises
        ------
        ApiError
            If it is a problem.
        """
        known = response.request.extensions.get(KNOWN)
        if response.status_code == UNCHANGED and known is not None:
            return call.read(known)
        if not response.is_success:
            raise problem_of(response)
        tag = response.headers.get("etag")
        if tag and call.method == "GET":
            self.memory.keep(self._place(call), tag, response.content)
        return call.read(response.content)

    def pause(
        self, call: Call[Any], attempt: int, response: httpx2.Response | None
    ) -> float | None:
        """Return the seconds after which a call is sent again; None if it is not.

        Parameters
        ----------
        call
            That was sent.
        attempt
            How often it was sent before.
        response
            What came; None where the connection broke.
        """
        if response is None:
            return self.retries.pause(attempt, None) if call.repeatable else None
        status, asked = response.status_code, retry_after(response.headers)
        if status not in AGAIN and (status != IN_FLIGHT or asked is None):
            return None
        if not call.repeatable and status not in UNDONE:
            return None
        return self.retries.pause(attempt, asked)

    def _place(self, call: Call[Any]) -> tuple[Any, ...]:
        return (call.path, tuple(call.params.items()), self.language, self.purpose)


def problem_of(response: httpx2.Response) -> ApiError:
    """Return what a response says is wrong."""
    seconds = retry_after(response.headers)
    try:
        return ApiError(Problem.model_validate_json(response.content), seconds)
    except ValidationError:
        return ApiError.plain(response.status_code, response.text, seconds)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that Retry-After asks for, given as such or as a date.

    Examples
    --------
    >>> from datetime import UTC
    >>> moment = datetime(2026, 3, 1, tzinfo=UTC)
    >>> retry_after({"retry-after": "Sun, 01 Mar 2026 00:00:05 GMT", "date": "x"}, moment)
    5.0
    """
    text = headers.get("retry-after")
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        since = now or parsedate_to_datetime(headers["date"])
        return max(0.0, (moment - since).total_seconds())
    except (KeyError, TypeError, ValueError):
        return None


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
