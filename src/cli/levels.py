"""The commands on levels: where they could begin, and a policy that says so."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from ..core import time
from ..core.errors import InvalidError
from ..terminal import answer, progress
from .options import AsJson, AsOf, choose_task, open_archive, past_day
from .person import person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..grading import GradeBook, LevelOutlook, Wanted
    from ..training import Observed

__all__ = ["levels_app"]

SHOWN, SURE = 12, 1.96
levels_app = typer.Typer(help="Levels: where the six of them begin.", no_args_is_help=True)


@dataclass(frozen=True)
class _Choice:
    """What cut points would do, and what came of those with outcomes."""

    outlook: "tuple[LevelOutlook, ...]"
    came: "tuple[Observed, ...]"
    codes: np.ndarray[Any, np.dtype[np.int8]]


@levels_app.command()
def propose(
    as_of: AsOf,
    capacity: Annotated[
        float | None,
        typer.Option(
            help="Visits a year that can be made; if not given, C begins where that tells levels "
            "apart best."
        ),
    ] = None,
    visits: Annotated[
        str,
        typer.Option(
            help="Visits a year at A+,A,B,C,D,E; if not given, the shares that the "
            "inspection policy draws of all market entities."
        ),
    ] = "",
    least: Annotated[float, typer.Option(help="Least share of the enterprises at a level.")] = 0.01,
    cohort: Annotated[str, typer.Option(help="Cohort of a delivered source's task.")] = (
        "inspections"
    ),
    task: Annotated[
        Path | None, typer.Option(help="Task file, if not the delivered sources' own.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File for the policy with one more edition.")
    ] = None,
    begin: Annotated[
        str,
        typer.Option("--from", help="First day of that edition; else tomorrow."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Propose cut points from risk and capacity, and show what they would do."""
    from ..archive.disk import replacing
    from ..core.settings import load_settings
    from ..grading import Wanted, open_book, propose_cuts, told_apart
    from ..ledger import Ledger
    from ..training import revise

    day = past_day(as_of)
    tomorrow = time.show(time.day_of(datetime.now(UTC)) + 1)
    first = date.fromisoformat(time.show(time.day(begin or tomorrow)))
    given, settings = _visits(visits, day), load_settings()
    with closing(Ledger.open(settings)) as ledger, progress() as tell:
        tell("Grading everybody", 0, 3)
        book = open_book(settings, ledger, threads=2)
        policy = book.bundle.policy
        edition, held = policy.on(day), policy.editions[-1].scale.hysteresis
        wanted = Wanted(given, capacity, least, max(held.worse, held.better))
        grades = book.grades(_in_business(book, day), day)
        chance = grades["probability"].to_numpy()
        tell("Proposing cut points", 1, 3)
        cuts = propose_cuts(chance, wanted)
        tell("Reading what came", 2, 3)
        margins, label, enterprise, missing = _came(book, cohort, task, day)
        tell("Reading what came", 3, 3)
    interval = grades["lower"].to_numpy(), grades["upper"].to_numpy()
    seen = book.bundle.calibrator.probability(margins), label, enterprise
    now, new = (
        _choice(each, chance, interval, wanted, seen) for each in (edition.scale.cut_points, cuts)
    )
    apart = told_apart(cuts, chance, label.size).tolist() if label.size else []
    if output is not None:
        text = revise(policy, cuts, first=first, version=first.isoformat())
        with replacing(output) as draft:
            draft.write_text(text, "utf-8")
    found = {
        "as_of": as_of,
        "policy": f"{policy.name} {edition.version}",
        "in_force": _told(now),
        "proposed": _told(new),
        "told_apart": apart,
        "migration": _moved(now, new).tolist(),
        "outcomes": int(label.size),
        "output": None if output is None else str(output),
    }

    def show(console: Console) -> None:
        name = f"in force: {policy.name} {edition.version}"
        console.print(_table(now, name), _table(new, "proposed"), _moves(now, new))
        for line in _remarks(apart, label.size, missing, wanted, new):
            console.print(line)
        if output is not None:
            console.print(f"written to {output}; next: xinheng levels adopt {output}")

    answer(as_json, found, show)


