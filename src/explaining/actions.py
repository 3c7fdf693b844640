"""Actions: what an enterprise can do about the records behind its grade, from a TOML file.

Which records can be ended, repaired, extended or added, how long one has to wait, and how many
working days the law gives for it, stands in the file, in editions with dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from ..features import POPULATIONS
from ..grading.editions import DatedEdition, Editions, in_order, read_dates
from ..grading.table import Table

__all__ = ["Action", "ActionEdition", "Actions", "Deed"]


class Deed(StrEnum):
    """What an action does to a record."""

    END = "end"
    """An open record is ended: an order complied with, an entry removed."""
    REPAIR = "repair"
    """A record is repaired 信用修复, with all that it says."""
    EXTEND = "extend"
    """A record that will end does so later."""
    ADD = "add"
    """A record is there that was not."""


@dataclass(frozen=True, slots=True)
class Action:
    """What an enterprise can do.

    Parameters
    ----------
    id, zh, en, basis
        What it is called, in both languages, and the law that it rests on.
    does, streams
        What to which records; of one that is added, the stream itself.
    asks
        Whether it is an application, which may be made from a day on.
    wait_months
        How long after the record occurred, or of one that is added, from now on.
    working_days
        For how many working days it is decided from then on.
    unless_open
        Streams of which nothing may stand open when it begins.
    populations
        Whom it is open to; everybody if none is named.
    within_days, before_working_days, extend_months
        How long before its end a record may be extended, until how many working days before it,
        and by how much.
    """

    id: str
    zh: str
    en: str
    basis: str
    does: Deed
    streams: tuple[str, ...]
    asks: bool = False
    wait_months: int = 0
    working_days: int = 0
    unless_open: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    within_days: int = 0
    before_working_days: int = 0
    extend_months: int = 0


@dataclass(frozen=True, slots=True)
class ActionEdition(DatedEdition):
    """The actions that there were over a stretch of days."""

    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Actions(Editions[ActionEdition]):
    """A file of actions.

    Examples
    --------
    >>> from datetime import date
    >>> [each.id for each in Actions.default().on(date(2026, 3, 1)).actions][:3]
    ['rectify', 'perform_penalty', 'leave_abnormal_list']
    """

    KIND: ClassVar[str] = "file of remedies"
    SHIPPED: ClassVar[str] = "actions.toml"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read actions from text; `source` names it in errors."""
        top = Table.parse(text, source)
        name, tables = top.take("name", str), top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(map(_edition, tables), source), text)


def _edition(table: Table) -> ActionEdition:
    dates = read_dates(table)
    actions = tuple(map(_action, table.tables("action", least=1)))
    table.finish()
    names = [each.id for each in actions]
    if len(set(names)) < len(names):
        table.refuse("action", names, "ids that differ")
    return ActionEdition(*dates, actions=actions)


def _action(table: Table) -> Action:
    does = Deed(table.among("does", tuple(Deed)))
    counts = {
        name: table.take(name, int, 0)
        for name in (
            "wait_months",
            "working_days",
            "within_days",
            "before_working_days",
            "extend_months",
        )
    }
    action = Action(
        id=table.take("id", str),
        zh=table.take("zh", str),
        en=table.take("en", str),
        basis=table.take("basis", str),
        does=does,
        streams=table.streams("streams"),
        asks=table.flag("asks"),
        unless_open=table.streams("unless_open") if "unless_open" in table else (),
        populations=table.texts("populations", []),
        **counts,
    )
    _check(table, action, counts)
    table.finish()
    return action


def _check(table: Table, action: Action, counts: Mapping[str, int]) -> None:
    for name, number in counts.items():
        if number < 0:
            table.refuse(name, number, "0 or more")
    for population in action.populations:
        if population not in POPULATIONS:
            table.refuse("populations", list(action.populations), f"some of {POPULATIONS}")
    stream = action.streams[0]
    if action.does is Deed.ADD and (len(action.streams) > 1 or set(stream) & set("*?[")):
        table.refuse("streams", list(action.streams), "the one stream of the record, no pattern")
    if (action.does is Deed.EXTEND) != (action.extend_months > 0):
        table.refuse("extend_months", action.extend_months, "over 0 where a record is extended")
