"""The routes by which people change what they sign in with."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ..answers import SecondFactorAnswer, SessionAnswer, second_factor_answer, session_answer
from ..entrance.cookies import SESSION, drop_cookie
from ..entrance.proofs import Proofs
from ..questions import CodeQuestion, PasswordQuestion, ProofQuestion, SetUpQuestion
from .parts import answers
from .session import ENTRY, Knocking, told

__all__ = ["router"]

CHANGED = ENTRY | {
    401: "There is no session.",
    403: "Password or code is wrong, a page of another site sent it, or a provider keeps them.",
}
router = APIRouter(tags=["sign-in"])


@router.post(
    "/v1/session/password",
    summary="Change one's password",
    response_description="It is changed; all sessions are over, so sign in anew.",
    status_code=204,
    response_class=Response,
    responses=answers(CHANGED),
)
async def change_password(question: PasswordQuestion, door: Knocking) -> Response:
    """Change the password of whoever is signed in and knows the present one."""
    change = Proofs(door).set_password
    await door.in_turn(partial(change, question.password, question.code, question.new))
    return _signed_out(door)


@router.post(
    "/v1/session/factor",
    summary="Begin to set up a second factor",
    response_description="A secret for an application for codes; it is shown once.",
    response_model=SecondFactorAnswer,
    responses=answers(CHANGED),
)
async def offer_factor(question: ProofQuestion, door: Knocking) -> Response:
    """Show a new secret to whoever is signed in and proves it again; nothing changes yet."""
    offer = partial(Proofs(door).offer_second_factor, question.password, question.code)
    return told(second_factor_answer(await door.in_turn(offer)))


@router.put(
    "/v1/session/factor",
    summary="Use the second factor from now on",
    response_description="Codes are asked for; all sessions are over, so sign in anew.",
    status_code=204,
    response_class=Response,
    responses=answers(CHANGED),
)
async def confirm_factor(question: CodeQuestion, door: Knocking) -> Response:
    """Ask for codes of the secret that was shown from now on, and for none of the one before."""
    await door.in_turn(partial(Proofs(door).confirm_second_factor, question.code))
    return _signed_out(door)


@router.post(
    "/v1/session/proof",
    name="prove_again",
    summary="Prove again who one is",
    response_description="The session, in which may be administered for ten minutes.",
    response_model=SessionAnswer,
    responses=answers(CHANGED),
)
async def prove(question: ProofQuestion, door: Knocking) -> Response:
    """Ask whoever is signed in for password and code, before they change keys or accounts."""
    proved = partial(Proofs(door).prove, question.password, question.code)
    return told(session_answer(await door.in_turn(proved)))


@router.post(
    "/v1/session/set-up",
    name="set_up",
    summary="Choose the password of a new account",
    response_description="It is set, and the code is used up: sign in.",
    status_code=204,
    response_class=Response,
    responses=answers(ENTRY),
)
async def set_up(question: SetUpQuestion, door: Knocking) -> Response:
    """Set a password by the code that an administrator gave; all that is wrong is told alike."""
    await door.in_turn(partial(Proofs(door).set_up, question.name, question.code, question.new))
    return Response(status_code=204)


def _signed_out(door: Knocking) -> Response:
    response = Response(status_code=204)
    drop_cookie(response, SESSION, https=door.https)
    return response
