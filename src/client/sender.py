"""The sender: sends calls, again where that is right, and keeps what is long in files."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx2

from ..serving.answers import Language
from .call import Call
from .conversation import Conversation, Retries, read_key
from .errors import ConnectionFailedError
from .files import replaced

__all__ = ["Sender"]

Answer = TypeVar("Answer")
URL = "http://127.0.0.1:8000"
TIMEOUT = 30.0


class Sender:
    """Sends calls to one service as one caller; `Client` says what can be asked."""

    def __init__(
        self,
        url: str = URL,
        key: str | Path | None = None,
        *,
        purpose: str | None = None,
        language: Language | None = None,
        retries: Retries | None = None,
        timeout: float = TIMEOUT,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.conversation = Conversation(
            url, read_key(key), purpose, language, retries or Retries()
        )
        self._http = httpx2.Client(base_url=url, timeout=timeout, transport=transport)

    def __repr__(self) -> str:
        """Show where it asks and what for; never the key."""
        return f"Client({self.conversation.url!r}, purpose={self.conversation.purpose!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def about(self, purpose: str) -> Self:
        """Return the same client for another purpose, `CODE` or `CODE:CASE`."""
        found = copy(self)
        found.conversation = self.conversation.about(purpose)
        return found

    def send(self, call: Call[Answer]) -> Answer:
        """Send a call, again where that is right, and return its answer.

        Raises
        ------
        ApiError
            If the service answers with a problem.
        ConnectionFailedError
            If it cannot be reached.
        """

        def take(response: httpx2.Response) -> Answer:
            response.read()
            found: Answer = self.conversation.answer(call, response)
            return found

        return self._ask(call, take)

    def download(self, call: Call[bytes], into: Path) -> None:
        """Send a call, and write its answer to a file as it comes; whole, or not at all.

        Raises
        ------
        ApiError, ConnectionFailedError
            As `send` does; what was there before is there still.
        """

        def take(response: httpx2.Response) -> None:
            if not response.is_success:
                response.read()
                self.conversation.answer(call, response)
            with replaced(into) as file:
                for part in response.iter_bytes():
                    file.write(part)

        self._ask(call, take)

    def _ask(self, call: Call[Any], take: Callable[[httpx2.Response], Answer]) -> Answer:
        attempt = 0
        while True:
            response: httpx2.Response | None = None
            try:
                with self._request(call) as request:
                    response = self._http.send(request, stream=True)
                pause = self.conversation.pause(call, attempt, response)
                if pause is None:
                    return take(response)
            except httpx2.TransportError as error:
                pause = self.conversation.pause(call, attempt, None)
                if pause is None:
                    raise ConnectionFailedError(
                        f"the service at {self.conversation.url} could not be reached: "
                        f"{error or 'no answer'}"
                    ) from error
            finally:
                if response is not None:
                    response.close()
            time.sleep(pause)
            attempt += 1

    @contextmanager
    def _request(self, call: Call[Any]) -> Iterator[httpx2.Request]:
        asked = self.conversation.request(call)
        if not isinstance(call.content, Path):
            yield self._http.build_request(**asked)
            return
        with call.content.open("rb") as file:
            yield self._http.build_request(**asked, content=file)
