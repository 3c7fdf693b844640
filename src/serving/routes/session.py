"""The routes by which people sign in and out."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ...core.errors import CredentialError, ForbiddenError, XinhengError
from ..access import SignedIn
from ..access.oidc import PATIENCE
from ..access.sessions import OVER
from ..answers import ProvidersAnswer, SessionAnswer, session_answer
from ..entrance.cookies import DEVICE, SESSION, TICKET, drop_cookie, put_cookie
from ..entrance.door import Door, check_origin
from ..questions import SignInQuestion
from .parts import ALWAYS, answers

__all__ = ["ENTRY", "Knocking", "router", "told"]

YEAR = 365 * 24 * 3600
OUT = {
    **ALWAYS,
    401: "Nothing proves who it is.",
    403: "A page of another site sent it, or it came in the clear, or nothing is granted.",
    429: "Too many tries failed, or the address comes too often.",
    503: "Ledger, audit or provider do not answer.",
}
ENTRY = OUT | {400: "The body cannot be read.", 422: "Values cannot be used; none is repeated."}
HOME = "/docs"
PAGE = f"""<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={HOME}">
<title>Xinheng 信衡</title>
<p>已登录。<a href="{HOME}">继续</a></p>
<p lang="en">You are signed in. <a href="{HOME}">Go on</a></p>
</html>
"""
"""A page, not a redirect: after one from another site, browsers would not send the new cookie."""
router = APIRouter(tags=["sign-in"])


async def _door(request: Request) -> Door:
    state = request.state
    door = Door(state.live.service, state.access, state.turns, request)
    try:
        check_origin(request.scope)
    except XinhengError as error:
        raise door.problem(error) from None
    return door


TheDoor = Annotated[Door, Depends(_door)]


async def _knock(door: TheDoor) -> Door:
    door.admit()
    return door


Knocking = Annotated[Door, Depends(_knock)]
ProviderName = Annotated[
    str, Path(max_length=100, description="One of `providers`.", examples=["city"])
]


@router.post(
    "/v1/session",
    summary="Sign in with an account",
    response_description="The session; a cookie keeps it.",
    response_model=SessionAnswer,
    responses=answers(ENTRY),
)
async def sign_in(question: SignInQuestion, door: Knocking) -> Response:
    """Begin a session; one that the browser had before ends. All that is wrong is told alike."""
    people = door.access.people
    tried = partial(people.accounts.named, question.name)
    enter = partial(
        people.enter,
        question.name,
        question.password,
        question.code,
        address=door.address,
        channel=question.channel,
        device=door.device,
        before=door.token,
    )
    signed_in = await door.in_turn(partial(door.let_in, enter, tried, question.name))
    standing = people.standing(signed_in.session, signed_in.csrf)
    response = told(session_answer(standing))
    _keep(response, door, signed_in)
    return response


@router.get(
    "/v1/session",
    summary="Who is signed in",
    response_description="The session of the cookie.",
    response_model=SessionAnswer,
    responses=answers(OUT),
)
async def session(door: TheDoor) -> Response:
    """Tell who is signed in, what they may do, until when, and what their pages send along."""
    if door.token is None:
        raise door.problem(CredentialError(OVER))
    standing = await door.aside(partial(door.stand, door.token))
    return told(session_answer(standing))


@router.delete(
    "/v1/session",
    summary="Sign out",
    response_description="There is no session any more.",
    status_code=204,
    response_class=Response,
    responses=answers(OUT),
)
async def sign_out(door: TheDoor) -> Response:
    """End the session of the cookie. It needs the header X-CSRF-Token."""
    response = Response(status_code=204)
    if door.token is not None:
        await door.aside(partial(_leave, door, door.token))
    drop_cookie(response, SESSION, https=door.https)
    return response


@router.get(
    "/v1/sign-in",
    summary="How people can sign in",
    response_description="Names of providers, and of the channels by which people sign in.",
    response_model=ProvidersAnswer,
    responses=answers(OUT),
)
async def providers(door: Knocking) -> Response:
    """Tell by whom people can sign in that have no account here."""
    people = door.access.people
    return told(ProvidersAnswer(providers=list(people.providers), channels=people.channels))


@router.get(
    "/v1/sign-in/{provider}",
    summary="Sign in elsewhere",
    response_description="The way to the provider.",
    status_code=303,
    response_class=Response,
    responses=answers(OUT | {404: "There is no such provider.", 422: "It cannot be a name."}),
)
async def sign_in_elsewhere(provider: ProviderName, door: Knocking) -> Response:
    """Lead a browser to a provider of sign-ins (OpenID Connect); only it can finish what begins."""
    started = await door.in_turn(partial(door.access.people.start, provider))
    response = RedirectResponse(started.address, 303)
    seconds = int(PATIENCE.total_seconds())
    put_cookie(response, TICKET, started.ticket, https=door.https, seconds=seconds, sent="lax")
    return response


@router.get(
    "/v1/sign-in/{provider}/back",
    summary="Come back from signing in elsewhere",
    response_description="A page that leads on; a cookie keeps the session.",
    response_class=HTMLResponse,
    responses=answers(OUT | {404: "There is no such provider.", 422: "It cannot be a name."}),
)
async def back(provider: ProviderName, door: Knocking) -> Response:
    """Begin the session of whoever signed in elsewhere, and lead on to the one place there is."""
    sent = door.request.query_params.multi_items()
    answer = dict(sent) if len(dict(sent)) == len(sent) else {}
    people = door.access.people
    tried = partial("provider {}".format, provider)
    finish = partial(people.finish, provider, door.ticket, answer, before=door.token)
    signed_in = await door.in_turn(partial(door.let_in, finish, tried, provider))
    response = HTMLResponse(PAGE)
    _keep(response, door, signed_in)
    drop_cookie(response, TICKET, https=door.https)
    return response


def _leave(door: Door, token: str) -> None:
    try:
        door.access.sessions.check_form(token, door.csrf)
    except CredentialError as error:
        raise ForbiddenError(str(error)) from None
    door.let_out(token)


def _keep(response: Response, door: Door, signed_in: SignedIn) -> None:
    put_cookie(response, SESSION, signed_in.token, https=door.https)
    if signed_in.device is not None:
        put_cookie(response, DEVICE, signed_in.device, https=door.https, seconds=YEAR)


def told(answer: BaseModel) -> Response:
    """Return the response that holds an answer."""
    return Response(answer.model_dump_json(), media_type="application/json")
