"""The commands of alarms: a run of the watch, what it told, and what people do about it."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..core import time
from ..terminal import answer, progress
from .options import AsJson, open_archive, past_day
from .person import person

if TYPE_CHECKING:
    from ..earlywarning.watch import Looked
    from ..ledger import Ledger
    from ..ledger.watch import Kept

__all__ = [
    "alone",
    "check_language",
    "close",
    "list_alarms",
    "note",
    "reopen",
    "run",
    "show",
    "the_ledger",
]

Language = Annotated[str, typer.Option("--lang", help="Language of the sentences: zh or en.")]
Number = Annotated[int, typer.Argument(metavar="ALARM", help="Number of the alarm.")]
Reason = Annotated[str, typer.Option(help="Why, in words that others understand later.")]


def run(
    day: Annotated[
        str | None, typer.Option(help="Look at the end of this day; yesterday if not given.")
    ] = None,
    budget: Annotated[
        float, typer.Option(min=0.01, help="New alarms a week that people can look into.")
    ] = 2.0,
    language: Language = "zh",
    as_json: AsJson = False,
) -> None:
    """Look for what spreads in products, tell what is new, and keep it in the ledger.

    It goes on from the run before: a series that was told is silent for a quarter of a year. The
    same day and the same deliveries are looked at once.
    """
    from ..earlywarning.watch import WatchSettings, look_and_keep

    check_language(language)
    number = _yesterday() if day is None else past_day(day)
    settings, archive = WatchSettings(budget=budget), open_archive()
    with the_ledger() as ledger, alone(ledger, "watch"), progress() as tell:
        tell("Looking at what became known", 0, 1)
        found = look_and_keep(
            archive, ledger.watch, number, settings, at=datetime.now(UTC), actor=person()
        )
    answer(as_json, _looked(found, language), lambda console: _show_run(console, found, language))


def list_alarms(
    since: Annotated[str | None, typer.Option(help="Told on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Told on this day or before.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="What told them: signal, standing or newcomer.")
    ] = None,
    product: Annotated[str | None, typer.Option(help="Code of the product.")] = None,
    hazard: Annotated[str | None, typer.Option(help="The hazard.")] = None,
    every: Annotated[
        bool, typer.Option("--all/--open", help="Those that were closed, too.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    language: Language = "zh",
    as_json: AsJson = False,
) -> None:
    """List alarms, the newest first."""
    from ..core.errors import NotFoundError
    from ..ledger.watch import AlarmsWanted

    check_language(language)
    kinds = ("signal", "standing", "newcomer")
    if kind is not None and kind not in kinds:
        raise NotFoundError.among("kind of alarm", kind, kinds)
    wanted = AlarmsWanted(
        since=None if since is None else time.day(since),
        until=None if until is None else time.day(until),
        kind=kind,
        product=product,
        hazard=hazard,
        is_open=None if every else True,
    )
    with the_ledger() as ledger:
        found = ledger.watch.page(wanted, limit=limit + 1)
    more, alarms = len(found) > limit, found[:limit]
    told = {"alarms": [_brief(each, language) for each in alarms], "more": more}

    def lines(console: Console) -> None:
        console.print(_table(alarms, language) if alarms else "no alarm is like that")
        if more:
            console.print(f"these are the first {limit:,}; --limit shows more")

    answer(as_json, told, lines)


def show(alarm: Number, language: Language = "zh", as_json: AsJson = False) -> None:
    """Show one alarm: what happened, the records behind it, and what was done about it."""
    check_language(language)
    with the_ledger() as ledger:
        found = ledger.watch.alarm(alarm)
    answer(as_json, _whole(found, language), lambda console: _show(console, found, language))


def note(alarm: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Note something on an alarm."""
    _act(alarm, "note", reason, as_json=as_json)


