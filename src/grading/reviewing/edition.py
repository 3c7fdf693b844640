"""Editions of a review policy: triggers, clocks, who has to be two, and codes of reasons."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...core.editions import DatedEdition, read_dates
from ...core.errors import NotFoundError
from ...core.table import Table
from ...ledger.reviews import CAUSES, Decision
from ..scale import Level

__all__ = ["ReasonCode", "ReviewEdition", "Trigger", "read_edition"]

CLOCKS = ("review", "accept", "decide", "extend", "notify")
LIFT = "lift"
SECONDED = (*map(str, Decision), LIFT)
WORDS = tuple(map(str, Level))
DIRECTIONS = ("worse", "better", "any")
DIGITS = 16
ID = re.compile(r"[a-z][a-z0-9_]{0,49}")
MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Trigger:
    """Which changes of level open a case.

    Parameters
    ----------
    id, zh, en
        What it is called.
    to
        The levels after the change.
    direction, steps
        `worse`, `better` or `any`, and by how many steps at least.
    share
        How many of them, from 0 to 1.
    days
        Working days until it has to be decided.
    """

    id: str
    zh: str
    en: str
    to: frozenset[Level]
    direction: str
    steps: int
    share: float
    days: int

    def asks(self, before: Level, after: Level) -> bool:
        """Tell whether it asks for a change from one level to another, drawn or not."""
        steps = int(after) - int(before)
        if self.direction == "worse":
            return steps >= self.steps and after in self.to
        if self.direction == "better":
            return -steps >= self.steps and after in self.to
        return abs(steps) >= self.steps and after in self.to

    def draws(self, change: int) -> bool:
        """Tell whether a change is among those that are drawn: the same whenever it is asked."""
        if self.share >= 1:
            return True
        digest = hashlib.sha256(f"{self.id} {change}".encode()).hexdigest()[:DIGITS]
        return int(digest, 16) < self.share * float(16**DIGITS)


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """What a decision is put down to."""

    id: str
    zh: str
    en: str
    decisions: frozenset[Decision]


@dataclass(frozen=True, slots=True)
class ReviewEdition(DatedEdition):
    """What policy said of reviews over a stretch of days.

    Parameters
    ----------
    back_days
        For how many days a change of level can open a case.
    most_days
        For how many days a level that people set counts at most.
    clocks
        Working days, by what has to be done.
    second
        By decision, and for `lift`, the levels at which a second person has to agree.
    triggers
        Which changes of level open a case, the first that asks for one before the others.
    reasons
        What decisions are put down to, by id.
    """

    back_days: int
    most_days: int
    clocks: Mapping[str, int]
    second: Mapping[str, frozenset[Level]]
    triggers: tuple[Trigger, ...]
    reasons: Mapping[str, ReasonCode]

    def needs_second(self, what: str, *levels: Level) -> bool:
        """Tell whether a decision, or `lift`, needs a second person, given levels it is about."""
        return not self.second[what].isdisjoint(levels)

    def trigger_of(self, before: Level, after: Level, change: int) -> Trigger | None:
        """Return the first trigger that asks for a change of level; None if none does."""
        asking = (each for each in self.triggers if each.asks(before, after))
        return next((each for each in asking if each.draws(change)), None)

    def reason(self, code: str, decision: Decision) -> ReasonCode:
        """Return the reason of a code, which has to fit a decision.

        Raises
        ------
        NotFoundError
            If there is none that does.
        """
        fitting = [each.id for each in self.reasons.values() if decision in each.decisions]
        if code not in fitting:
            raise NotFoundError.among(f"reason to {decision}", code, fitting)
        return self.reasons[code]


def read_edition(table: Table) -> ReviewEdition:
    """Read an edition from its table."""
    dates = read_dates(table)
    back, most = _days(table, "back_days"), _days(table, "most_days")
    clocks = _clocks(table.table("clocks"))
    triggers = tuple(_trigger(each, clocks["review"]) for each in table.tables("trigger"))
    reasons = [_reason(each) for each in table.tables("reason", least=1)]
    _check_ids(table, "trigger", [each.id for each in triggers])
    _check_ids(table, "reason", [each.id for each in reasons])
    edition = ReviewEdition(
        *dates,
        back_days=back,
        most_days=most,
        clocks=clocks,
        second=_second(table.table("second")),
        triggers=triggers,
        reasons={each.id: each for each in reasons},
    )
    for decision in Decision:
        if not any(decision in each.decisions for each in reasons):
            table.refuse("reason", decision.value, "a reason for every decision")
    table.finish()
    return edition


def _clocks(table: Table) -> dict[str, int]:
    found = {name: _days(table, name) for name in CLOCKS}
    table.finish()
    return found


def _days(table: Table, key: str, default: int | None = None) -> int:
    days = table.take(key, int, default)
    if not 1 <= days <= MOST_DAYS:
        table.refuse(key, days, f"at least 1 day, and {MOST_DAYS} at most")
    return days


def _second(table: Table) -> dict[str, frozenset[Level]]:
    found = {what: _levels(table, what, []) for what in SECONDED}
    table.finish()
    return found


def _levels(table: Table, key: str, default: list[str]) -> frozenset[Level]:
    texts = table.texts(key, default)
    for text in texts:
        if text not in WORDS:
            table.refuse(key, text, "levels: " + ", ".join(WORDS))
    return frozenset(map(Level.of, texts))


def _trigger(table: Table, days: int) -> Trigger:
    found = Trigger(
        id=_id(table),
        zh=table.take("zh", str),
        en=table.take("en", str),
        to=_levels(table, "to", [*WORDS]),
        direction=table.among("direction", DIRECTIONS, "any"),
        steps=table.take("steps", int, 1),
        share=table.take("share", float, 1.0),
        days=_days(table, "days", days),
    )
    if found.id in CAUSES:
        table.refuse("id", found.id, f"another one than {', '.join(sorted(CAUSES))}")
    if not 1 <= found.steps < len(Level):
        table.refuse("steps", found.steps, "1 to 5")
    if not 0 < found.share <= 1:
        table.refuse("share", found.share, "a share over 0, 1 at most")
    table.finish()
    return found


def _reason(table: Table) -> ReasonCode:
    code, zh, en = _id(table), table.take("zh", str), table.take("en", str)
    decisions = table.texts("decisions")
    for each in decisions:
        if each not in {*map(str, Decision)}:
            table.refuse("decisions", each, "decisions: " + ", ".join(Decision))
    table.finish()
    return ReasonCode(code, zh, en, frozenset(map(Decision, decisions)))


def _id(table: Table) -> str:
    found = table.take("id", str)
    if not ID.fullmatch(found):
        table.refuse("id", found, "a small letter, then small letters, digits and _, 50 at most")
    return found


def _check_ids(table: Table, key: str, ids: list[str]) -> None:
    if len(set(ids)) < len(ids):
        table.refuse(key, ids, "different ids")
