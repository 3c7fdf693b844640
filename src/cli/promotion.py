"""The commands on champions: promoting a challenger, the way back, and who was champion when."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ..core import time
from ..core.errors import InvalidError, NotFoundError, PromotionError
from ..terminal import answer, progress
from .options import AsJson, choose_task, open_archive
from .person import person

if TYPE_CHECKING:
    from ..grading import Purpose
    from ..ledger import Promotion
    from ..training import Decision

__all__ = ["champions", "promote", "rollback"]

SHOWN = 12
MARKS = {"passed": "[green]passed[/]", "failed": "[red]failed[/]", "undecided": "[yellow]open[/]"}

Reason = Annotated[str, typer.Option(help="Why, for the ledger.")]
PurposeName = Annotated[str, typer.Option(help="Champion of what: grade or scheduling.")]


def promote(
    digest: Annotated[str, typer.Argument(help="First digits of the challenger's digest.")],
    reason: Reason,
    cohort: Annotated[str, typer.Option(help="Cohort of a delivered source's task.")] = (
        "inspections"
    ),
    task: Annotated[
        Path | None, typer.Option(help="Task file, if not the delivered sources' own.")
    ] = None,
    sign_off: Annotated[
        str, typer.Option(metavar="NAME", help="Second person who consents despite gates.")
    ] = "",
    despite: Annotated[
        list[str] | None,
        typer.Option(metavar="GATE", help="Gate that did not pass; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold a challenger against the champion, gate by gate, and let it take its place.

    A gate that did not pass keeps the champion in force, unless a second person signs for it. What
    every gate found goes into the ledger, whatever comes of it.
    """
    from ..core.settings import load_settings
    from ..training import promote as run

    archive, settings = open_archive(), load_settings()
    chosen = choose_task(task, cohort, {each.source for each in archive.deliveries()})
    with progress() as tell:
        found = run(
            archive,
            chosen,
            settings,
            digest,
            at=datetime.now(UTC),
            actor=person(),
            reason=_given(reason),
            sign_off=sign_off,
            despite=despite or (),
            clock=partial(datetime.now, UTC),
            threads=2,
            progress=tell,
        )
    answer(as_json, _decided(found), lambda console: _show(console, found))
    if found.refused:
        raise PromotionError(found.refused)


def rollback(
    reason: Reason,
    to: Annotated[
        str, typer.Option(metavar="DIGEST", help="An earlier champion, if not the one before.")
    ] = "",
    purpose: PurposeName = "grade",
    as_json: AsJson = False,
) -> None:
    """Make the champion before champion again, at once; its bundle is verified first."""
    from ..core.settings import load_settings
    from ..training import rollback as run

    found = run(
        load_settings(),
        at=datetime.now(UTC),
        actor=person(),
        reason=_given(reason),
        to=to,
        purpose=_purpose(purpose),
    )
    told = {"purpose": found.purpose, "bundle": found.bundle, "before": found.follows}

    def show(console: Console) -> None:
        console.print(
            f"champion for {found.purpose}: {found.bundle[:SHOWN]} again, after "
            f"{found.follows[:SHOWN]}"
        )
        console.print(
            "next: xinheng grade --as-of DATE; a service that runs has to be started anew"
        )

    answer(as_json, told, show)


def champions(
    on: Annotated[str, typer.Option(metavar="DATE", help="Only who was champion on a day.")] = "",
    purpose: PurposeName = "grade",
    as_json: AsJson = False,
) -> None:
    """List every champion there ever was: since when, by whom, why, and on what evidence."""
    from ..core.settings import load_settings
    from ..ledger import Ledger

    settings, wanted = load_settings(), _purpose(purpose)
    with closing(Ledger.open(settings)) as ledger:
        promotions = ledger.promotions
        chosen = promotions.history(wanted)
        if on:
            day = time.day(on)
            chosen = promotions.between(wanted, time.instant(day - 1), time.instant(day))
    kept = {each.bundle: (settings.bundles / each.bundle).is_dir() for each in chosen}
    rows = [_champion(each) | {"kept": kept[each.bundle]} for each in chosen]
    title = f"Champions for {wanted}{f' on {on}' if on else ''}"

    def show(console: Console) -> None:
        if chosen:
            console.print(_table(title, chosen))
        else:
            console.print(f"there was no champion for {wanted}{f' on {on}' if on else ' yet'}")
        for digest in (digest for digest, there in kept.items() if not there):
            console.print(
                f"the bundle {digest[:SHOWN]} is not in {settings.bundles}: copy it back, or its "
                "grades cannot be made again"
            )

    answer(as_json, {"purpose": str(wanted), "on": on or None, "champions": rows}, show)


def _given(reason: str) -> str:
    if not reason.strip():
        raise InvalidError("the ledger keeps why: give --reason in a few words")
    return reason.strip()


def _purpose(name: str) -> "Purpose":
    from ..grading import Purpose

    if name not in tuple(Purpose):
        raise NotFoundError.among("purpose", name, Purpose)
    return Purpose(name)


def _decided(found: "Decision") -> dict[str, Any]:
    return {
        "purpose": str(found.purpose),
        "bundle": found.digest,
        "before": found.before or None,
        "promoted": not found.refused,
        "sign_off": found.sign_off and asdict(found.sign_off),
        "gates": [gate.to_dict() for gate in found.gates],
    }


def _show(console: Console, found: "Decision") -> None:
    held = f"{found.digest[:SHOWN]} against {found.before[:SHOWN] or 'nobody: it is the first'}"
    table = Table("gate", "", "what was found", title=held)
    for gate in found.gates:
        table.add_row(gate.name, MARKS[gate.status], gate.says)
    console.print(table)
    if not found.refused:
        console.print(f"champion for {found.purpose}: bundle {found.digest[:SHOWN]}")
        if found.sign_off:
            waived = ", ".join(found.sign_off.gates)
            console.print(f"signed for by {found.sign_off.name}, despite: {waived}")
        console.print(
            "next: xinheng grade --as-of DATE; the way back: xinheng rollback --reason WHY"
        )


def _champion(promotion: "Promotion") -> dict[str, Any]:
    told = asdict(promotion)
    return {name: each for name, each in told.items() if name != "purpose"}


def _table(title: str, chosen: "Iterable[Promotion]") -> Table:
    table = Table("since", "until", "bundle", "how", "by", "why", "gates", title=title)
    for each in chosen:
        table.add_row(
            _moment(each.at),
            _moment(each.until) if each.until else "now",
            each.bundle[:SHOWN],
            each.kind,
            each.actor,
            each.reason,
            _gates(each),
        )
    return table


def _gates(promotion: "Promotion") -> str:
    gates = promotion.trial.gates if promotion.trial else ()
    passed = sum(gate["status"] == "passed" for gate in gates)
    signed = promotion.sign_off
    by = f"; {signed.name} signed despite {', '.join(signed.gates)}" if signed else ""
    return f"{passed} of {len(gates)} passed{by}" if gates else ""


def _moment(at: datetime) -> str:
    return f"{at.astimezone(time.SHANGHAI):%Y-%m-%d %H:%M}"