@levels_app.command()
def adopt(
    policy: Annotated[Path, typer.Argument(help="Policy file.")],
    bundle: Annotated[
        str,
        typer.Option(
            metavar="DIGEST", help="First digits of the model to put under it; else the champion."
        ),
    ] = "",
    score_card: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Score card beside it; else the champion's."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign a bundle of the champion, or another model, under a policy, as a challenger."""
    from ..core.settings import load_settings
    from ..grading import Policy, ScoreCard, find_bundle
    from ..training import adopt as run
    from ..training import open_key

    settings = load_settings()
    found = run(
        Policy.load(policy),
        settings,
        key=open_key(settings.keys),
        at=datetime.now(UTC),
        actor=person(),
        bundle=find_bundle(settings, bundle) if bundle else None,
        score_card=ScoreCard.load(score_card) if score_card else None,
    )

    def show(console: Console) -> None:
        console.print(f"challenger: bundle {found.digest[:16]} in {found.bundle}")
        console.print(f"next: xinheng promote {found.digest[:SHOWN]} --reason WHY")

    told = {"bundle": found.digest, "path": str(found.bundle), "before": found.before}
    answer(as_json, told, show)


def _in_business(book: "GradeBook", day: int) -> Any:
    """Return the numbers of those who are in business on a day."""
    from ..training import registration

    known = book.known(day)
    days = np.full(len(known), day, np.int32)
    register = registration(book.bundle.catalogue, book.events, known, days, threads=2)
    return known[register.active]


def _visits(text: str, day: int) -> tuple[float, ...]:
    """Return visits a year by level, as given or as the inspection policy draws of all entities."""
    from ..grading import InspectionPolicy, Level

    if not text:
        lines = InspectionPolicy.default().on(day).plans["entity"].credit
        return tuple(lines[str(level)].share for level in Level)
    try:
        return tuple(float(each) for each in text.split(","))
    except ValueError:
        raise InvalidError(
            f"--visits {text} is no list of numbers; write six, such as 0,0.25,0.5,1,2,4"
        ) from None


def _came(book: "GradeBook", cohort: str, task: Path | None, day: int) -> tuple[Any, Any, Any, str]:
    """Return margins, outcomes and enterprises of what matured, or nothing and the reason."""
    from ..training import matured_outcomes

    archive = open_archive()
    none = np.empty(0), np.empty(0), np.empty(0, np.int32)
    try:
        chosen = choose_task(task, cohort, {each.source for each in archive.deliveries()})
        found = matured_outcomes(archive, chosen, book.bundle, day, threads=2)
    except InvalidError as error:
        return *none, str(error)
    return found.margins, found.label, found.enterprise, ""


def _choice(
    cuts: tuple[float, ...],
    chance: Any,
    interval: tuple[Any, Any],
    wanted: "Wanted",
    came: tuple[Any, Any, Any],
) -> _Choice:
    from ..grading import Level, Scale, outlook
    from ..training import observe

    scale = Scale(cuts)
    promised, label, enterprise = came
    level = scale.level_of(promised)
    observed = tuple(
        observe(str(each), label[rows], promised[rows], enterprise[rows])
        for each in Level
        for rows in [np.flatnonzero(level == each)]
    )
    shown = outlook(cuts, chance, interval, wanted.visits)
    return _Choice(shown, observed, scale.level_of(chance))


def _told(choice: _Choice) -> "list[dict[str, object]]":
    return [
        {
            "level": str(each.level),
            "start": each.start,
            "enterprises": each.enterprises,
            "promised": None if not each.enterprises else list(each.promised),
            "visits": each.visits,
            "outcomes": came.rows,
            "violations": came.violations,
            "rate": None if not came.rows else [came.rate, came.lower, came.upper],
        }
        for each, came in zip(choice.outlook, choice.came, strict=True)
    ]


def _table(choice: _Choice, title: str) -> Table:
    table = Table("level", "from", title=title)
    for name in ("enterprises", "share", "promised", "what came", "visits a year"):
        table.add_column(name, justify="right")
    everybody = sum(each.enterprises for each in choice.outlook)
    for each, came in zip(choice.outlook, choice.came, strict=True):
        table.add_row(
            str(each.level),
            f"{each.start:.2%}",
            f"{each.enterprises:,}",
            f"{each.enterprises / everybody:.1%}",
            f"{each.promised[0]:.1%} ({each.promised[1]:.1%} to {each.promised[2]:.1%})"
            if each.enterprises
            else "",
            f"{came.rate:.1%} ({came.lower:.1%} to {came.upper:.1%}) of {came.rows:,}"
            if came.rows
            else "",
            f"{each.visits:,.0f}",
        )
    total = sum(each.visits for each in choice.outlook)
    table.add_row("all", "", f"{everybody:,}", "", "", "", f"{total:,.0f}", end_section=True)
    return table


def _moved(now: _Choice, new: _Choice) -> Any:
    from ..grading import migration

    return migration(now.codes, new.codes)


def _moves(now: _Choice, new: _Choice) -> Table:
    from ..grading import Level

    table = Table("from \\ to", *map(str, Level), title="who would move")
    for level, row in zip(Level, _moved(now, new).tolist(), strict=True):
        table.add_row(str(level), *(f"{count:,}" if count else "·" for count in row))
    return table


def _remarks(
    apart: "Sequence[float]", outcomes: int, missing: str, wanted: "Wanted", new: _Choice
) -> list[str]:
    """Say what a reader has to know besides the tables."""
    from ..grading import Level

    lines = []
    if missing:
        lines.append(f"what came is not known yet: {missing}")
    alike = [
        f"{one} and {two}"
        for one, two, sure in zip(list(Level)[:-1], list(Level)[1:], apart, strict=False)
        if sure < SURE
    ]
    if alike:
        lines.append(
            f"a year's {outcomes:,} outcomes are too few to tell {', '.join(alike)} apart: their "
            "intervals will overlap"
        )
    if wanted.capacity is not None:
        used = sum(each.visits for each in new.outlook)
        lines.append(f"{used:,.0f} of {wanted.capacity:,.0f} visits a year")
    return lines
