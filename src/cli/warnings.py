"""The commands of warnings: of enterprises, and what becomes of downgrade warnings."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ..core import time
from ..terminal import answer, progress
from .alarms import alone, check_language, the_ledger
from .options import AsJson, AsOf, Threads, open_archive, past_day
from .person import person
from .warned import brief, show_run, show_warning, table_of, until_when, whole

if TYPE_CHECKING:
    from ..earlywarning.enterprises.warningpolicy import WarningPolicy
    from ..ledger.downgrades import Downgrade

__all__ = ["warnings_app"]

MOST = 100
"""The name of who acts has so many characters at most."""
warnings_app = typer.Typer(
    help="Warnings of enterprises, and downgrade warnings: drafted, decided on, served.",
    no_args_is_help=True,
)
Language = Annotated[str, typer.Option("--lang", help="Language of the sentences: zh or en.")]
Number = Annotated[int, typer.Argument(metavar="WARNING", help="Number of the warning.")]
Reason = Annotated[str, typer.Option(help="Why, in words that others understand later.")]
Dropped = Annotated[
    list[str] | None,
    typer.Option("--drop", help="How a ground that it rests on no more begins; may be repeated."),
]
Remark = Annotated[str | None, typer.Option("--reason", help="A remark.")]


@warnings_app.command()
def run(as_of: AsOf, threads: Threads = 1, as_json: AsJson = False) -> None:
    """Warn everybody by rule, and draft the downgrade warnings that follow.

    A draft takes effect by nobody but a person, and nobody is warned twice for the same grounds.
    """
    from ..core.settings import load_settings
    from ..earlywarning.downgrading import draft_city
    from ..grading.dynamic import open_gradings

    day, settings = past_day(as_of), load_settings()
    with the_ledger() as ledger, alone(ledger, "warnings"), progress() as tell:
        found = draft_city(
            open_gradings(settings, ledger, threads=threads),
            ledger.downgrades,
            _policy(),
            day,
            at=datetime.now(UTC),
            actor=f"rules, run by {person()}"[:MOST],
            threads=threads,
            progress=lambda done, whole: tell("Warning by rules", done, whole),
        )
    told = {
        "as_of": as_of,
        "warned": {rule: count for rule, count in found.warnings.counts().items() if count},
        "drafts": [brief(each, day) for each in found.new],
    }
    answer(as_json, told, lambda console: show_run(console, found, day))


@warnings_app.command()
def fit(
    as_of: AsOf,
    months: Annotated[int, typer.Option(min=12, help="How many months to learn from.")] = 24,
    threads: Threads = 1,
    as_json: AsJson = False,
) -> None:
    """Fit to the champion what forecasts a worse level, on what was known before a day.

    The last third of the months calibrates it. The service tells it with the warnings of an
    enterprise, until another model is champion.
    """
    from ..core.settings import load_settings
    from ..earlywarning.enterprises.fitting import fit_forecast
    from ..earlywarning.enterprises.looks import STEP, look_back
    from ..earlywarning.enterprises.sample import sampled
    from ..grading import open_book

    day, settings = past_day(as_of), load_settings()
    days = [day - STEP * back for back in range(months, -1, -1)]
    with the_ledger() as ledger, progress() as tell:
        book, looks = open_book(settings, ledger, threads=threads), []
        for look in look_back(book, days, policy=_policy()):
            looks.append(look)
            tell("Looking back", len(looks), len(days))
        rows, outcomes = sampled(looks)
        digest = book.bundle.digest
        found = fit_forecast(digest, rows, outcomes, days[len(days) * 2 // 3], threads=threads)
        found.write(settings.forecasts / digest)
    told = {"bundle": digest, **found.card}
    text = f"fitted to {digest[:16]} on {len(rows):,} rows, in {settings.forecasts / digest}"
    answer(as_json, told, lambda console: console.print(text, markup=False, soft_wrap=True))


@warnings_app.command("list")
def list_warnings(
    state: Annotated[
        list[str] | None, typer.Option(help="Where they stand; may be repeated.")
    ] = None,
    district: Annotated[str | None, typer.Option(help="Code of the district.")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those whose clock has run out.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List downgrade warnings, those whose clock ends first before the others."""
    from ..core.errors import NotFoundError
    from ..ledger.downgrades import State, Wanted

    states = {each.value for each in State}
    for each in state or ():
        if each not in states:
            raise NotFoundError.among("state of a warning", each, states)
    day = _today()
    wanted = Wanted(
        states=frozenset(map(State, state)) if state else None,
        district=district,
        due_by=day - 1 if overdue else None,
    )
    with the_ledger() as ledger:
        places = ledger.downgrades.queue(wanted, day, limit=limit + 1)
        found = ledger.downgrades.cases([place.case for place in places[:limit]], day)
    more = len(places) > limit
    told = {"warnings": [brief(each, day) for each in found], "more": more}

    def lines(console: Console) -> None:
        console.print(table_of(found, day) if found else "no warning is like that")
        if more:
            console.print(f"these are the first {limit:,}; --limit shows more")

    answer(as_json, told, lines)


