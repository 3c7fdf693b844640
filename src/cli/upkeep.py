"""The commands that try mappings, try rows again, and keep the archive in order."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from ..core.errors import IntegrityError, InvalidError
from ..terminal import answer, show_preview, show_receipt
from .archive import archive_app
from .held import quarantine_app
from .options import AsJson, open_archive, open_source

__all__ = ["archive_app"]

SourceName = Annotated[str, typer.Argument(help="Name of a source, or path of its folder.")]


@archive_app.command("check-mapping")
def check_mapping(
    source: SourceName,
    folder: Annotated[Path, typer.Argument(help="Folder with the files of one delivery.")],
    rows: Annotated[int, typer.Option(min=1, help="How many rows of each file to show.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Try a mapping on a delivery: what would land, and what is wrong; nothing is written."""
    found = open_archive().preview(open_source(source), folder, datetime.now(UTC), rows)
    first = {kind: table.to_pylist() for kind, table in found.first.items()}
    answer(
        as_json,
        asdict(found) | {"first": first},
        lambda console: show_preview(console, found),
    )


@quarantine_app.command()
def replay(
    source: SourceName,
    number: Annotated[int, typer.Argument(min=1, metavar="DELIVERY", help="Its number.")],
    delivery: Annotated[
        Path | None, typer.Option(help="The delivery's folder, where the mapping joins files.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try the rows again that a delivery set aside, in quarantine or in review."""
    receipt = open_archive().replay(open_source(source), number, datetime.now(UTC), delivery)
    answer(
        as_json,
        {"landed": receipt.landed} | receipt.delivery.model_dump(mode="json"),
        lambda console: show_receipt(console, receipt),
    )


@archive_app.command()
def compact(as_json: AsJson = False) -> None:
    """Fold journals into the tables and put files in order; no row changes."""
    archive, now = open_archive(), datetime.now(UTC)
    folded, done = archive.fold(now), archive.compact(now)
    found = {name: {"before": before, "after": after} for name, (before, after) in done.items()}
    before, after = (sum(counts[place] for counts in done.values()) for place in (0, 1))
    words = [f"{folded:,} small deliveries were folded into the tables"] if folded else []
    words += [f"{before:,} files of {len(done)} tables became {after:,}"] if done else []
    answer(
        as_json,
        {"folded": folded, "tables": found},
        lambda console: console.print(
            "; ".join([*words, "next: xinheng archive vacuum"])
            if words
            else "every table is in order"
        ),
    )


@archive_app.command()
def vacuum(
    keep_days: Annotated[
        float, typer.Option(min=0, help="Keep files that were replaced since so many days.")
    ] = 7,
    as_json: AsJson = False,
) -> None:
    """Remove files that no longer belong to the archive."""
    swept = open_archive().vacuum(datetime.now(UTC), timedelta(days=keep_days))
    words = f"{swept.files:,} files with {swept.bytes / 1e6:,.1f} MB were removed"
    answer(as_json, asdict(swept), lambda console: console.print(words))


@archive_app.command()
def verify(as_json: AsJson = False) -> None:
    """Check that everything that was taken in is there, whole, and adds up."""
    findings = open_archive().verify()
    answer(
        as_json,
        {"findings": [asdict(finding) for finding in findings]},
        lambda console: console.print(
            "\n".join(f"{finding.table}: {finding.problem}" for finding in findings)
            or "everything is there, whole, and adds up",
            soft_wrap=True,
        ),
    )
    if findings:
        raise IntegrityError(f"{len(findings)} findings; the archive is not as it must be")


@archive_app.command()
def erase(
    person: Annotated[str | None, typer.Option(help="Identifier of a person.")] = None,
    enterprise: Annotated[
        str | None, typer.Option(help="Enterprise whose names and addresses to remove.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase what names a person 删除个人信息; records, counts and past grades stay."""
    if (person is None) == (enterprise is None):
        raise InvalidError("give either --person or --enterprise")
    if not yes:
        typer.confirm("This cannot be undone. Erase?", abort=True, err=True)
    archive, now = open_archive(), datetime.now(UTC)
    if person is not None:
        erased = archive.erase_person(person, now)
    else:
        erased = archive.erase_enterprise(str(enterprise), now)
    words = (
        f"{erased.texts} texts of {erased.records} records, and {erased.aside} rows set aside, "
        "were erased; backups and the department's own files are not touched"
    )
    answer(as_json, asdict(erased), lambda console: console.print(words))
