"""The commands of reviews: the queue, one case, cases that changes ask for, decisions as data."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..core import time
from ..terminal import answer, check_table, prose, write_parts
from .options import AsJson, AsOf, past_day
from .person import person

if TYPE_CHECKING:
    from ..core.settings import Settings
    from ..grading.reviewing import ReviewEdition, ReviewPolicy
    from ..ledger import Ledger
    from ..ledger.reviews import Case

__all__ = ["open_cases", "reviews_app"]

reviews_app = typer.Typer(
    help="Reviews of grades by people: what waits, what was decided, and decisions as data.",
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(metavar="CASE", help="Number of the review.")]


@reviews_app.command("list")
def list_reviews(
    state: Annotated[
        list[str] | None, typer.Option(help="Where they stand; may be repeated.")
    ] = None,
    district: Annotated[str | None, typer.Option(help="Code of the district.")] = None,
    level: Annotated[str | None, typer.Option(help="The level that is reviewed.")] = None,
    cause: Annotated[str | None, typer.Option(help="Why they were opened.")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those whose clock has run out.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List reviews, those whose clock ends first before the others."""
    from ..core.errors import NotFoundError
    from ..ledger.reviews import State, Wanted

    states = {each.value for each in State}
    for each in state or ():
        if each not in states:
            raise NotFoundError.among("state of a review", each, states)
    wanted = Wanted(
        states=frozenset(map(State, state)) if state else None,
        district=district,
        level=level,
        cause=cause,
        overdue=overdue,
    )
    day = _today()
    with _opened() as (_, ledger):
        places = ledger.reviews.queue(wanted, day, limit=limit + 1)
        cases = ledger.reviews.cases([place.case for place in places[:limit]], day)
    found = {"reviews": [_brief(case, day) for case in cases], "more": len(places) > limit}

    def lines(console: Console) -> None:
        console.print(_table(cases, day) if cases else "no review is like that")
        if found["more"]:
            console.print(f"these are the first {limit:,}; --limit shows more")

    answer(as_json, found, lines)


@reviews_app.command()
def show(case: Number, as_json: AsJson = False) -> None:
    """Show one review with all that was done to it, oldest act first."""
    day = _today()
    with _opened() as (_, ledger):
        found = ledger.reviews.case(case, day)
    told = _brief(found, day) | {
        "events": [
            {
                "position": event.position,
                "at": event.at.isoformat(),
                "actor": event.actor,
                "act": event.act.value,
                **event.detail,
            }
            for event in found.events
        ]
    }
    answer(as_json, told, lambda console: _show(console, found, day))


@reviews_app.command()
def scan(as_json: AsJson = False) -> None:
    """Open the reviews that the policy asks for, of all changes of level since the last time.

    Those that are not decided are told how the level moved that they are about, and levels that
    people set are looked at again once a record behind them is withdrawn.

    `xinheng grade` does it after every run; this is for when it was broken off in between.
    """
    with _opened() as (settings, ledger):
        opened = open_cases(settings, ledger)
    day = _today()
    found = {"opened": [_brief(case, day) for case in opened]}
    answer(as_json, found, lambda console: console.print(f"reviews opened: {len(opened):,}"))


@reviews_app.command()
def expire(as_json: AsJson = False) -> None:
    """Write down what days brought about: levels that have ended, holidays that were announced.

    A level that people set ends on its day by itself; this puts its end into the review and into
    the audit. A clock that waited for holidays to be announced is set once they are.
    """
    from ..grading.reviewing import expire, reckon

    day, at, actor = _today(), datetime.now(UTC), person()
    with _opened() as (_, ledger):
        ended = expire(ledger.reviews, at=at, actor=actor)
        clocks = reckon(ledger.reviews, at=at, actor=actor)
        waiting = [case for case in ledger.reviews.clocked(day) if case.expected]
    found = {
        "expired": [_brief(case, day) for case in ended],
        "clocks": [_brief(case, day) for case in clocks],
        "expected": len(waiting),
    }
    text = f"levels that ended: {len(ended):,}; clocks set anew: {len(clocks):,}"
    if waiting:
        text += (
            f"; {len(waiting):,} end in a year whose holidays are not known here: install a newer "
            "chinesecalendar once they are announced"
        )
    answer(as_json, found, lambda console: console.print(text, markup=False))


@reviews_app.command()
def export(
    as_of: AsOf,
    output: Annotated[Path, typer.Option(dir_okay=False, help="File: .parquet or .csv.")],
    as_json: AsJson = False,
) -> None:
    """Write what people had decided before a day as a table: codes, no names and no texts."""
    check_table(output)
    day = past_day(as_of)
    with _opened() as (_, ledger):
        rows = write_parts(ledger.reviews.decisions(day), output)
    found = {"as_of": as_of, "decisions": rows, "output": str(output)}
    text = f"decisions known before {as_of}: {rows:,}, written to {output}"
    answer(as_json, found, lambda console: console.print(text, markup=False))


