"""The policy of downgrade warnings: clocks, the longest period, and who has to be two."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ...core.editions import DatedEdition, Editions, in_order, read_dates
from ...core.table import Table
from ...ledger.downgrades import LEVELS, LONGEST, Act

__all__ = ["DowngradeEdition", "DowngradePolicy"]

CLOCKS = ("decide", "serve", "state", "answer")
SECONDED = (Act.CONFIRM, Act.AMEND, Act.REJECT, Act.ANSWER, Act.LIFT)


@dataclass(frozen=True, slots=True)
class DowngradeEdition(DatedEdition):
    """What policy said of downgrade warnings over a stretch of days.

    Parameters
    ----------
    most_days
        For how many days a warning counts at most.
    clocks
        Working days, by what has to be done.
    second
        By act, the levels at which a second person has to agree.
    """

    most_days: int
    clocks: Mapping[str, int]
    second: Mapping[Act, frozenset[str]]

    def needs_second(self, act: Act, *levels: str) -> bool:
        """Tell whether an act needs a second person, given levels it is about."""
        return not self.second.get(act, frozenset()).isdisjoint(levels)


@dataclass(frozen=True, slots=True)
class DowngradePolicy(Editions[DowngradeEdition]):
    """A policy of downgrade warnings.

    Examples
    --------
    >>> from datetime import date
    >>> edition = DowngradePolicy.default().on(date(2026, 3, 1))
    >>> edition.clocks["state"], edition.needs_second(Act.CONFIRM, "C", "D")
    (5, True)
    """

    KIND: ClassVar[str] = "policy of downgrade warnings"
    SHIPPED: ClassVar[str] = "policies/downgrades.toml"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read a policy from text; `source` names it in errors."""
        top = Table.parse(text, source)
        name, tables = top.take("name", str), top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(map(_edition, tables), source), text)


def _edition(table: Table) -> DowngradeEdition:
    dates, most = read_dates(table), _days(table, "most_days")
    clocks, second = table.table("clocks"), table.table("second")
    found = DowngradeEdition(
        *dates,
        most_days=most,
        clocks={name: _days(clocks, name) for name in CLOCKS},
        second={act: _levels(second, act.value) for act in SECONDED},
    )
    for each in (clocks, second, table):
        each.finish()
    return found


def _days(table: Table, key: str) -> int:
    days = table.take(key, int)
    if not 1 <= days <= LONGEST:
        table.refuse(key, days, f"at least 1 day, and {LONGEST} at most")
    return days


def _levels(table: Table, key: str) -> frozenset[str]:
    texts = table.texts(key, [])
    for text in texts:
        if text not in LEVELS:
            table.refuse(key, text, "levels: " + ", ".join(LEVELS))
    return frozenset(texts)
