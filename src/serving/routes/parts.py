"""What routes have in common: the parts of a request, and the statuses of an answer."""

from typing import Annotated, Any, cast

from fastapi import Depends, Header, Query, Request

from ..answers import Language
from ..entrance.caller import Caller
from ..entrance.visit import Visit
from ..language import accepted
from ..live.live import Live
from ..live.service import Service
from ..problem import Problem
from ..questions import AS_OF, AsOf
from .queries import check_query

__all__ = [
    "ALWAYS",
    "READING",
    "After",
    "Asking",
    "Day",
    "Limit",
    "Posting",
    "Spoken",
    "TheLive",
    "TheService",
    "answers",
    "without",
]

ALWAYS = {
    413: "The body is too large.",
    421: "The request names another host.",
    500: "A fault of the service.",
}
READING = {
    **ALWAYS,
    304: "The answer that the caller has, by If-None-Match, still holds.",
    404: "There is no such enterprise, or nothing was known of it, or no policy in force then.",
    422: "Values cannot be used.",
    503: "The reading cannot be recorded, or the ledger not be read; nothing is handed out.",
}


async def _live(request: Request) -> Live:
    return cast("Live", request.state.live)


async def _service(request: Request) -> Service:
    """Return the service of now: the whole request is answered from its state."""
    return cast("Live", request.state.live).service


TheLive = Annotated[Live, Depends(_live)]
TheService = Annotated[Service, Depends(_service)]


async def _asking(request: Request) -> Caller:
    check_query(request)
    known = ", ".join(request.headers.getlist("if-none-match"))
    return Caller(request.state.visit, known)


async def _posting(request: Request) -> Caller:
    check_query(request)
    return Caller(request.state.visit)


async def _spoken(
    request: Request,
    lang: Annotated[
        Language | None,
        Query(description="Language of names and sentences; wins over Accept-Language."),
    ] = None,
    accept_language: Annotated[
        str | None,
        Header(description="Languages wanted; where none is, the channel's own."),
    ] = None,
) -> Language:
    visit: Visit = request.state.visit
    return lang or accepted(accept_language, visit.found.channel.language)


Asking = Annotated[Caller, Depends(_asking)]
Posting = Annotated[Caller, Depends(_posting)]
Spoken = Annotated[Language, Depends(_spoken)]
Day = Annotated[AsOf | None, Query(description=AS_OF, examples=["2026-03-01"])]
After = Annotated[int, Query(ge=0, le=2**62, description="Cursor: `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=1_000, description="How many at most.")]


def answers(described: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return statuses with what they mean, as FastAPI takes them; from 400 on they are problems."""
    return {
        status: {"description": text} | ({"model": Problem} if status >= 400 else {})
        for status, text in sorted(described.items())
    }


def without(described: dict[int, str], *statuses: int) -> dict[int, str]:
    """Return statuses that are described but for some."""
    return {status: text for status, text in described.items() if status not in statuses}
