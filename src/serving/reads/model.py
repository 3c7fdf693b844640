"""The model, its indicators, and whether the service is ready to answer from it."""

from sqlalchemy.exc import SQLAlchemyError

from ...core.errors import XinhengError
from ...grading import Purpose
from ..answers import Language, Values, indicators_values, model_values
from ..live import Live
from ..problem import ProblemError
from ..service import VERSION, Service

__all__ = ["indicators", "model", "ready", "state"]


def indicators(service: Service, language: Language) -> Values:
    """Return the indicators of the model."""
    bundle = service.book.bundle
    return indicators_values(bundle.catalogue, bundle.digest, language)


def model(service: Service) -> Values:
    """Return the model card, and since when the model is champion."""
    bundle = service.book.bundle
    history = service.ledger.promotions.history(Purpose.GRADE)
    mine = [each for each in history if each.bundle == bundle.digest]
    return model_values(bundle, mine[-1] if mine else None)


def ready(service: Service) -> tuple[str, int]:
    """Return the champion and the newest delivery, as ledger and archive have them now.

    Raises
    ------
    ProblemError
        If one of the two cannot be read.
    """
    try:
        return service.ledger.champion(Purpose.GRADE), service.archive.sequence
    except (SQLAlchemyError, XinhengError, OSError) as error:
        raise ProblemError(
            "not-ready", "Ledger or archive cannot be read at the moment; ask again later."
        ) from error


def state(live: Live) -> Values:
    """Return what is answered from, beside what ledger and archive have now.

    Raises
    ------
    ProblemError
        As for `ready`.
    """
    service = live.service
    champion, newest = ready(service)
    return {
        "version": VERSION,
        "bundle": service.book.bundle.digest,
        "champion": champion,
        "sequence": service.book.sequence,
        "newest": newest,
        "trouble": live.trouble,
    }
