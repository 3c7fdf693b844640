"""Routes about what is answered from: the model, its indicators, and the service itself."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ..answers import (
    HealthAnswer,
    IndicatorsAnswer,
    ModelAnswer,
    PromotionsAnswer,
    ReadyAnswer,
    StateAnswer,
)
from ..reads import model as models
from .administered import seen
from .parts import (
    ALWAYS,
    READING,
    Asking,
    Posting,
    Spoken,
    TheLive,
    answers,
    without,
)

__all__ = ["router"]

UNREADY = {**ALWAYS, 503: "The archive cannot be read, or no read recorded, at the moment."}
router = APIRouter()


@router.get(
    "/v1/indicators",
    tags=["model"],
    summary="The indicators that a grade rests on",
    response_description="Name, dimension, unit, formula, basis, window and direction of each.",
    response_model=IndicatorsAnswer,
    responses=answers(without(READING, 404)),
)
def indicators(caller: Asking, language: Spoken) -> Response:
    """Return the indicators of the model in force, in the order of its catalogue."""
    make = partial(models.indicators, caller.service, language)
    return caller.read("read indicators", "indicators", {}, make, language)


@router.get(
    "/v1/model",
    tags=["model"],
    summary="The model that grades",
    response_description="Its card, its digest, and since when it is champion.",
    response_model=ModelAnswer,
    responses=answers(without(READING, 404, 422)),
)
def model(caller: Asking) -> Response:
    """Return what the model was made from, for what, and how good it was."""
    make = partial(models.model, caller.service)
    return caller.read("read model", "model", {}, make)


@router.get(
    "/v1/model/promotions",
    name="promotions",
    tags=["model"],
    summary="The models that graded",
    response_description="Each with from when to when, who put it into force, why, and the gates.",
    response_model=PromotionsAnswer,
    responses=answers(without(READING, 404, 422)),
)
def promotions(caller: Asking) -> Response:
    """Return which model graded from when to when, and on what evidence it was promoted."""
    return seen(caller, "read promotions", "model", {}, models.promotions(caller.service))


@router.get(
    "/v1/state",
    tags=["service"],
    summary="What the service answers from",
    response_description="Version, model and records, and whether something newer is there.",
    response_model=StateAnswer,
    responses=answers(without(READING, 304, 404, 422)),
)
def state(caller: Posting, live: TheLive) -> Response:
    """Return from which model and records is answered, and what ledger and archive have now."""
    return caller.compute("read state", "state", {}, partial(models.state, live))


@router.get(
    "/healthz",
    tags=["service"],
    summary="That the service answers",
    response_description="That it does; open to everybody.",
    responses=answers(ALWAYS),
)
async def health() -> HealthAnswer:
    """Tell that the service answers, and nothing of what it holds."""
    return HealthAnswer(status="ok")


@router.get(
    "/readyz",
    tags=["service"],
    summary="Whether the service is ready",
    response_description="That it is, or that something it needs is gone; open to everybody.",
    responses=answers(UNREADY),
)
def ready(live: TheLive) -> ReadyAnswer:
    """Tell whether all is well, and nothing of what it is."""
    return ReadyAnswer(status="ready" if models.ready(live) else "degraded")
