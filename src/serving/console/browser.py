"""The browser: who looks at a page, in which language, and what for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from ...core import time
from ..access import ROLES, Access, PurposeCode, find_role
from ..entrance.cookies import put_cookie, read_cookie
from ..live.live import Live
from .inside import Answer, Inside, RefusedError

__all__ = ["LANGUAGE", "LANGUAGES", "PURPOSE", "Browser"]

LANGUAGE, PURPOSE = "xinheng-language", "xinheng-purpose"
LANGUAGES = ("zh", "en")
MOST = 100_000
DECIDED = {"keep": "decide", "override": "decide", "send_back": "decide"}
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Browser:
    """One request of a browser, by somebody who is signed in.

    Parameters
    ----------
    request
        The request.
    session
        Of whoever looks, as `GET /v1/session` tells it; empty where nobody is signed in.
    """

    request: Request
    session: Mapping[str, Any]

    @cached_property
    def language(self) -> str:
        """The language of the pages: the one that was chosen, else Chinese."""
        asked = self.request.query_params.get("lang") or self.cookie(LANGUAGE)
        return asked if asked in LANGUAGES else LANGUAGES[0]

    @cached_property
    def purposes(self) -> list[PurposeCode]:
        """What whoever looks may read for, in the order of the policy."""
        if not self.session:
            return []
        access: Access = self.request.state.access
        role = find_role(self.session["role"])
        return [each for each in access.purposes_today() if role in each.roles]

    @cached_property
    def purpose(self) -> str:
        """What for, as `X-Purpose` has it: what was chosen, else the first that has no case."""
        chosen = self.cookie(PURPOSE) or ""
        if unquote(chosen).partition(":")[0] in {each.code for each in self.purposes}:
            return chosen
        return next((each.code for each in self.purposes if each.case != "required"), "")

    @property
    def case(self) -> str:
        """The number of the case that is read for; empty where there is none."""
        return unquote(self.purpose).partition(":")[2]

    @property
    def here(self) -> str:
        """The address of the page, to come back to."""
        url = self.request.url
        return url.path + (f"?{url.query}" if url.query else "")

    @property
    def who(self) -> str:
        """Who looks, as the audit names them, without what they are."""
        return str(self.session["actor"]).removeprefix("account ")

    @property
    def today(self) -> str:
        """The day in Shanghai, by the clock of the service."""
        live: Live = self.request.state.live
        return time.show(time.day_of(live.service.now()))

    @property
    def done_act(self) -> str:
        """The form that led here once it was done; empty where none did."""
        name = self.request.query_params.get("done", "")
        return DECIDED.get(name, name)

    @property
    def done(self) -> bool:
        """Whether a form led here once it was done."""
        return bool(self.done_act)

    def in_language(self, language: str) -> str:
        """Return the address of the page in a language."""
        url = self.request.url.include_query_params(lang=language)
        return f"{url.path}?{url.query}"

    def duty(self, language: str) -> str:
        """Return what whoever looks is, and to what they are held."""
        role = find_role(self.session["role"])
        name = ROLES[role].zh if language == "zh" else role.value
        return " · ".join(
            [name, *(self.session["districts"] or ()), *(self.session["categories"] or ())]
        )

    @property
    def inside(self) -> Inside:
        """Asks the service in the name of whoever looks."""
        return Inside(self.request, self.language, self.purpose)

    def may(self, permission: str) -> bool:
        """Tell whether whoever looks has a permission."""
        return permission in self.session.get("permissions", ())

    async def get(self, path: str, **query: object) -> Any:
        """Return what a route answers; see `Inside.get`."""
        return await self.inside.get(path, **query)

    async def get_if(self, permission: str, path: str, **query: object) -> Any:
        """Return what a route answers, or None where whoever looks may not ask it."""
        return await self.get(path, **query) if self.may(permission) else None

    async def find(self, path: str, **query: object) -> Any:
        """Return what a route answers, or None where it has no such thing or does not tell it."""
        try:
            return await self.get(path, **query)
        except RefusedError as refused:
            if refused.answer.status not in (403, 404):
                raise
            return None

    async def form(self) -> dict[str, list[str]]:
        """Return the fields of a form that was sent, each with what was filled in."""
        content = b""
        async for part in self.request.stream():
            content += part
            if len(content) > MOST:
                return {}
        return parse_qs(content.decode("utf-8", "replace"), keep_blank_values=True)

    async def act(
        self,
        path: str,
        body: object,
        form: Mapping[str, Sequence[str]],
        *,
        method: str = "POST",
    ) -> Answer:
        """Do something by a form of a page, once however often it is sent.

        The form tells by `csrf` that it is of this session, by `version` on which state of the
        case it rests, and by `key` which sending it is.

        Raises
        ------
        RefusedError
            If it is not done.
        """
        said = {name: form[name][0] for name in ("csrf", "version", "key") if name in form}
        headers = {"x-csrf-token": said.get("csrf", "")}
        if "version" in said:
            headers["if-match"] = f'"{said["version"]}"'
        if "key" in said:
            headers["idempotency-key"] = said["key"]
        return await self.inside.send(method, path, body=body, headers=headers)

    def remember(self, response: Response) -> None:
        """Have the browser keep the language that its address asks for."""
        if self.request.query_params.get("lang") in LANGUAGES:
            self.keep(response, LANGUAGE, self.language)

    def keep(self, response: Response, what: str, value: str) -> None:
        """Have the browser keep a choice for a year; no secret."""
        put_cookie(response, what, quote(value, safe=":"), https=self.https, seconds=YEAR)

    def cookie(self, what: str) -> str | None:
        """Return what the browser keeps under a name; None where it keeps nothing."""
        lines = [value for name, value in self.request.scope["headers"] if name == b"cookie"]
        return read_cookie(lines, what, https=self.https)

    @property
    def https(self) -> bool:
        """Whether the browser came over https."""
        return self.request.url.scheme == "https"
