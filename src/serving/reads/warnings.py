"""Warnings of an enterprise: what rules tell of it, and what is to be expected of its level."""

from ...core import time
from ...core.errors import InvalidError
from ...earlywarning.enterprises.outlooks import Outlooks, look_out
from ...earlywarning.enterprises.rises import tell_rises
from ...earlywarning.enterprises.warningpolicy import WarningEdition
from ...earlywarning.enterprises.warnings import warn
from ..answers import Language, Values, rise_values, warned_values
from ..live.service import Service

__all__ = ["warnings"]

MONTH = 30


def warnings(
    service: Service, number: int, identifier: str, day: int, language: Language
) -> Values:
    """Return what rules tell of an enterprise as of a day, with forecast and rise of its risk."""
    policy, events = service.foresight.policy, service.book.events.of(number)
    found = warn(events, day, [number], policy=policy)
    told = sorted(found.tell(events), key=lambda each: (-each.gravity, each.since, each.rule))
    outlooks = _outlooks(service, number, day)
    return {
        "enterprise": identifier,
        "as_of": time.show(day),
        "policy": f"{policy.name} {found.edition.version}",
        "warnings": [warned_values(each, language) for each in told],
        "forecast": [] if outlooks is None else _forecast(outlooks),
        "rise": None if outlooks is None else _rise(service, outlooks, found.edition, language),
    }


def _outlooks(service: Service, number: int, day: int) -> Outlooks | None:
    """Return the outlook of an enterprise; None where no forecast is, or too little is known."""
    forecast = service.foresight.forecasts.of(service.book.bundle.digest)
    if forecast is None:
        return None
    try:
        return look_out(service.book, forecast, day, some=[number], policy=service.foresight.policy)
    except InvalidError:
        return None


def _forecast(found: Outlooks) -> list[Values]:
    return [
        {"days": days, "probability": probability, "interval": [low, high]}
        for days in sorted(found.by_days)
        for _, probability, low, high in found.most(days, 1)
    ]


def _rise(
    service: Service, found: Outlooks, edition: WarningEdition, language: Language
) -> Values | None:
    """Return the rise of the risk that the level hides, if it rose."""
    last = found.looks[-1]
    earlier = [each for each in found.looks if last.as_of - each.as_of >= edition.rise_days]
    if not earlier:
        return None
    rises = tell_rises(service.book, earlier[-1], last, edition)
    return next((rise_values(each, language) for each in rises), None)