def close(alarm: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Close an alarm: it was looked into."""
    _act(alarm, "close", reason, as_json=as_json)


def reopen(alarm: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Open an alarm again that was closed."""
    _act(alarm, "reopen", reason, as_json=as_json)


def check_language(language: str) -> None:
    """Refuse a language that sentences are not in.

    Raises
    ------
    NotFoundError
        That names those there are.
    """
    from ..core.errors import NotFoundError

    if language not in {"zh", "en"}:
        raise NotFoundError.among("language", language, ("zh", "en"))


@contextmanager
def the_ledger() -> "Iterator[Ledger]":
    """Open the ledger of the installation."""
    from ..core.settings import load_settings
    from ..ledger import Ledger

    with closing(Ledger.open(load_settings())) as ledger:
        yield ledger


@contextmanager
def alone(ledger: "Ledger", what: str) -> Iterator[None]:
    """Be the only process of the installation that does something.

    Raises
    ------
    ConflictError
        If another does it now: both would go on from the same state, and tell the same twice.
    """
    from ..core.errors import ConflictError

    with ledger.lease(what) as lease:
        if not lease.held():
            raise ConflictError(
                f"another process is at `xinheng {what} run`; nothing was done: wait until "
                "it ends, then run this again"
            )
        yield


def _act(alarm: int, act: str, reason: str, *, as_json: bool) -> None:
    from ..ledger.watch import Act

    with the_ledger() as ledger:
        found = ledger.watch.act(
            alarm, Act(act), at=datetime.now(UTC), actor=person(), reason=reason
        )
    state = "open" if found.is_open else "closed"
    text = f"alarm {alarm} is {state}"
    answer(as_json, _whole(found, "zh"), lambda console: console.print(text))


def _yesterday() -> int:
    return time.day_of(datetime.now(UTC)) - 1


def _looked(found: "Looked", language: str) -> dict[str, Any]:
    run = found.run
    return {
        "run": run.id,
        "day": time.show(run.as_of),
        "delivery": run.sequence,
        "series": run.series,
        "bar": run.bar,
        "new": found.is_new,
        "alarms": [_brief(each, language) for each in found.alarms],
    }


def _brief(each: "Kept", language: str) -> dict[str, Any]:
    told = each.told
    return {
        "alarm": each.id,
        "day": time.show(each.as_of),
        **told.series._asdict(),
        "strength": told.strength,
        "sentence": told.sentence[language],
        "open": each.is_open,
    }


def _whole(each: "Kept", language: str) -> dict[str, Any]:
    acts = [
        {"at": done.at.isoformat(), "actor": done.actor, "act": done.act.value,
         "reason": done.reason}
        for done in each.acts
    ]  # fmt: skip
    told = {"records": [*each.told.records], "evidence": dict(each.told.evidence), "acts": acts}
    return _brief(each, language) | {"of": time.show(each.told.of), "run": each.run} | told


def _table(alarms: "list[Kept]", language: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("alarm", justify="right")
    for name in ("day", "kind"):
        table.add_column(name, no_wrap=True)
    table.add_column("strength", justify="right")
    table.add_column("", ratio=1, overflow="fold")
    for each in alarms:
        told = each.told
        strength = "" if told.strength is None else f"{told.strength:.1f}"
        state = "" if each.is_open else "[dim](closed)[/] "
        said = state + escape(told.sentence[language])
        table.add_row(str(each.id), time.show(each.as_of), told.series.kind, strength, said)
    return table


def _show_run(console: Console, found: "Looked", language: str) -> None:
    run = found.run
    if not found.is_new:
        console.print(
            f"run {run.id} looked at the end of {time.show(run.as_of)} already, and nothing was "
            "delivered since"
        )
    console.print(
        f"{run.series:,} series at the end of {time.show(run.as_of)}: "
        f"{run.alarms:,} {'new alarm' if run.alarms == 1 else 'new alarms'}",
        highlight=False,
    )
    if found.alarms:
        console.print(_table([*found.alarms], language))
        console.print("next: xinheng watch show ALARM", highlight=False)


def _show(console: Console, each: "Kept", language: str) -> None:
    told, state = each.told, "open" if each.is_open else "closed"
    console.print(
        f"[bold]alarm {each.id}[/], {state}, told at the end of {time.show(each.as_of)} by run "
        f"{each.run} ({told.series.kind})"
    )
    console.print(escape(told.sentence[language]), soft_wrap=True)
    for kind, numbers in groupby(_called(told.records), itemgetter(0)):
        console.print(escape(f"{kind}: {', '.join(each for _, each in numbers)}"), soft_wrap=True)
    table = Table("at", "who", "act", "why", box=None, pad_edge=False)
    for done in each.acts:
        at = f"{done.at.astimezone(time.SHANGHAI):%Y-%m-%d %H:%M}"
        table.add_row(at, escape(done.actor), done.act.value, escape(done.reason))
    if each.acts:
        console.print(table)


def _called(records: Sequence[str]) -> list[tuple[str, str]]:
    """Return the kind and the department's number of each record, as far as the archive has it."""
    from ..earlywarning.sightings import KINDS

    if not records:
        return []
    named = open_archive().called([int(each) for each in records], [*KINDS])
    return sorted(named.get(int(each), ("record", each)) for each in records)
