"""The commands of grades: made when they are due, looked up, explained by cause, made anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ..core import time
from ..core.errors import IntegrityError
from ..terminal import answer, progress
from .options import AsJson, AsOf, Threads, past_day
from .person import person
from .reviews import open_cases

if TYPE_CHECKING:
    from ..core.settings import Settings
    from ..grading.dynamic import Gradings, Rebuilt
    from ..ledger import Change, Ledger, Run

__all__ = ["grade", "grades_app"]

grades_app = typer.Typer(
    help="What was graded, when, from what and why; and the same grades made anew.",
    no_args_is_help=True,
)
SHOWN, DIGITS = 20, 12

Enterprise = Annotated[str, typer.Argument(metavar="ID", help="Enterprise, as delivered.")]


def grade(
    as_of: AsOf,
    start: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Day of the first run of all; `--as-of` if not given."),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="File for the grades in force on that day, as CSV."),
    ] = None,
    threads: Threads = 2,
    as_json: AsJson = False,
) -> None:
    """Make every run of grades that is due up to a day: monthly ones, and on named events.

    Everybody is graded monthly, and between two months whoever has an event that the policy names.
    Runs that were missed are made first, in order, each by who was champion when its day began. The
    ledger keeps every run, and of every level that changed the cause. Changes that the review
    policy names become reviews.
    """
    from ..grading import Purpose, read_champion
    from ..grading.dynamic import advance

    day = past_day(as_of)
    with progress() as tell, _alone(tell), _opened(threads) as (gradings, settings, ledger):
        bundle = read_champion(settings, ledger)
        made = advance(
            gradings,
            bundle,
            day,
            at=datetime.now(UTC),
            actor=person(),
            start=None if start is None else past_day(start),
            promotions=ledger.promotions.history(Purpose.GRADE),
            progress=tell,
        )
        runs, known = gradings.history.runs(), _in_hindsight(made, gradings)
        opened = open_cases(settings, ledger)
        if csv is not None:
            tell("Writing the grades in force", 0, 1)
            _write_csv(gradings, day, csv)
    found = {
        "as_of": as_of,
        "made": [_told(run) for run in made],
        "last": _told(runs[-1]),
        "in_hindsight": known,
        "reviews": len(opened),
        "csv": None if csv is None else str(csv),
    }

    def show(console: Console) -> None:
        _show_made(console, made, runs[-1], csv)
        if opened:
            console.print(f"reviews opened: {len(opened):,}; `xinheng reviews list` has them")
        if known:
            console.print(
                f"{known} of these runs are of days before all was known that their champion "
                "learned: they are no test of it"
            )

    answer(as_json, found, show)


@grades_app.command("runs")
def list_runs(as_json: AsJson = False) -> None:
    """List every run: its day, why, for how many, and how many levels changed."""
    with _opened() as (gradings, _, _ledger):
        runs = gradings.history.runs()
    answer(as_json, {"runs": [_told(run) for run in runs]}, lambda c: c.print(_runs(runs)))


@grades_app.command()
def history(identifier: Enterprise, as_of: AsOf, as_json: AsJson = False) -> None:
    """Show the grade of an enterprise in force on a day, and all changes of its level till then."""
    from ..grading.dynamic import grade_given, run_of

    day = past_day(as_of)
    with _opened() as (gradings, _, _ledger):
        number = gradings.city.archive.enterprise(identifier)
        run = run_of(gradings, day, number)
        given = grade_given(gradings, run, number)
        changes = [
            change for change in gradings.history.changes(number=number) if change.as_of <= day
        ]
    found = {
        "grade": given | {"as_of": time.show(run.as_of), "run": run.id},
        "changes": [asdict(change) | {"as_of": time.show(change.as_of)} for change in changes],
    }
    answer(as_json, found, lambda console: _show_history(console, given, run, changes))


@grades_app.command()
def rebuild(
    as_of: AsOf,
    enterprise: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this enterprise, as delivered.")
    ] = None,
    threads: Threads = 2,
    as_json: AsJson = False,
) -> None:
    """Make the grades in force on a day anew, and compare them to the last bit.

    From the delivery, the bundle and the level before that the ledger has of the run: later
    deliveries, withdrawals and promotions change nothing.
    """
    from ..grading.dynamic import rebuild as run

    day = past_day(as_of)
    with _opened(threads) as (gradings, _, _ledger):
        number = None if enterprise is None else gradings.city.archive.enterprise(enterprise)
        with progress() as tell:
            tell("Making grades anew", 0, 1)
            found = run(gradings, day, number)
    answer(as_json, _rebuilt(found), lambda console: _show_rebuilt(console, found))
    if found.different:
        some = ", ".join(found.different[:SHOWN])
        raise IntegrityError(
            f"{len(found.different):,} of {found.enterprises:,} grades of run {found.run.id} are "
            f"not what was given: {some}; `xinheng archive verify` looks for damage"
        )


@contextmanager
def _alone(tell: "Callable[[str, int, int], None]") -> Iterator[None]:
    """Let no other command make runs meanwhile; what is graded is opened only then."""
    from filelock import FileLock

    from ..core.settings import load_settings

    folder = load_settings().grades
    folder.mkdir(parents=True, exist_ok=True)
    tell("Waiting for others to end", 0, 1)
    with FileLock(folder / ".lock"):
        yield


@contextmanager
def _opened(threads: int = 1) -> "Iterator[tuple[Gradings, Settings, Ledger]]":
    from ..core.settings import load_settings
    from ..grading.dynamic import open_gradings
    from ..ledger import Ledger

    settings = load_settings()
    ledger = Ledger.open(settings)
    try:
        yield open_gradings(settings, ledger, threads=threads), settings, ledger
    finally:
        ledger.close()


def _write_csv(gradings: "Gradings", day: int, path: Path) -> None:
    from ..grading.dynamic import write_csv

    write_csv(gradings, day, path)


def _told(run: "Run") -> dict[str, Any]:
    return asdict(run) | {"at": run.at.isoformat(), "as_of": time.show(run.as_of)}


def _rebuilt(found: "Rebuilt") -> dict[str, Any]:
    return {
        "run": _told(found.run),
        "enterprises": found.enterprises,
        "different": list(found.different),
        "grades": [each.to_dict() for each in found.grades],
    }


def _runs(runs: "list[Run]") -> Table:
    table = Table("run", "as of", "why", "graded", "first", "changed", "held", "bundle", "policy")
    for run in runs:
        counts = (run.enterprises, run.first, run.changed, run.held)
        table.add_row(
            str(run.id),
            time.show(run.as_of),
            run.reason,
            *(f"{count:,}" for count in counts),
            run.bundle[:DIGITS],
            run.policy,
        )
    return table


def _in_hindsight(made: "list[Run]", gradings: "Gradings") -> int:
    """Count the runs of days before all was known that their model learned."""
    learned = {
        digest: time.day(gradings.read(digest).card.learned_until)
        for digest in {run.bundle for run in made}
    }
    return sum(run.as_of < learned[run.bundle] for run in made)


def _show_made(console: Console, made: "list[Run]", last: "Run", csv: Path | None) -> None:
    if made:
        console.print(_runs(made))
    else:
        console.print(f"no run was due; the last was as of {time.show(last.as_of)}")
    levels = Table("level", "enterprises", title=f"Run {last.id}, as of {time.show(last.as_of)}")
    for level, count in last.levels.items():
        levels.add_row(level, f"{count:,}")
    console.print(levels)
    if csv is not None:
        console.print(f"grades in force written to {csv}")


def _show_history(
    console: Console, given: dict[str, Any], run: "Run", changes: "list[Change]"
) -> None:
    rules = f", rules: {given['rules']}" if given["rules"] else ""
    console.print(
        f"{given['id']}: {given['level']} as of {time.show(run.as_of)} (run {run.id}, "
        f"{run.reason}); model {given['model_level']}, {given['probability']:.1%} "
        f"({given['lower']:.1%} to {given['upper']:.1%}){rules}"
    )
    if not changes:
        console.print("its level has not changed")
        return
    table = Table("as of", "from", "to", "cause", "what it was")
    for change in changes:
        day, said = time.show(change.as_of), "; ".join(_said(change))
        table.add_row(day, change.previous, change.level, change.cause, said)
    console.print(table)


def _said(change: "Change") -> Iterator[str]:
    """Say what is known of the causes of a change."""
    detail = change.detail
    if "override" in detail:
        before, now = (each or "nothing" for each in detail["override"])
        yield f"set by people: {now}, before {before}"
    if "downgrade_warning" in detail:
        before, now = (each or "nothing" for each in detail["downgrade_warning"])
        yield f"downgrade warning: {now}, before {before}"
    for name in ("rule_met", "rule_lifted"):
        yield from (f"{name.removeprefix('rule_')}: {rule}" for rule in detail.get(name, ()))
    for name in ("policy", "card"):
        if name in detail:
            yield f"{name}: {' to '.join(str(each) for each in detail[name])}"
    if "bundle" in detail:
        yield "bundle: " + " to ".join(digest[:DIGITS] for digest in detail["bundle"])
    for mover, indicators in detail.get("indicators", {}).items():
        yield f"{mover}: {', '.join(indicators) or 'what others were told late'}"


def _show_rebuilt(console: Console, found: "Rebuilt") -> None:
    run = found.run
    same = found.enterprises - len(found.different)
    console.print(
        f"run {run.id} as of {time.show(run.as_of)}, from delivery {run.sequence}, bundle "
        f"{run.bundle[:DIGITS]}, policy {run.policy}: {same:,} of {found.enterprises:,} grades "
        "are the same to the last bit"
    )
    for each in found.grades:
        console.print(f"level {each.level}, model {each.model_level}, {each.probability:.6%}")