@warnings_app.command()
def show(case: Number, language: Language = "zh", as_json: AsJson = False) -> None:
    """Show one downgrade warning: its grounds, and all that was done to it, oldest first."""
    check_language(language)
    day = _today()
    with the_ledger() as ledger:
        found = ledger.downgrades.case(case, day)
    answer(
        as_json,
        whole(found, day, language),
        lambda console: show_warning(console, found, day, language),
    )


@warnings_app.command()
def document(
    case: Number,
    output: Annotated[Path, typer.Option(dir_okay=False, help="File: .html, or .pdf by Chromium.")],
    delivered: Annotated[
        str | None, typer.Option(help="The day on which it is to be served, before it is.")
    ] = None,
    reference: Annotated[
        str | None, typer.Option(help="Number of the document, before it is served.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the document of a downgrade warning, as it is to be served or was."""
    from ..archive.disk import replacing
    from ..core.errors import InvalidError
    from ..earlywarning.downgrading import notice
    from ..earlywarning.enterprises.document import Served
    from ..explaining import print_pdf

    if output.suffix not in {".html", ".pdf"}:
        raise InvalidError(f"{output} must end in .html or .pdf")
    planned = Served(time.day(delivered), reference) if delivered and reference else None
    with the_ledger() as ledger:
        found = ledger.downgrades.case(case, _today())
    page = notice(found, open_archive(), _policy(), planned=planned)
    if output.suffix == ".pdf":
        print_pdf(page, output)
    else:
        with replacing(output) as draft:
            draft.write_text(page, "utf-8")
    told = {"warning": case, "output": str(output)}
    answer(as_json, told, lambda console: console.print(f"written to {output}", markup=False))


@warnings_app.command()
def confirm(case: Number, reason: Remark = None, as_json: AsJson = False) -> None:
    """Confirm a draft; a severe level waits for a second person."""
    _act(case, "confirm", {"reason": reason}, as_json=as_json)


@warnings_app.command()
def amend(
    case: Number,
    reason: Reason,
    level: Annotated[str | None, typer.Option(help="The level instead.")] = None,
    period: Annotated[int | None, typer.Option(min=1, help="For so many days instead.")] = None,
    drop: Dropped = None,
    as_json: AsJson = False,
) -> None:
    """Confirm a draft with another level, another period, or fewer grounds."""
    with the_ledger() as ledger:
        found = ledger.downgrades.case(case, _today())
    said = {"reason": reason, "level": level, "period": period, "dropped": _grounds(found, drop)}
    _act(case, "amend", said, as_json=as_json)


@warnings_app.command()
def reject(case: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Reject a draft."""
    _act(case, "reject", {"reason": reason}, as_json=as_json)


@warnings_app.command()
def agree(case: Number, reason: Remark = None, as_json: AsJson = False) -> None:
    """Agree as the second person."""
    _act(case, "agree", {"reason": reason}, as_json=as_json)


@warnings_app.command()
def refuse(case: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Refuse as the second person."""
    _act(case, "refuse", {"reason": reason}, as_json=as_json)


@warnings_app.command()
def serve(
    case: Number,
    reference: Annotated[str, typer.Option(help="Number of the document that was served.")],
    method: Annotated[
        str, typer.Option(help="direct, left, electronic, entrusted, mail or notice.")
    ],
    delivered: Annotated[str, typer.Option(help="The day on which it was delivered.")],
    reason: Remark = None,
    as_json: AsJson = False,
) -> None:
    """Note that the document was served: the days for a statement run from then on."""
    said = {"document": reference, "method": method, "delivered": time.show(time.day(delivered))}
    _act(case, "serve", said | {"reason": reason}, as_json=as_json)


@warnings_app.command()
def state(
    case: Number,
    received: Annotated[str, typer.Option(help="The day on which it arrived.")],
    statement: Annotated[str, typer.Option(help="What the enterprise says.")],
    evidence: Annotated[
        list[str] | None, typer.Option(help="Number of a document; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take down what the enterprise states; no level counts until it is answered."""
    said = {"received": time.show(time.day(received)), "statement": statement}
    _act(case, "state", said | {"evidence": evidence or []}, as_json=as_json)


@warnings_app.command("answer")
def answer_statement(
    case: Number,
    reply: Annotated[str, typer.Option("--answer", help="upheld, amended or lifted.")],
    reason: Reason,
    level: Annotated[str | None, typer.Option(help="The milder level.")] = None,
    period: Annotated[int | None, typer.Option(min=1, help="The shorter period, in days.")] = None,
    drop: Dropped = None,
    as_json: AsJson = False,
) -> None:
    """Answer what the enterprise stated; nobody is worse off for a statement."""
    with the_ledger() as ledger:
        found = ledger.downgrades.case(case, _today())
    said = {"answer": reply, "reason": reason, "level": level, "period": period}
    _act(case, "answer", said | {"dropped": _grounds(found, drop)}, as_json=as_json)


@warnings_app.command()
def escalate(case: Number, threads: Threads = 1, as_json: AsJson = False) -> None:
    """Draft a severer warning after one in force, on what is new since."""
    from ..core.settings import load_settings
    from ..earlywarning.downgrading import escalate as draft_after
    from ..features import Events
    from ..grading.dynamic import open_gradings

    day = _today()
    with the_ledger() as ledger:
        found = ledger.downgrades.case(case, day)
        gradings = open_gradings(load_settings(), ledger, threads=threads)
        made = draft_after(
            gradings,
            ledger.downgrades,
            _policy(),
            found,
            Events.from_view(gradings.city.archive.events(enterprises=[found.draft.number])),
            at=datetime.now(UTC),
            actor=person(),
        )
    text = f"warning {made.id} is drafted: {made.level} for {made.period} days, after {case}"
    answer(as_json, whole(made, day, "zh"), lambda console: console.print(text, markup=False))


@warnings_app.command()
def lift(case: Number, reason: Reason, as_json: AsJson = False) -> None:
    """End a warning before its day."""
    _act(case, "lift", {"reason": reason}, as_json=as_json)


@warnings_app.command()
def note(case: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Note something on a warning."""
    _act(case, "note", {"reason": reason}, as_json=as_json)


@warnings_app.command()
def expire(as_json: AsJson = False) -> None:
    """Write down what days brought about: levels that began or ended, holidays announced."""
    from ..earlywarning.downgrading import expire as run_down

    day = _today()
    with the_ledger() as ledger:
        found = run_down(ledger.downgrades, at=datetime.now(UTC), actor=person())
    told = {
        "begun": [brief(each, day) for each in found.begun],
        "expired": [brief(each, day) for each in found.ended],
        "clocks": [brief(each, day) for each in found.clocks],
    }
    text = (
        f"levels that began: {len(found.begun):,}; that ended: {len(found.ended):,}; clocks set "
        f"anew: {len(found.clocks):,}"
    )
    answer(as_json, told, lambda console: console.print(text, markup=False))


def _act(case: int, act: str, said: Mapping[str, Any], *, as_json: bool) -> None:
    """Do something to a warning as whoever is at this machine."""
    from ..earlywarning.downgrading import Desk
    from ..grading.reviewing import posters_of
    from ..ledger.downgrades import Act

    with the_ledger() as ledger:
        enterprise = ledger.downgrades.case(case, _today()).draft.enterprise
        posted = partial(posters_of, open_archive(), ledger.postings, enterprise)
        desk = Desk(ledger.downgrades, _policy(), posted)
        found = desk.act(case, Act(act), said, at=datetime.now(UTC), actor=person())
    day = _today()
    text = f"warning {case} of {found.draft.enterprise} is {found.state}{until_when(found, day)}"
    answer(as_json, whole(found, day, "zh"), lambda console: console.print(text, markup=False))


def _grounds(found: "Downgrade", begun: list[str] | None) -> list[str]:
    """Return the grounds whose identities begin so.

    Raises
    ------
    NotFoundError
        If none or several do.
    """
    from ..core.errors import NotFoundError

    told = []
    for each in begun or ():
        fitting = [ground.identity for ground in found.grounds if ground.identity.startswith(each)]
        if len(fitting) != 1:
            known = [ground.identity[:12] for ground in found.grounds]
            raise NotFoundError.among("ground that begins so", each, known)
        told += fitting
    return told


def _policy() -> "WarningPolicy":
    from ..core.settings import load_settings
    from ..earlywarning.enterprises.warningpolicy import read_warning_policy

    return read_warning_policy(load_settings())


def _today() -> int:
    return time.day_of(datetime.now(UTC))
