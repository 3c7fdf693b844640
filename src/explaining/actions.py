"""Actions: what an enterprise can do about the records behind its grade, from a TOML file.

Which records can be ended, repaired, extended, added or filed, how long one has to wait, and how
many working days the law gives for it, stands in the file, in editions with dates.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import ClassVar, Self

from ..core.errors import DeclarationError
from ..features import POPULATIONS, Missed, latest
from ..grading.editions import DatedEdition, Editions, in_order, read_dates
from ..grading.table import Table
from .following import each_in_turn

__all__ = ["Action", "ActionEdition", "Actions", "Deadline", "Deed"]

COUNTS = ("wait_months", "working_days", "within_days", "before_working_days", "extend_months")
PATTERNS = ("once_ended", "unless_open", "unless_since", "unless_again", "except")


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
    FILE = "file"
    """What is due every year, such as the annual report 年度报告, is filed."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when something has to be filed every year, and what it says.

    Parameters
    ----------
    missed
        The deadlines by which nothing was filed, in time or late.
    late
        Whether it is filed for deadlines that have passed, rather than by the next one.
    as_before
        Streams of what it says of its year, which is taken to be what the last one said.
    """

    missed: Missed
    late: bool
    as_before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """What an enterprise can do.

    Parameters
    ----------
    id, zh, en, basis
        What it is called, in both languages, and the law that it rests on.
    does, streams
        What to which records; of one that is added or filed, the stream itself.
    asks
        Whether it is an application, which may be made from a day on.
    wait_months
        How long after the record occurred, or of one that is added, from now on.
    working_days
        For how many working days it is decided from then on.
    once_ended
        Streams of the record itself that have to have ended when it begins.
    unless_open
        Streams of which nothing may stand open when it begins.
    unless_since
        Streams of which nothing may have come after the record.
    unless_again
        Streams by which records are of one kind: none of the kind of the record may have come
        after it.
    excepted
        Streams that the record may not have.
    after
        Ids of actions that have to be taken first, where they can be.
    populations
        Whom it is open to; everybody if none is named.
    within_days, before_working_days, extend_months
        How long before its end a record may be extended, until how many working days before it,
        and by how much.
    deadline
        Of what is filed, by when.
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
    once_ended: tuple[str, ...] = ()
    unless_open: tuple[str, ...] = ()
    unless_since: tuple[str, ...] = ()
    unless_again: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    within_days: int = 0
    before_working_days: int = 0
    extend_months: int = 0
    deadline: Deadline | None = None


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
    ['rectify', 'perform_penalty', 'file_report']
    """

    KIND: ClassVar[str] = "file of remedies"
    SHIPPED: ClassVar[str] = "actions.toml"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read actions from text; `source` names it in errors.

        An edition that `follows` another, which stands before it in the file, has its actions,
        except for those that it says anew.
        """
        top = Table.parse(text, source)
        name, tables = top.take("name", str), top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(each_in_turn(tables, _edition), source), text)


def _edition(table: Table, before: ActionEdition | None) -> ActionEdition:
    dates = read_dates(table)
    kept = () if before is None else before.actions
    said = tuple(map(_action, table.tables("action", least=1)))
    table.finish()
    names = [each.id for each in said]
    if len(set(names)) < len(names):
        table.refuse("action", names, "ids that differ")
    actions = tuple({each.id: each for each in (*kept, *said)}.values())
    _check_order(table, actions)
    return ActionEdition(*dates, actions=actions)


def _action(table: Table) -> Action:
    counts = {name: table.take(name, int, 0) for name in COUNTS}
    patterns = {name: table.streams(name) if name in table else () for name in PATTERNS}
    action = Action(
        id=table.take("id", str),
        zh=table.take("zh", str),
        en=table.take("en", str),
        basis=table.take("basis", str),
        does=Deed(table.among("does", tuple(Deed))),
        streams=table.streams("streams"),
        asks=table.flag("asks"),
        once_ended=patterns["once_ended"],
        unless_open=patterns["unless_open"],
        unless_since=patterns["unless_since"],
        unless_again=patterns["unless_again"],
        excepted=patterns["except"],
        after=table.texts("after", []),
        populations=table.texts("populations", []),
        deadline=_deadline(table.table("deadline")) if "deadline" in table else None,
        **counts,
    )
    _check(table, action, counts)
    table.finish()
    return action


def _deadline(table: Table) -> Deadline:
    turn, years, since = (
        table.take("turn", list),
        table.take("years", int),
        table.take("since", int, 0),
    )
    filed, start = table.streams("filed"), table.take("start", str)
    late = table.flag("late")
    as_before = table.streams("as_before") if "as_before" in table else ()
    table.finish()
    if len(turn) != 2:
        table.refuse("turn", turn, "[month, day], such as [7, 1]")
    try:
        missed = Missed(
            streams=filed, years=years, turn=(turn[0], turn[1]), start=latest(start), since=since
        )
    except DeclarationError as error:
        table.refuse("turn", turn, f"deadlines as an indicator of them declares ({error})")
    return Deadline(missed, late, as_before)


def _check(table: Table, action: Action, counts: Mapping[str, int]) -> None:
    for name, number in counts.items():
        if number < 0:
            table.refuse(name, number, "0 or more")
    for population in action.populations:
        if population not in POPULATIONS:
            table.refuse("populations", list(action.populations), f"some of {POPULATIONS}")
    if (action.does is Deed.EXTEND) != (action.extend_months > 0):
        table.refuse("extend_months", action.extend_months, "over 0 where a record is extended")
    if (action.does is Deed.FILE) != (action.deadline is not None):
        only = 'a table "deadline" where it is "file", and only there'
        table.refuse("does", str(action.does), only)
    if action.does in {Deed.ADD, Deed.FILE}:
        _check_made(table, action)
    if own := _own(action):
        table.refuse(
            "unless_open",
            list(action.unless_open),
            f"streams other than its own: {own} is what the action is about, so that it would "
            "forbid itself for as long as there is something to do",
        )


def _check_made(table: Table, action: Action) -> None:
    """Refuse what says nothing of an action that adds a record."""
    if len(action.streams) > 1 or set(action.streams[0]) & set("*?["):
        table.refuse("streams", list(action.streams), "the one stream of the record, no pattern")
    if action.once_ended or action.unless_since or action.unless_again or action.excepted:
        table.refuse(
            "does",
            str(action.does),
            "no once_ended, unless_since, unless_again or except: there is no record yet",
        )
    if action.does is Deed.FILE and (action.unless_open or action.after or action.working_days):
        table.refuse("does", "file", "no unless_open, after or working_days: it is done on its day")


def _own(action: Action) -> str | None:
    """Return a stream of an action that has to be closed before it begins, if there is one."""
    for mine in map(_whole, action.streams):
        for other in map(_whole, action.unless_open):
            if fnmatchcase(mine, other) or fnmatchcase(other, mine):
                return mine
    return None


def _whole(pattern: str) -> str:
    """Return a pattern of streams with its code: of a kind alone, any."""
    return pattern if ":" in pattern else f"{pattern}:*"


def _check_order(table: Table, actions: Iterable[Action]) -> None:
    """Refuse an action that is to be taken after one that does not stand before it."""
    before: list[str] = []
    for action in actions:
        for name in action.after:
            if name not in before:
                table.refuse(
                    "action", action.id, f"after = actions that stand before it, not {name!r}"
                )
        before.append(action.id)
