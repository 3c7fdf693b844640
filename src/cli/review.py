"""The commands by which a person decides whose a row in review is."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..core.errors import InvalidError
from ..terminal import answer, show_deliveries
from .held import review_app
from .options import AsJson, open_archive, open_source

if TYPE_CHECKING:
    from ..archive import Archive, Delivery, Source
    from ..archive.decisions import Decision

__all__ = ["review_app"]

Number = Annotated[
    int, typer.Argument(min=1, metavar="DELIVERY", help="Delivery that set the row aside.")
]
File = Annotated[str, typer.Argument(help="Name of the file, in the mapping or as delivered.")]
Row = Annotated[int, typer.Argument(help="Number of the row.")]
By = Annotated[str, typer.Option(help="Name of who decides.")]
Reason = Annotated[str, typer.Option(help="Why.")]
Mapping = Annotated[
    list[str] | None,
    typer.Option(help="Folder of a mapping that is not among the known sources; may be repeated."),
]
Folder = Annotated[
    Path | None, typer.Option("--delivery", help="The delivery's folder, where files are joined.")
]


@review_app.command()
def decide(
    delivery: Number,
    file: File,
    row: Row,
    by: By,
    reason: Reason,
    enterprise: Annotated[
        str | None, typer.Option(help="Code of the enterprise that the row is about.")
    ] = None,
    none: Annotated[
        bool, typer.Option("--none", help="It is none that the archive knows.")
    ] = False,
    kind: Annotated[
        str | None,
        typer.Option(help="Only its records of this kind, where a row is about several."),
    ] = None,
    mapping: Mapping = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Say which enterprise a row in review is about, or that it is none that is known."""
    from ..archive.decisions import Decision

    if (enterprise is None) != none:
        raise InvalidError("give either --enterprise CODE or --none")
    said = Decision(delivery, file, row, enterprise, by, reason, kind)
    _carry_out([said], mapping or [], folder, as_json)


@review_app.command("import")
def import_answers(
    path: Annotated[Path, typer.Argument(help="Sheet of `export`, filled in, as .csv.")],
    by: By,
    reason: Annotated[str, typer.Option(help="Why, for lines that give no reason.")] = "",
    mapping: Mapping = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Carry out the decisions of a sheet: `_enterprise` is a code, or `none`; the rest waits."""
    from ..archive.sheet import read_answers

    said = read_answers(path, by, reason)
    if not said:
        raise InvalidError(f"no line of {path} has a code, or `none`, in _enterprise")
    _carry_out(said, mapping or [], folder, as_json)


@review_app.command()
def revoke(
    delivery: Number, file: File, row: Row, by: By, reason: Reason, as_json: AsJson = False
) -> None:
    """Take a decision back: what it landed is withdrawn, and the row waits again."""
    done = open_archive().revoke(delivery, file, row, by, reason, datetime.now(UTC))
    _tell(as_json, [done])


def _carry_out(
    said: "list[Decision]", mappings: list[str], folder: Path | None, as_json: bool
) -> None:
    archive = open_archive()
    sources = _sources(archive, {each.delivery for each in said}, mappings)
    _tell(as_json, archive.decide(sources, said, datetime.now(UTC), folder))


def _sources(archive: "Archive", numbers: set[int], mappings: list[str]) -> "list[Source]":
    """Return the mappings given, and by their names those of the other deliveries."""
    given = [open_source(each) for each in mappings]
    known = {each.name for each in given}
    names = {each.source for each in archive.deliveries() if each.sequence in numbers}
    return given + [open_source(name) for name in sorted(names - known)]


def _tell(as_json: bool, deliveries: "list[Delivery]") -> None:
    found = {"deliveries": [each.model_dump(mode="json") for each in deliveries]}

    def show(console: Console) -> None:
        show_deliveries(console, deliveries)
        console.print("done; `xinheng archive lineage RECORD` tells who decided, and why")

    answer(as_json, found, show)
