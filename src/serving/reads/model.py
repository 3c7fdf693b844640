"""The model, its indicators, and whether the service is ready to answer from it."""

from sqlalchemy.exc import SQLAlchemyError

from ...core.errors import XinhengError
from ..answers import HealthAnswer, Language, ReadyAnswer, Values, indicators_values, model_values
from ..problem import ProblemError
from ..service import VERSION, Service

__all__ = ["health", "indicators", "model", "ready"]

PURPOSE = "grade"


def indicators(service: Service, language: Language) -> Values:
    """Return the indicators of the model."""
    bundle = service.book.bundle
    return indicators_values(bundle.catalogue, bundle.digest, language)


def model(service: Service) -> Values:
    """Return the model card, and since when the model is champion."""
    bundle = service.book.bundle
    history = service.ledger.promotions.history(PURPOSE)
    mine = [each for each in history if each.bundle == bundle.digest]
    return model_values(bundle, mine[-1] if mine else None)


def health(service: Service) -> HealthAnswer:
    """Return what the service answers from."""
    return HealthAnswer(
        status="ok",
        version=VERSION,
        bundle=service.book.bundle.digest,
        sequence=service.book.sequence,
    )


def ready(service: Service) -> ReadyAnswer:
    """Return what the service answers from beside what ledger and archive have now.

    Raises
    ------
    ProblemError
        If one of the two cannot be read.
    """
    try:
        champion, newest = service.ledger.champion(PURPOSE), service.archive.sequence
    except (SQLAlchemyError, XinhengError, OSError) as error:
        raise ProblemError(
            "not-ready", "Ledger or archive cannot be read at the moment; ask again later."
        ) from error
    return ReadyAnswer(
        status="ready",
        bundle=service.book.bundle.digest,
        champion=champion,
        sequence=service.book.sequence,
        newest=newest,
    )
