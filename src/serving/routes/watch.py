"""Routes about the watch: alarms, its runs, what is done about an alarm, and the feed."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, Response

from ...core import time
from ...ledger.watch import Act, AlarmsWanted, Kept
from ..answers import AlarmAnswer, AlarmsAnswer, FeedAnswer, WatchRunsAnswer
from ..answers.feed import FEED_TYPE
from ..entrance.caller import Caller
from ..questions import AsOf
from ..reads import feed as feeds
from ..reads import watch
from ..reads.reviews import Doing
from ..statements import RemarkQuestion
from .parts import READING, Asking, Posting, Spoken, answers, without
from .reviews import AnyKey

__all__ = ["router"]

UNKNOWN = {404: "There is no such alarm, or not for who asks."}
POSTED = without(READING, 304) | UNKNOWN | {400: "The body cannot be read."}
POSTED |= {409: "It is closed, or open, already."}
ACTS = (
    (Act.NOTE, "Note something on an alarm"),
    (Act.CLOSE, "Close an alarm"),
    (Act.REOPEN, "Open an alarm again"),
)

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the alarm.")]
Before = Annotated[
    int | None, Query(ge=1, le=2**31 - 1, description="Cursor: `next` of the page before.")
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Name = Annotated[str | None, Query(min_length=1, max_length=200)]
router = APIRouter(tags=["watch"])


class FeedResponse(JSONResponse):
    """What a feed is documented as."""

    media_type = FEED_TYPE


@router.get(
    "/v1/watch/alarms",
    name="alarms",
    summary="Alarms of the watch",
    response_description="A page of those within reach, the newest first.",
    response_model=AlarmsAnswer,
    responses=answers(without(READING, 404)),
)
def alarms(
    caller: Asking,
    language: Spoken,
    since: Annotated[AsOf | None, Query(description="Told on this day or later.")] = None,
    until: Annotated[AsOf | None, Query(description="Told on this day or before.")] = None,
    kind: Literal["signal", "standing", "newcomer"] | None = None,
    product: Name = None,
    hazard: Name = None,
    is_open: Annotated[
        bool | None, Query(alias="open", description="Those alone that nobody closed, or closed.")
    ] = None,
    after: Before = None,
    limit: Limit = 50,
) -> Response:
    """Return what the watch told of products and hazards."""
    wanted = AlarmsWanted(
        since=None if since is None else time.day(since),
        until=None if until is None else time.day(until),
        kind=kind,
        product=product,
        hazard=hazard,
        is_open=is_open,
    )
    asked = {
        "since": since and since.isoformat(),
        "until": until and until.isoformat(),
        "kind": kind,
        "product": product,
        "hazard": hazard,
        "open": is_open,
        "after": after,
    }
    given = {name: value for name, value in asked.items() if value is not None} | {"limit": limit}
    make = partial(watch.alarms, caller.service, caller.reach, wanted, after, limit, language)
    return caller.read("read alarms", "alarms", given, make, language, rests=_state(caller))


@router.get(
    "/v1/watch/runs",
    name="watch_runs",
    summary="The runs of the watch",
    response_description="A page of them, the newest first.",
    response_model=WatchRunsAnswer,
    responses=answers(without(READING, 404)),
)
def runs(caller: Asking, after: Before = None, limit: Limit = 50) -> Response:
    """Return when the watch looked, how far, how much, and how many alarms it told."""
    make = partial(watch.runs, caller.service, after, limit)
    asked = {"after": after, "limit": limit}
    return caller.read("read watch runs", "alarms", asked, make, rests=_state(caller))


@router.get(
    "/v1/watch/feed",
    name="feed",
    summary="The feed of early warning",
    response_description="JSON Feed 1.1: open alarms and warnings that wait, the newest first.",
    response_class=FeedResponse,
    response_model=FeedAnswer,
    responses=answers(without(READING, 404)),
)
def feed(request: Request, caller: Asking, language: Spoken, limit: Limit = 50) -> Response:
    """Return what waits to be looked at, within reach, for a reader of feeds.

    Warnings are told only to who may decide on them.
    """
    base = str(request.base_url).rstrip("/")
    make = partial(feeds.feed, caller.service, caller.reach, base, limit, language)
    rests = (base, *_state(caller), caller.service.ledger.downgrades.marks())
    return caller.read(
        "read feed", "alarms", {"limit": limit}, make, language, rests=rests, media_type=FEED_TYPE
    )


@router.get(
    "/v1/watch/alarms/{alarm}",
    name="alarm",
    summary="An alarm, what stands behind it, and whom it concerns",
    response_description="Figures, records, alarms near it, enterprises, and what was done.",
    response_model=AlarmAnswer,
    responses=answers(READING | UNKNOWN),
)
def one(alarm: Number, caller: Asking, language: Spoken) -> Response:
    """Return one alarm."""
    found = watch.find(caller.service, caller.reach, alarm)
    make = partial(_whole, caller, found, language)
    rests = _state(caller)
    return caller.read("read alarm", f"alarm {alarm}", {}, make, language, rests=rests)


def _whole(caller: Caller, found: Kept, language: Any) -> Any:
    return watch.alarm(caller.service, caller.principal, caller.reach, found, language)


def _acting(act: Act) -> Callable[..., Response]:
    """Return the route of one act."""

    def route(
        alarm: Number,
        said: RemarkQuestion,
        caller: Posting,
        language: Spoken,
        key: AnyKey = None,
    ) -> Response:
        found = watch.find(caller.service, caller.reach, alarm)
        doing = Doing(caller.principal, caller.visit.purpose, key, said.model_dump(mode="json"))
        subject = f"alarm {alarm}"

        def make() -> Any:
            after = watch.act_on(caller.service, found, act, doing)
            return _whole(caller, after, language)

        return caller.compute(f"{act} alarm", subject, {}, make, language)

    route.__doc__ = RemarkQuestion.__doc__
    return route


def _state(caller: Caller) -> tuple[int, int]:
    return caller.service.ledger.watch.state()


for _act, _summary in ACTS:
    router.post(
        f"/v1/watch/alarms/{{alarm}}/{_act}",
        name=f"alarm_{_act}",
        summary=_summary,
        response_description="The alarm after it.",
        response_model=AlarmAnswer,
        responses=answers(POSTED),
    )(_acting(_act))
