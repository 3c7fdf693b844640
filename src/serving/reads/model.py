"""The model, its indicators, and whether the service is ready to answer from it."""

from sqlalchemy.exc import SQLAlchemyError

from ...core.errors import XinhengError
from ...grading import Purpose
from ..answers import (
    Language,
    Values,
    indicators_values,
    model_values,
    promotions_values,
)
from ..live.live import NO_LEDGER, Live
from ..live.service import VERSION, Service
from ..problem import ProblemError

__all__ = ["indicators", "model", "promotions", "ready", "state"]


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


def promotions(service: Service) -> Values:
    """Return every model that graded, the newest first, with who put it into force and why."""
    return promotions_values(service.ledger.promotions.history(Purpose.GRADE))


def ready(live: Live) -> bool:
    """Tell whether all is well; if not, what is answered is still answered from what is known.

    Raises
    ------
    ProblemError
        If the archive cannot be read: then no record can be shown. If nothing can be recorded:
        then nothing may be.
    """
    service = live.service
    try:
        service.archive.sequence  # noqa: B018
    except (XinhengError, OSError) as error:
        raise _unreadable() from error
    if trouble := service.ledger.unrecorded():
        raise ProblemError(
            "not-ready",
            "No read can be recorded, so none is answered: the disk of the audit trail takes "
            f"nothing ({trouble}). Make room in the folder that XINHENG_AUDIT names.",
        )
    return not live.trouble and service.ledger.answers()


def state(live: Live) -> Values:
    """Return what is answered from, beside what ledger and archive have now.

    While the ledger cannot be read, the champion is the newest that is known.

    Raises
    ------
    ProblemError
        If the archive cannot be read.
    """
    service, trouble = live.service, live.trouble
    champion = service.of.seen.champion
    try:
        newest = service.archive.sequence
        champion = service.ledger.champion(Purpose.GRADE)
    except SQLAlchemyError:
        trouble = trouble or NO_LEDGER
    except (XinhengError, OSError) as error:
        raise _unreadable() from error
    return {
        "version": VERSION,
        "bundle": service.book.bundle.digest,
        "champion": champion,
        "sequence": service.book.sequence,
        "newest": newest,
        "run": service.of.seen.run or None,
        "trouble": trouble,
    }


def _unreadable() -> ProblemError:
    detail = "Ledger or archive cannot be read at the moment; ask again later."
    return ProblemError("not-ready", detail)
