"""Alarms of standing rules: their season is here, and there is somebody whom they concern."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from ...core.citations import cited
from ..alarm import Alarm, Lens
from ..exposure import Exposure
from .found import SEASON, Found, found_by_place
from .rules import Rule, Rules, read_rules
from .weather import Mean, Weather
from .wording import sentences

__all__ = ["stand"]

MOST = 50


class Series(NamedTuple):
    """A rule for one of its products in one place."""

    rule: Rule
    product: str
    place: str

    @property
    def lens(self) -> Lens:
        """What it is narrowed to."""
        return "district" if self.place else ""


def stand(
    exposure: Exposure,
    *,
    rules: Rules | None = None,
    weather: Weather | None = None,
    past: Iterable[Alarm] = (),
) -> list[Alarm]:
    """Return the alarms of standing rules at the end of the day that an exposure is about.

    A rule alarms for a product in a district where it is in season, the last days were as warm
    and damp as it asks, and there are enterprises that make or sell the product, or recent
    records that name it. It is then silent for its own period, unless it becomes more urgent.

    Parameters
    ----------
    exposure
        The city at the end of the day.
    rules
        Those that ship if not given.
    weather
        Where none is told for a place, the season alone decides, and the alarm says so.
    past
        Alarms that were given before; those of other kinds are not looked at.

    Returns
    -------
    list of Alarm
        Of kind "standing", the most urgent first.

    Raises
    ------
    InvalidError
        If a rule is about a product that the vocabulary has not.
    """
    known = rules or read_rules()
    known.check(exposure.vocabulary)
    given = list(past)
    day = exposure.sightings.day
    alarms = []
    for rule, product in ((each, product) for each in known.on(day) for product in each.products):
        for place, found in found_by_place(rule, product, known, exposure):
            series = Series(rule, product, place)
            mean = _mean(series, weather, day)
            if _is_so(mean, rule) and not _is_silent(series, found, given, day):
                alarms.append(_alarm(series, found, mean, known, exposure))
    return sorted(alarms, key=lambda each: -each.evidence["urgency"])


def _mean(series: Series, weather: Weather | None, day: int) -> Mean | None:
    if weather is None or not series.rule.asks_weather:
        return None
    return weather.mean(series.place, day, series.rule.weather_days)


def _is_so(mean: Mean | None, rule: Rule) -> bool:
    """Tell whether the last days were as a rule asks; so they are where that is not known."""
    if mean is None:
        return True
    warm = rule.least_temperature is None or mean.temperature >= rule.least_temperature
    return warm and (rule.least_humidity is None or mean.humidity >= rule.least_humidity)


def _is_silent(series: Series, found: Found, past: Iterable[Alarm], day: int) -> bool:
    rule = series.rule
    days = rule.silent_days_urgent if found.urgency > SEASON else rule.silent_days
    return any(
        each.kind == "standing"
        and (each.product, each.hazard, each.place) == (series.product, rule.hazard, series.place)
        and day - days < each.day <= day
        and each.evidence["urgency"] >= found.urgency
        for each in past
    )


def _alarm(
    series: Series, found: Found, mean: Mean | None, rules: Rules, exposure: Exposure
) -> Alarm:
    rule, day = series.rule, exposure.sightings.day
    evidence: dict[str, Any] = {
        "rule": rule.id,
        "basis": cited(rule.basis),
        "urgency": found.urgency,
        "makers": found.makers,
        "sellers": found.sellers,
        "enterprises": list(found.codes),
        "records": len(found.records),
        "complaints": found.complaints,
        "illness": found.illness,
        "weather": None if mean is None else mean._asdict(),
        "shelf_life_hours": rule.shelf_life_hours,
        "cold_chain": rule.cold_chain,
    }
    return Alarm(
        kind="standing",
        product=series.product,
        hazard=rule.hazard,
        lens=series.lens,
        place=series.place,
        day=day,
        of=day,
        records=found.records[:MOST],
        sentence=sentences(*series, found, mean, rules, exposure.vocabulary),
        evidence=evidence,
    )
