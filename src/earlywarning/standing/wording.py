"""Wording: an alarm of a standing rule in one plain sentence, in Chinese and in English."""

from collections.abc import Mapping

from ...core.codes import CodeTable
from ..products import Vocabulary
from .found import Found
from .rules import LANGUAGES, Language, Rule, Rules, Texts
from .weather import Mean

__all__ = ["sentences"]


def sentences(
    rule: Rule,
    product: str,
    place: str,
    found: Found,
    mean: Mean | None,
    rules: Rules,
    vocabulary: Vocabulary,
) -> Mapping[str, str]:
    """Return what an alarm tells, by language.

    Parameters
    ----------
    rule, product, place
        Which series: a rule, a code of the vocabulary, and a district, "" for the whole city.
    found, mean
        What there is, and the weather of the last days where it is known.
    rules, vocabulary
        Whose words are used.
    """
    return {
        each: _sentence(rule, _name(product, each, vocabulary), place, found, mean, each, rules)
        for each in LANGUAGES
    }


def _name(product: str, language: Language, vocabulary: Vocabulary) -> str:
    """Return what a product is called in a language."""
    return vocabulary.column(language)[vocabulary.column("code").index(product)]


def _place(place: str, language: Language) -> str:
    """Return what a district is called in a language, or its name as the register has it."""
    known = CodeTable.load("district").table
    for row in known.select(["code", *LANGUAGES]).to_pylist():
        if place in row.values():
            return str(row[language])
    return place


def _sentence(
    rule: Rule,
    name: str,
    place: str,
    found: Found,
    mean: Mean | None,
    language: Language,
    rules: Rules,
) -> str:
    texts = rules.texts[language]
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
        place=_place(place, language) or texts.whole,
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
