"""The routes by which people change what they sign in with."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ..answers import SecondFactorAnswer, second_factor_answer
from ..entrance.cookies import SESSION, drop_cookie
from ..entrance.proofs import Proofs
from ..questions import CodeQuestion, PasswordQuestion, ProofQuestion
from .parts import answers
from .session import ENTRY, Knocking

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
    answer = second_factor_answer(await door.in_turn(offer))
    return Response(answer.model_dump_json(), media_type="application/json")


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


def _signed_out(door: Knocking) -> Response:
    response = Response(status_code=204)
    drop_cookie(response, SESSION, https=door.https)
    return response
