"""Inside: what pages ask the service, through the same gate as every program.

A page reads nothing by itself. It asks the routes of the API, in the name of whoever looks at it,
so that rights, reach, masks, limits and the audit are those of the API, and nothing is shown that
is not handed out there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Message, Scope

from ..problem import NAMESPACE

__all__ = ["Answer", "Inside", "RefusedError"]

OWN = ("cookie", "host", "origin", "user-agent")
"""Headers of the browser that go along: who it is, and from which page."""
JSON = "application/json"
FAULT = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answered.

    Parameters
    ----------
    status, headers, content
        As it was sent.
    """

    status: int
    headers: Headers
    content: bytes

    @property
    def values(self) -> Any:
        """The values of an answer in JSON; None of an empty one."""
        return json.loads(self.content) if self.content else None


class RefusedError(Exception):
    """The service did not answer what was asked.

    Parameters
    ----------
    answer
        The problem that it told.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.problem: dict[str, Any] = answer.values
        super().__init__(self.problem["detail"])

    @property
    def name(self) -> str:
        """Which problem it is, as `KINDS` names them."""
        return str(self.problem["type"]).removeprefix(NAMESPACE)


@dataclass(frozen=True, slots=True)
class Inside:
    """Asks the service in the name of a browser.

    Parameters
    ----------
    request
        That the browser sent.
    language
        In which it is answered.
    purpose
        What is read for, as `X-Purpose` has it; empty where nothing is.
    """

    request: Request
    language: str
    purpose: str = ""

    async def get(self, path: str, **query: object) -> Any:
        """Return the values that a route answers.

        Raises
        ------
        RefusedError
            If it does not.
        """
        return (await self.send("GET", path, query)).values

    async def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask a route, and return what it answers.

        Parameters
        ----------
        method, path
            Of the route.
        query
            What stands behind the `?`; what is None or empty is left out.
        body
            Values of JSON, or None for none.
        headers
            That go along with those of the browser.

        Raises
        ------
        RefusedError
            If it answers with a problem.
        """
        content = b"" if body is None else json.dumps(body).encode()
        scope = self._scope(method, path, query or {}, headers or {}, body=body is not None)
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.request.app.router(scope, receive, send)
        [start] = [each for each in sent if each["type"] == "http.response.start"]
        answer = Answer(
            start["status"],
            Headers(raw=start["headers"]),
            b"".join(each.get("body", b"") for each in sent if each is not start),
        )
        if answer.status >= FAULT:
            raise RefusedError(answer)
        return answer

    def _scope(
        self,
        method: str,
        path: str,
        query: Mapping[str, object],
        headers: Mapping[str, str],
        *,
        body: bool,
    ) -> Scope:
        """Return the request as the service sees it: the browser's, but for what is asked."""
        scope = dict(self.request.scope)
        for name in ("endpoint", "path_params", "route"):
            scope.pop(name, None)
        given = {name: each for name, each in query.items() if each not in (None, "", [])}
        own = {name: self.request.headers[name] for name in OWN if name in self.request.headers}
        told = own | {"accept-language": self.language} | ({"content-type": JSON} if body else {})
        if self.purpose:
            told["x-purpose"] = self.purpose
        told |= {name.lower(): value for name, value in headers.items()}
        scope |= {
            "method": method,
            "path": path,
            "raw_path": quote(path).encode(),
            "root_path": "",
            "query_string": urlencode(given, doseq=True).encode(),
            "headers": [
                (name.encode(), value.encode("latin-1", "replace")) for name, value in told.items()
            ],
            "path_params": {},
        }
        return scope
