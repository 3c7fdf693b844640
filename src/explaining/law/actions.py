"""Actions: what an enterprise can do about the records behind its grade, from a TOML file.

Which records can be ended, repaired, extended, added or filed, how long one has to wait, and how
many working days the law gives for it, stands in the file, in editions with dates.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import ClassVar, Self

from ...core.editions import DatedEdition, Editions, in_order, read_dates
from ...core.errors import DeclarationError
from ...core.table import Table
from ...features import POPULATIONS, Missed, latest
from ...features.streams import read_streams
from .following import each_in_turn

__all__ = ["Action", "ActionEdition", "Actions", "Deadline", "Deed"]

COUNTS = ("wait_months", "working_days", "within_days", "before_working_days", "extend_months")
OF_ALL = ("unless_open", "unless_now", "while_open")
OF_RECORDS = (
    *("once_ended", "unless_since", "unless_again", "unless_case"),
    *("except", "only", "worth"),
)
PATTERNS = (*OF_ALL, *OF_RECORDS)
LASTING_DAYS = 90


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
    listed
        Streams of open entries each of which tells that nothing was filed by the deadline before
        it: filing late reaches back to it.
    """

    missed: Missed
    late: bool
    as_before: tuple[str, ...]
    listed: tuple[str, ...] = ()


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
    unless_now
        Streams none of which may be what was told last of their kind, such as a status.
    while_open
        Streams of which one has to stand open.
    unless_since
        Streams of which nothing may have come after the record.
    unless_again
        Streams by which records are of one kind: none of the kind of the record may have come
        after it.
    unless_case
        Streams of which nothing may have come to the case of the record since it occurred.
    excepted, only
        Streams that the record may not have, and of which it has to have one.
    worth
        Streams one of which tells a value over 0 of the record.
    part
        Whether what ends of the record are its own streams alone.
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
    unless_now: tuple[str, ...] = ()
    while_open: tuple[str, ...] = ()
    unless_since: tuple[str, ...] = ()
    unless_again: tuple[str, ...] = ()
    unless_case: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    worth: tuple[str, ...] = ()
    part: bool = False
    after: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    within_days: int = 0
    before_working_days: int = 0
    extend_months: int = 0
    deadline: Deadline | None = None

    @property
    def adds(self) -> bool:
        """Whether it adds a record, rather than being about one that stands."""
        return self.does in {Deed.ADD, Deed.FILE}

    @property
    def is_decided(self) -> bool:
        """Whether it begins with an application that is then decided."""
        return self.asks or self.does is Deed.EXTEND


@dataclass(frozen=True, slots=True)
class ActionEdition(DatedEdition):
    """The actions that there were over a stretch of days.

    Parameters
    ----------
    actions
        What could be done.
    regular
        Streams of what is told of an enterprise again and again: an indicator that reads nothing
        else is taken to keep its value in the days ahead.
    lasting_days
        For how many days after its first one a level has to be better than the present one.
    """

    actions: tuple[Action, ...]
    regular: tuple[str, ...] = ()
    lasting_days: int = LASTING_DAYS


@dataclass(frozen=True, slots=True)
class Actions(Editions[ActionEdition]):
    """A file of actions.

    Examples
    --------
    >>> from datetime import date
    >>> [each.id for each in Actions.default().on(date(2026, 3, 1)).actions][:3]
    ['rectify', 'perform_penalty', 'pay_fine']
    """

    KIND: ClassVar[str] = "file of remedies"
    SHIPPED: ClassVar[str] = "law/actions.toml"

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
    regular = () if before is None else before.regular
    lasting = table.take("lasting_days", int, before.lasting_days if before else LASTING_DAYS)
    if lasting < 0:
        table.refuse("lasting_days", lasting, "0 or more")
    regular = read_streams(table, "regular") if "regular" in table else regular
    said = tuple(map(_action, table.tables("action", least=1)))
    table.finish()
    names = [each.id for each in said]
    if len(set(names)) < len(names):
        table.refuse("action", names, "ids that differ")
    actions = tuple({each.id: each for each in (*kept, *said)}.values())
    _check_order(table, actions)
    return ActionEdition(*dates, actions=actions, regular=regular, lasting_days=lasting)


def _action(table: Table) -> Action:
    counts = {name: table.take(name, int, 0) for name in COUNTS}
    patterns = {name: read_streams(table, name) if name in table else () for name in PATTERNS}
    action = Action(
        id=table.take("id", str),
        zh=table.take("zh", str),
        en=table.take("en", str),
        basis=table.take("basis", str),
        does=Deed(table.among("does", tuple(Deed))),
        streams=read_streams(table, "streams"),
        asks=table.flag("asks"),
        once_ended=patterns["once_ended"],
        unless_open=patterns["unless_open"],
        unless_now=patterns["unless_now"],
        while_open=patterns["while_open"],
        unless_since=patterns["unless_since"],
        unless_again=patterns["unless_again"],
        unless_case=patterns["unless_case"],
        excepted=patterns["except"],
        only=patterns["only"],
        worth=patterns["worth"],
        part=table.flag("part"),
        after=table.texts("after", []),
        populations=table.texts("populations", []),
        deadline=_deadline(table.table("deadline")) if "deadline" in table else None,
        **counts,
    )
    _check(table, action, counts, of_records=any(patterns[name] for name in OF_RECORDS))
    table.finish()
    return action


def _deadline(table: Table) -> Deadline:
    turn, years, since = (
        table.take("turn", list),
        table.take("years", int),
        table.take("since", int, 0),
    )
    filed, start = read_streams(table, "filed"), table.take("start", str)
    late = table.flag("late")
    as_before = read_streams(table, "as_before") if "as_before" in table else ()
    listed = read_streams(table, "listed") if "listed" in table else ()
    table.finish()
    if listed and not late:
        table.refuse("listed", list(listed), "entries only where it is filed late")
    if len(turn) != 2:
        table.refuse("turn", turn, "[month, day], such as [7, 1]")
    try:
        missed = Missed(
            streams=filed, years=years, turn=(turn[0], turn[1]), start=latest(start), since=since
        )
    except DeclarationError as error:
        table.refuse("turn", turn, f"deadlines as an indicator of them declares ({error})")
    return Deadline(missed, late, as_before, listed)


def _check(table: Table, action: Action, counts: Mapping[str, int], *, of_records: bool) -> None:
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
    if action.part and action.does is not Deed.END:
        table.refuse("part", action.part, "true only where a record is ended")
    if action.adds:
        _check_made(table, action, of_records=of_records)
    if own := _own(action):
        table.refuse(
            "unless_open",
            list(action.unless_open),
            f"streams other than its own: {own} is what the action is about, so that it would "
            "forbid itself for as long as there is something to do",
        )


def _check_made(table: Table, action: Action, *, of_records: bool) -> None:
    """Refuse what says nothing of an action that adds a record."""
    if len(action.streams) > 1 or set(action.streams[0]) & set("*?["):
        table.refuse("streams", list(action.streams), "the one stream of the record, no pattern")
    if of_records:
        says = f"none of {', '.join(OF_RECORDS)}: there is no record yet"
        table.refuse("does", str(action.does), says)
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
