"""Standing rules: hazards that come with a season, and are watched for whether sampled or not."""

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ...core.errors import InvalidError
from ...core.time import EPOCH, day, show
from ..products import Vocabulary

__all__ = ["LANGUAGES", "Language", "Rule", "Rules", "Texts", "read_rules"]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Frozen):
    """A hazard in products, when it is to be expected, and what is to be done.

    Attributes
    ----------
    id, hazard
        Name of the rule, and the item or hazard class that it is about.
    products
        Codes of the vocabulary; each stands for those that are a kind of it as well.
    months
        Months of its season, 1 to 12; or else
    feast, days_before
        the feast before which its season lies, and how many days it lasts.
    least_temperature, least_humidity
        Mean of the last days from which on it holds, in °C and in %; not asked where None.
    weather_days
        How many last days.
    look_back_days, recent_days
        Over how many days records that name a product are counted, and those of harm.
    shelf_life_hours, cold_chain
        What the product keeps, and whether it has to be kept cold.
    silent_days, silent_days_urgent
        For how many days it is silent after an alarm: without harm, and with it.
    valid_from, valid_to
        First and last day on which the rule is in force; open where None.
    basis
        Law, source, and which of its values are our own (design).
    about, act
        What the hazard is, and what to do, by language.
    """

    id: str = Field(pattern="[a-z][a-z0-9-]*")
    hazard: str = Field(min_length=1)
    products: tuple[str, ...] = Field(min_length=1)
    months: frozenset[int] = frozenset()
    feast: str | None = None
    days_before: int = Field(0, ge=0)
    least_temperature: float | None = None
    least_humidity: float | None = Field(None, ge=0, le=100)
    weather_days: int = Field(7, ge=1)
    look_back_days: int = Field(365, ge=1)
    recent_days: int = Field(30, ge=1)
    shelf_life_hours: int | None = Field(None, ge=1)
    cold_chain: bool
    silent_days: int = Field(ge=0)
    silent_days_urgent: int = Field(ge=0)
    valid_from: date | None = None
    valid_to: date | None = None
    basis: str = Field(min_length=1)
    about: dict[Language, str]
    act: dict[Language, str]

    @model_validator(mode="after")
    def _in_both(self) -> Self:
        if any(set(each) != set(LANGUAGES) for each in (self.about, self.act)):
            raise ValueError(f"rule {self.id}: about and act are told in zh and in en")
        return self

    @model_validator(mode="after")
    def _one_season(self) -> Self:
        if bool(self.months) == (self.feast is not None):
            raise ValueError(f"rule {self.id}: give months, or a feast with days_before")
        if not self.months <= set(range(1, 13)):
            raise ValueError(f"rule {self.id}: months are numbers from 1 to 12")
        if self.feast is not None and not self.days_before:
            raise ValueError(f"rule {self.id}: days_before the feast are missing")
        return self

    @property
    def asks_weather(self) -> bool:
        """Whether it holds only where the last days were as it asks."""
        return self.least_temperature is not None or self.least_humidity is not None

    def in_force(self, number: int) -> bool:
        """Tell whether the rule itself holds on a day."""
        since = self.valid_from is None or day(self.valid_from) <= number
        return since and (self.valid_to is None or number <= day(self.valid_to))


class Texts(_Frozen):
    """How an alarm of a rule is told, in one language; names in braces are filled in."""

    whole: str
    counted: str
    urgency: tuple[str, str, str, str]
    weather: str
    no_weather: str
    join: str
    sentence: str


class Rules(_Frozen):
    """All standing rules, feasts, and the words that go with them.

    Attributes
    ----------
    illness
        Topics of complaints that tell of illness.
    feasts
        Days of each feast.
    rule
        The rules.
    texts
        By language: "zh" and "en".
    """

    illness: frozenset[str]
    feasts: dict[str, tuple[date, ...]] = {}
    rule: tuple[Rule, ...] = Field(min_length=1)
    texts: dict[Language, Texts]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [each.id for each in self.rule]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"there are several rules of the name {', '.join(twice)}")
        for each in self.rule:
            if each.feast is not None and each.feast not in self.feasts:
                raise ValueError(f"rule {each.id}: there are no days of the feast {each.feast}")
        if set(self.texts) != set(LANGUAGES):
            raise ValueError("texts are given for zh and for en")
        return self

    def on(self, number: int) -> list[Rule]:
        """Return the rules that are in force and in season on a day.

        Raises
        ------
        InvalidError
            If a rule waits for a feast whose day in that year is not told.

        Examples
        --------
        >>> [rule.id for rule in read_rules().on(day("2026-08-20"))]
        ['bongkrekic-wet-noodles', 'bongkrekic-soaked-fungus', 'vibrio-raw-seafood',
         'staphylococcus-chilled-dessert', 'mould-mooncake']
        """
        return [rule for rule in self.rule if rule.in_force(number) and self._season(rule, number)]

    def check(self, vocabulary: Vocabulary) -> None:
        """Refuse rules of products that a vocabulary has not.

        Raises
        ------
        InvalidError
            If there is one; rule and product are named.
        """
        known = set(vocabulary.column("code"))
        for rule in self.rule:
            missing = sorted(set(rule.products) - known)
            if missing:
                raise InvalidError(
                    f"standing rule {rule.id}: the vocabulary has no product "
                    f"{', '.join(map(repr, missing))}; add it there, or take it from the rule"
                )

    def _season(self, rule: Rule, number: int) -> bool:
        when = date.fromisoformat(show(number))
        if rule.feast is None:
            return when.month in rule.months
        days = [(each - EPOCH).days for each in self.feasts[rule.feast] if each.year == when.year]
        if not days:
            raise InvalidError(
                f"standing rule {rule.id}: the rules do not tell the day of {rule.feast} in "
                f"{when.year}; add it under [feasts]"
            )
        return any(feast - rule.days_before <= number <= feast for feast in days)


def read_rules(path: Path | None = None) -> Rules:
    """Read standing rules; those that ship where no file is named.

    Raises
    ------
    InvalidError
        If they cannot be used; every fault is named by its place.
    """
    return _shipped() if path is None else _read(path.read_text("utf-8"), str(path))


@cache
def _shipped() -> Rules:
    text = resources.files(__package__).joinpath("rules.toml").read_text("utf-8")
    return _read(text, "rules.toml")


def _read(text: str, name: str) -> Rules:
    try:
        return Rules.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidError(f"the standing rules {name} are no TOML: {error}") from None
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'rules'}: "
            f"{each['msg'].removeprefix('Value error, ')}"
            for each in error.errors()
        )
        raise InvalidError(f"the standing rules {name} cannot be used. {faults}") from None
