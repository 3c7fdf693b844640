"""The policy of warnings: how grave each rule is, and what suffices for a downgrade warning."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Self

from ...core.editions import DatedEdition, Editions, in_order, read_dates
from ...core.settings import Settings
from ...core.table import Table
from ...grading import Level
from ...ledger.downgrades import LONGEST
from .rules import WARNINGS

__all__ = ["Gravity", "Measure", "WarningEdition", "WarningPolicy", "read_warning_policy"]

CLOCKS = ("decide", "serve", "answer")
SECONDED = ("confirm", "amend", "reject", "answer", "lift")


class Gravity(IntEnum):
    """How grave a warning is.

    Examples
    --------
    >>> str(Gravity.SERIOUS), Gravity.SERIOUS.zh, Gravity.NOTICE < Gravity.GRAVE
    ('serious', '警示', True)
    """

    NOTICE = 0
    SERIOUS = 1
    GRAVE = 2

    def __str__(self) -> str:
        return self.name.lower()

    @property
    def zh(self) -> str:
        """What it is called in Chinese."""
        return ("提示", "警示", "严重")[self]


@dataclass(frozen=True, slots=True)
class Measure:
    """What some grounds lead to: at least so many of the rules must hold at once."""

    rules: tuple[str, ...]
    least: int
    level: Level
    days: int
    basis: str


@dataclass(frozen=True, slots=True)
class WarningEdition(DatedEdition):
    """What the policy of warnings said over a stretch of days.

    Parameters
    ----------
    gravity
        How grave each rule is, by its id; others warn of nobody.
    measures
        What suffices for a downgrade warning, and what that proposes.
    most_days
        For how many days a downgrade warning counts at most.
    rise_days, rise_odds
        Within how many days the odds of a violation rise by what factor, to be told of.
    defence_days, defence_basis
        Working days for statement and defence, and what they rest on.
    clocks
        Working days of ours, by what has to be done: `decide`, `serve`, `answer`.
    second
        By act, the levels at which a second person has to agree.
    office, contact
        Who issues a notice, and how that is reached, by language: "zh" and "en".
    """

    gravity: Mapping[str, Gravity]
    measures: tuple[Measure, ...]
    most_days: int
    rise_days: int
    rise_odds: float
    defence_days: int
    defence_basis: str
    office: Mapping[str, str]
    contact: Mapping[str, str]
    clocks: Mapping[str, int]
    second: Mapping[str, frozenset[Level]]

    def needs_second(self, act: str, *levels: Level) -> bool:
        """Tell whether an act needs a second person, given levels it is about."""
        return not self.second[act].isdisjoint(levels)


@dataclass(frozen=True, slots=True)
class WarningPolicy(Editions[WarningEdition]):
    """A policy file of enterprise warnings.

    Examples
    --------
    >>> from datetime import date
    >>> edition = WarningPolicy.default().on(date(2026, 3, 1))
    >>> str(edition.gravity["three_penalties"]), str(edition.measures[0].level)
    ('grave', 'D')
    """

    KIND: ClassVar[str] = "warning policy"
    SHIPPED: ClassVar[str] = "policies/warnings.toml"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read a policy of warnings from text; `source` names it in errors."""
        top = Table.parse(text, source)
        name, tables = top.take("name", str), top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(map(_edition, tables), source), text)


def read_warning_policy(settings: Settings) -> WarningPolicy:
    """Return the policy of warnings of an installation."""
    path = settings.warning_policy
    return WarningPolicy.default() if path is None else WarningPolicy.load(path)


def _edition(table: Table) -> WarningEdition:
    dates = read_dates(table)
    gravity, most = _gravity(table.table("gravity")), _days(table, "most_days", LONGEST)
    measures = tuple(_measure(each, gravity, most) for each in table.tables("measure"))
    rise, defence = table.table("rise"), table.table("defence")
    clocks, second = table.table("clocks"), table.table("second")
    edition = WarningEdition(
        *dates,
        gravity=gravity,
        measures=measures,
        most_days=most,
        rise_days=_at_least(rise, "days", 1),
        rise_odds=rise.take("odds", float),
        defence_days=_at_least(defence, "working_days", 1),
        defence_basis=defence.take("basis", str),
        clocks={name: _at_least(clocks, name, 1) for name in CLOCKS},
        second={act: _levels(second, act) for act in SECONDED},
        office=_both(table.table("office")),
        contact=_both(table.table("contact")),
    )
    if edition.rise_odds <= 1:
        rise.refuse("odds", edition.rise_odds, "a factor over 1")
    for each in (rise, defence, clocks, second, table):
        each.finish()
    return edition


def _gravity(table: Table) -> dict[str, Gravity]:
    words = tuple(str(each) for each in Gravity)
    found = {}
    for rule in table.values:
        if rule not in WARNINGS.ids:
            table.refuse(rule, table.values[rule], f"a rule among: {', '.join(WARNINGS.ids)}")
        found[rule] = Gravity[table.among(rule, words).upper()]
    return found


def _measure(table: Table, gravity: Mapping[str, Gravity], most: int) -> Measure:
    rules, least = table.texts("rules"), _at_least(table, "least", 1)
    for rule in rules:
        if rule not in gravity:
            table.refuse("rules", rule, f"rules that have a gravity: {', '.join(gravity)}")
    if least > len(rules):
        table.refuse("least", least, f"at most the {len(rules)} rules there are")
    level = Level.of(table.among("level", tuple(map(str, Level))))
    measure = Measure(rules, least, level, _days(table, "days", most), table.take("basis", str))
    table.finish()
    return measure


def _days(table: Table, key: str, most: int) -> int:
    found = _at_least(table, key, 1)
    if found > most:
        table.refuse(key, found, f"at most {most} days")
    return found


def _levels(table: Table, key: str) -> frozenset[Level]:
    words, texts = tuple(map(str, Level)), table.texts(key, [])
    for text in texts:
        if text not in words:
            table.refuse(key, text, "levels: " + ", ".join(words))
    return frozenset(map(Level.of, texts))


def _both(table: Table) -> dict[str, str]:
    found = {language: table.take(language, str) for language in ("zh", "en")}
    table.finish()
    return found


def _at_least(table: Table, key: str, least: int) -> int:
    found = table.take(key, int)
    if found < least:
        table.refuse(key, found, f"a whole number from {least} on")
    return found
