"""The asynchronous sender: sends calls, again where that is right; others go on meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import copy
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx2

from ..serving.answers import Language
from .call import Call
from .conversation import Conversation, Retries, read_key
from .errors import ConnectionFailedError
from .files import replaced

__all__ = ["AsyncSender"]

Answer = TypeVar("Answer")
URL = "http://127.0.0.1:8000"
TIMEOUT = 30.0
CHUNK = 1 << 18


class AsyncSender:
    """Sends calls to one service as one caller; `AsyncClient` says what can be asked."""

    def __init__(
        self,
        url: str = URL,
        key: str | Path | None = None,
        *,
        purpose: str | None = None,
        language: Language | None = None,
        retries: Retries | None = None,
        timeout: float = TIMEOUT,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.conversation = Conversation(
            url, read_key(key), purpose, language, retries or Retries()
        )
        self._http = httpx2.AsyncClient(base_url=url, timeout=timeout, transport=transport)

    def __repr__(self) -> str:
        """Show where it asks and what for; never the key."""
        return f"AsyncClient({self.conversation.url!r}, purpose={self.conversation.purpose!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def about(self, purpose: str) -> Self:
        """Return the same client for another purpose, `CODE` or `CODE:CASE`."""
        found = copy(self)
        found.conversation = self.conversation.about(purpose)
        return found

    async def send(self, call: Call[Answer]) -> Answer:
        """Send a call, again where that is right, and return its answer.

        Raises
        ------
        ApiError
            If the service answers with a problem.
        ConnectionFailedError
            If it cannot be reached.
        """

        async def take(response: httpx2.Response) -> Answer:
            await response.aread()
            found: Answer = self.conversation.answer(call, response)
            return found

        return await self._ask(call, take)

    async def download(self, call: Call[bytes], into: Path) -> None:
        """Send a call, and write its answer to a file as it comes; whole, or not at all.

        Raises
        ------
        ApiError, ConnectionFailedError
            As `send` does; what was there before is there still.
        """

        async def take(response: httpx2.Response) -> None:
            if not response.is_success:
                await response.aread()
                self.conversation.answer(call, response)
            with replaced(into) as file:
                async for part in response.aiter_bytes():
                    await asyncio.to_thread(file.write, part)

        await self._ask(call, take)

    async def _ask(
        self, call: Call[Any], take: Callable[[httpx2.Response], Awaitable[Answer]]
    ) -> Answer:
        attempt = 0
        while True:
            response: httpx2.Response | None = None
            try:
                async with self._request(call) as request:
                    response = await self._http.send(request, stream=True)
                pause = self.conversation.pause(call, attempt, response)
                if pause is None:
                    return await take(response)
            except httpx2.TransportError as error:
                pause = self.conversation.pause(call, attempt, None)
                if pause is None:
                    raise ConnectionFailedError(
                        f"the service at {self.conversation.url} could not be reached: "
                        f"{error or 'no answer'}"
                    ) from error
            finally:
                if response is not None:
                    await response.aclose()
            await asyncio.sleep(pause)
            attempt += 1

    @asynccontextmanager
    async def _request(self, call: Call[Any]) -> AsyncIterator[httpx2.Request]:
        asked = self.conversation.request(call)
        if not isinstance(call.content, Path):
            yield self._http.build_request(**asked)
            return
        with call.content.open("rb") as file:

            async def parts() -> AsyncIterator[bytes]:
                while part := await asyncio.to_thread(file.read, CHUNK):
                    yield part

            yield self._http.build_request(**asked, content=parts())