@reviews_app.command()
def policy(
    file: Annotated[
        Path | None, typer.Argument(dir_okay=False, help="File; that of the installation if none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a review policy, and show what it says today."""
    from ..core.settings import load_settings
    from ..grading.reviewing import ReviewPolicy

    found = _policy(load_settings()) if file is None else ReviewPolicy.load(file)
    edition = found.on(_today())
    told: dict[str, Any] = {
        "policy": f"{found.name} {edition.version}",
        "most_days": edition.most_days,
        "clocks": dict(edition.clocks),
        "second": {what: [str(each) for each in sorted(levels)]
                   for what, levels in edition.second.items()},
        "triggers": [each.id for each in edition.triggers],
        "reasons": [each.id for each in edition.reasons.values()],
    }  # fmt: skip

    answer(as_json, told, lambda console: _show_policy(console, told["policy"], edition))


def open_cases(settings: "Settings", ledger: "Ledger") -> "list[Case]":
    """Open the reviews that the policy of an installation asks for."""
    from ..archive import Archive
    from ..grading.reviewing import districts_of, reopen, withdrawn_of
    from ..grading.reviewing import scan as run

    archive, policy = Archive(settings.archive), _policy(settings)
    at, actor = datetime.now(UTC), person()
    where, gone = partial(districts_of, archive), partial(withdrawn_of, archive)
    opened = run(ledger.history, ledger.reviews, policy, at=at, actor=actor, districts=where)
    return opened + reopen(ledger.reviews, policy, gone, at=at, actor=actor)


def _policy(settings: "Settings") -> "ReviewPolicy":
    from ..grading.reviewing import ReviewPolicy

    path = settings.review_policy
    return ReviewPolicy.default() if path is None else ReviewPolicy.load(path)


@contextmanager
def _opened() -> "Iterator[tuple[Settings, Ledger]]":
    from ..core.settings import load_settings
    from ..ledger import Ledger

    settings = load_settings()
    with closing(Ledger.open(settings)) as ledger:
        yield settings, ledger


def _today() -> int:
    return time.day_of(datetime.now(UTC))


def _brief(case: "Case", day: int) -> dict[str, Any]:
    opening = case.opening
    return {
        "case": case.id,
        "enterprise": opening.enterprise,
        "district": opening.district,
        "cause": opening.cause,
        "as_of": time.show(opening.as_of),
        "level": opening.level,
        "level_now": case.level,
        "state": case.state.value,
        "taken_by": case.taken_by,
        "due": None if case.due is None else time.show(case.due),
        "due_expected": case.expected,
        "overdue": case.is_overdue(day),
    }


def _due(case: "Case", day: int) -> str:
    if case.due is None:
        return ""
    text = time.show(case.due) + (" expected" if case.expected else "")
    return f"[red]{text}[/]" if case.is_overdue(day) else text


def _table(cases: "list[Case]", day: int) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("case", "enterprise", "level", "cause", "state", "taken by", "due"):
        table.add_column(name)
    for case in cases:
        opening = case.opening
        table.add_row(
            str(case.id),
            opening.enterprise,
            opening.level if case.level == opening.level else f"{opening.level} → {case.level}",
            opening.cause,
            case.state.value,
            case.taken_by or "",
            _due(case, day),
        )
    return table


def _show(console: Console, case: "Case", day: int) -> None:
    opening = case.opening
    console.print(
        f"[bold]review {case.id}[/] of {opening.enterprise}: level {opening.level} as of "
        f"{time.show(opening.as_of)}, {opening.cause}"
    )
    console.print(f"{case.state.value}{'' if case.due is None else ', due ' + _due(case, day)}")
    if case.first is not None and case.until is not None and case.decision is not None:
        console.print(
            f"level {case.decision.detail['level']} from {time.show(case.first)} until "
            f"{time.show(case.until)}"
        )
    table = Table(box=None, pad_edge=False)
    for name in ("", "at", "who", "act", "said"):
        table.add_column(name)
    for event in case.events:
        said = (
            f"{name.replace('_', ' ')}: {_said(value)}"
            for name, value in event.detail.items()
            if value not in (None, [], False)
        )
        at = f"{event.at.astimezone(time.SHANGHAI):%Y-%m-%d %H:%M}"
        who, told = escape(event.actor), escape("; ".join(said))
        table.add_row(str(event.position), at, who, event.act.value, told)
    console.print(table)


def _said(value: object) -> str:
    """Return what was said in an act, for people.

    Examples
    --------
    >>> _said(["7", "9"]), _said(True), _said([{"record": "7", "what": "annulled"}])
    ('7, 9', 'yes', 'record 7 what annulled')
    """
    match value:
        case list() | tuple():
            return ", ".join(map(_said, value))
        case dict():
            return " ".join(f"{name} {_said(each)}" for name, each in value.items() if each)
        case True:
            return "yes"
    return str(value)


def _show_policy(console: Console, name: str, edition: "ReviewEdition") -> None:
    days = ", ".join(f"{what} in {count}" for what, count in edition.clocks.items())
    console.print(f"[bold]{escape(name)}[/]: a level that people set counts {edition.most_days} "
                  f"days at most; working days: {days}")  # fmt: skip
    second = Table("needs two people", "levels")
    for what, levels in edition.second.items():
        second.add_row(what, ", ".join(map(str, sorted(levels))) or "none")
    opens = Table("opens a review", prose(), "days")
    for each in edition.triggers:
        opens.add_row(each.id, escape(f"{each.zh} {each.en}"), str(each.days or ""))
    reasons = Table("reason", prose(), "to")
    for code in edition.reasons.values():
        reasons.add_row(code.id, escape(f"{code.zh} {code.en}"), ", ".join(sorted(code.decisions)))
    for table in (second, opens, reasons):
        console.print(table)
