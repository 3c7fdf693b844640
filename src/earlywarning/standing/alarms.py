"""Alarms of standing rules: their season is here, and there is somebody whom they concern."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.codes import CodeTable
from ..alarm import Alarm, Lens
from ..exposure import ROLES, Exposure
from ..sightings import OUTCOMES
from .rules import LANGUAGES, Language, Rule, Rules, Texts, read_rules
from .weather import Mean, Weather

__all__ = ["SEASON", "stand"]

SEASON, COMPLAINED, ILL = 1, 2, 3
"""How urgent an alarm is: the season alone, complaints or failures, illness."""

MAKES = [ROLES.index("makes"), ROLES.index("commissions")]
SELLS = [ROLES.index("sells")]
HARMED = OUTCOMES.index("harmed")
COMPLAINTS = [OUTCOMES.index("complained"), OUTCOMES.index("failed")]
MOST_RECORDS, MOST_ENTERPRISES = 50, 10

Rows = npt.NDArray[np.intp]


class Series(NamedTuple):
    """A rule for one of its products in one place."""

    rule: Rule
    product: str
    place: str

    @property
    def lens(self) -> Lens:
        """What it is narrowed to."""
        return "district" if self.place else ""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a product in a place."""

    makers: int
    sellers: int
    codes: tuple[str, ...]
    records: tuple[str, ...]
    complaints: int
    illness: int

    @property
    def urgency(self) -> int:
        """`SEASON`, or more where there is harm."""
        return ILL if self.illness else COMPLAINED if self.complaints else SEASON


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
    alarms = [
        _alarm(series, found, mean, known, exposure)
        for rule in known.on(day)
        for product in rule.products
        for series, found in _places(rule, product, known, exposure)
        if _is_so((mean := _mean(series, weather, day)), rule)
        and not _is_silent(series, found, given, day)
    ]
    return sorted(alarms, key=lambda each: -each.evidence["urgency"])


def _places(
    rule: Rule, product: str, rules: Rules, exposure: Exposure
) -> Iterator[tuple[Series, Found]]:
    """Yield the places where a product is made, sold or told of, and what there is."""
    district = np.append(exposure.city.words("district"), None)
    ranked = exposure.ranked([product], rule.hazard)
    held = np.isin(ranked.role, [*MAKES, *SELLS])
    whom, role = ranked.enterprise[held], ranked.role[held]
    seen = exposure.sightings
    rows = exposure.rows([product])
    rows = rows[seen.numbers("occurred")[rows] > seen.day - rule.look_back_days]
    of_whom = _words(district[whom])
    of_rows = _words(district[seen.numbers("enterprise")[rows]])
    codes = exposure.city.words("code")
    for place in sorted({*of_whom, *of_rows}):
        mine, here = of_whom == place, rows[of_rows == place]
        complaints, illness = _harm(here, rule, rules, exposure)
        yield (
            Series(rule, product, place),
            Found(
                int(np.isin(role[mine], MAKES).sum()),
                int(np.isin(role[mine], SELLS).sum()),
                tuple(codes[whom[mine]][:MOST_ENTERPRISES].tolist()),
                tuple(seen.numbers("record")[here[::-1]].astype(str).tolist()),
                complaints,
                illness,
            ),
        )


def _words(places: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    return np.array([place or "" for place in places], object)


def _harm(rows: Rows, rule: Rule, rules: Rules, exposure: Exposure) -> tuple[int, int]:
    """Return how many recent records tell of complaints or failures, and of illness."""
    seen = exposure.sightings
    recent = rows[seen.numbers("available")[rows] > seen.day - rule.recent_days]
    outcome = seen.numbers("outcome")[recent]
    place, topics = seen.codes("topic")
    tells = np.array([*(topic in rules.illness for topic in topics), False], bool)[place[recent]]
    ill = (outcome == HARMED) | tells
    return int((np.isin(outcome, COMPLAINTS) & ~ill).sum()), int(ill.sum())


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
        "basis": rule.basis,
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
        records=found.records[:MOST_RECORDS],
        sentence={
            each: _sentence(series, found, mean, each, rules, _name(series, each, exposure))
            for each in LANGUAGES
        },
        evidence=evidence,
    )


def _name(series: Series, language: Language, exposure: Exposure) -> str:
    """Return what a product is called in a language."""
    known = exposure.vocabulary
    return known.column(language)[known.column("code").index(series.product)]


def _place(place: str, language: Language) -> str:
    """Return what a district is called in a language, or its name as the register has it."""
    known = CodeTable.load("district").table
    for row in known.select(["code", *LANGUAGES]).to_pylist():
        if place in row.values():
            return str(row[language])
    return place


def _sentence(
    series: Series, found: Found, mean: Mean | None, language: Language, rules: Rules, name: str
) -> str:
    rule, texts = series.rule, rules.texts[language]
    told = [
        texts.counted.format(
            makers=found.makers,
            sellers=found.sellers,
            records=len(found.records),
            days=rule.look_back_days,
        ),
        texts.urgency[found.urgency].format(
            recent=rule.recent_days, complaints=found.complaints, illness=found.illness
        ),
        *_weather(mean, rule, texts),
    ]
    return texts.sentence.format(
        product=name,
        place=_place(series.place, language) or texts.whole,
        about=rule.about[language],
        told=texts.join.join(told),
        act=rule.act[language],
    )


def _weather(mean: Mean | None, rule: Rule, texts: Texts) -> list[str]:
    """Return what is told of the weather: nothing of a rule that does not ask."""
    if mean is None:
        return [texts.no_weather] if rule.asks_weather else []
    figures = {"temperature": round(mean.temperature, 1), "humidity": round(mean.humidity)}
    return [texts.weather.format(days=mean.days, **figures)]
