"""The commands on the ledger: its revision, its audit trail, its backups."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..core.errors import IntegrityError
from ..terminal import answer
from .options import AsJson
from .person import person
from .trail import entries

if TYPE_CHECKING:
    from ..ledger import Verification

__all__ = ["ledger_app"]

SHOWN = 12
ledger_app = typer.Typer(
    help="The ledger: its revision, its audit trail, its backups.", no_args_is_help=True
)


ledger_app.command()(entries)


@ledger_app.command()
def status(as_json: AsJson = False) -> None:
    """Say which revision the ledger has, and which this program needs; nothing is changed."""
    from ..core.settings import load_settings
    from ..ledger import HEAD, Proof, connected, file_of, shown, standing

    settings = load_settings()
    path = file_of(settings.ledger)
    state, revision = "empty", ""
    if path is None or path.is_file():
        with connected(settings.ledger) as engine:
            found = standing(engine)
        state, revision = found.state, found.revision
    told = {
        "ledger": shown(settings.ledger),
        "state": state,
        "revision": revision,
        "needed": HEAD,
        "audit": str(Proof.of(settings).folder),
    }
    words = f"{told['ledger']} is {state}: revision {revision or 'none'}, needed {HEAD}"

    def show(console: Console) -> None:
        console.print(words, soft_wrap=True)
        console.print(f"the audit trail is anchored in {told['audit']}", soft_wrap=True)
        if state not in {"current", "newer"}:
            console.print("next: xinheng ledger upgrade")

    answer(as_json, told, show)


@ledger_app.command()
def upgrade(as_json: AsJson = False) -> None:
    """Bring the ledger to the revision of this program: all of it or nothing."""
    from ..core.settings import load_settings
    from ..ledger import HEAD, connected
    from ..ledger import upgrade as run

    with connected(load_settings().ledger) as engine:
        before = run(engine)
    words = f"the ledger is of revision {HEAD}"
    words += " as before" if before.state == "current" else f", and was {before.state}"
    answer(
        as_json,
        {"before": asdict(before), "revision": HEAD},
        lambda console: console.print(words),
    )


@ledger_app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Such as 0001.")], as_json: AsJson = False
) -> None:
    """Bring the ledger back to an earlier revision, for an older program; no row is dropped."""
    from ..core.settings import load_settings
    from ..ledger import connected
    from ..ledger import downgrade as run

    with connected(load_settings().ledger) as engine:
        before = run(engine, revision)
    answer(
        as_json,
        {"before": asdict(before), "revision": revision},
        lambda console: console.print(
            f"the ledger is of revision {revision}, and was of {before.revision}"
        ),
    )


@ledger_app.command()
def verify(
    anchors: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A copy kept elsewhere, to check too."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the audit trail: that no entry was changed, left out, cut off or put in."""
    from ..core.settings import load_settings
    from ..ledger import Proof, connected, prepare
    from ..ledger import verify as run

    settings = load_settings()
    with connected(settings.ledger) as engine:
        prepare(engine)
        found = run(engine, Proof.of(settings), anchors)

    def show(console: Console) -> None:
        for each in found.faults:
            place = f"chain {each.chain[:SHOWN]}: " if each.chain else ""
            moment = f" ({each.at})" if each.at else ""
            console.print(f"[red]{place}{each.problem}[/]{moment}", soft_wrap=True)
        for each in found.remarks:
            console.print(f"chain {each.chain[:SHOWN]}: {each.problem}", soft_wrap=True)
        console.print(_looked_at(found), soft_wrap=True)

    answer(as_json, asdict(found), show)
    if found.first is not None:
        raise IntegrityError(
            f"the audit trail is not as it was written: {found.first.problem}"
            + (f", and {len(found.faults) - 1} more" if len(found.faults) > 1 else "")
        )


def _looked_at(found: "Verification") -> str:
    words = (
        f"{found.entries:,} entries of {found.chains:,} chains and {found.anchors:,} anchors "
        "were checked"
    )
    if found.waiting:
        words += f"; {found.waiting:,} entries wait on disk"
    if found.unchained:
        words += f"; {found.unchained:,} are from before there were chains: nothing proves them"
    return words


@ledger_app.command()
def backup(
    target: Annotated[Path, typer.Argument(dir_okay=False, help="New file.")],
    as_json: AsJson = False,
) -> None:
    """Copy the ledger on SQLite to a file, while it is used."""
    from ..core.settings import load_settings
    from ..ledger import backup as run

    size = run(load_settings().ledger, target)
    answer(
        as_json,
        {"file": str(target), "bytes": size},
        lambda console: console.print(f"{size:,} bytes are in {target}", soft_wrap=True),
    )


@ledger_app.command()
def restore(
    source: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The backup.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of the ledger; the service has to stand still."""
    from ..core.settings import load_settings
    from ..ledger import Proof
    from ..ledger import restore as run

    settings = load_settings()
    if not yes:
        typer.confirm("What was written since the backup is lost. Restore?", abort=True, err=True)
    kept = run(settings.ledger, source, Proof.of(settings), actor=person(), at=datetime.now(UTC))
    words = f"{source} is the ledger now"
    words += f"; what was there is in {kept}" if kept else ""
    answer(
        as_json,
        {"restored": str(source), "kept": str(kept) if kept else None},
        lambda console: console.print(words, soft_wrap=True),
    )
