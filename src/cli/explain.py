"""The command that explains one grade: why, why it moved, what would improve it, as a sheet."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ..core.errors import InvalidError
from ..terminal import answer
from .options import AsJson, AsOf, past_day

if TYPE_CHECKING:
    from ..explaining import Movement, Remedies

__all__ = ["explain"]


def explain(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Enterprise, as delivered.")],
    as_of: AsOf,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Also say why it moved since that day.")
    ] = None,
    remedies: Annotated[
        bool, typer.Option("--remedies", help="Also say what would lead to a better level, when.")
    ] = False,
    sheet: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Write the sheet: .html, or .pdf where Chromium is."),
    ] = None,
    language: Annotated[str, typer.Option(help="Of the sheet: zh or en.")] = "zh",
    sentences: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="An office's own sentence forms, in .toml files; of other indicators the "
            "package's hold.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain the grade of one enterprise: level, distances, reasons and the records behind."""
    from ..core.settings import load_settings
    from ..explaining import (
        Actions,
        DowngradeWarning,
        Override,
        Sentences,
        Standpoints,
        Subject,
        explain_movement,
        find_remedies,
        print_pdf,
        render,
        render_movement,
        render_remedies,
        render_sheet,
    )
    from ..explaining import explain as run
    from ..grading import open_book
    from ..grading.dynamic import open_gradings
    from ..ledger import Ledger

    settings, day = load_settings(), past_day(as_of)
    past = None if since is None else past_day(since)
    if past is not None and past > day:
        raise InvalidError(
            f"--since {since} lies after --as-of {as_of}; name a day before it to say why the "
            "level moved"
        )
    if sheet is not None and sheet.suffix not in {".html", ".pdf"}:
        raise InvalidError(f"{sheet} must end in .html or .pdf")
    with closing(Ledger.open(settings)) as ledger:
        gradings = open_gradings(settings, ledger)
        book = open_book(settings, ledger)
        words = None if sentences is None else Sentences.read(sentences, book.bundle.catalogue)
        number = book.number(identifier, day)
        previous = book.previous([number], day)
        override = Override.of(gradings.overrides().on(number, day))
        warning = DowngradeWarning.of(gradings.warnings().on(number, day))
        origins = book.lineage(number, day)
        found = run(
            book.scorer,
            book.events,
            number,
            day,
            references=book.references,
            previous=previous,
            origins=origins,
            override=override,
            warning=warning,
            sentences=words,
        )
        movement: Movement | None = None
        if past is not None:
            sides = Standpoints(gradings, book).between(number, past, day, identifier)
            movement = explain_movement(*sides, number, sentences=words)
        better: Remedies | None = None
        if remedies or (sheet is not None and Actions.default().covering(day) is not None):
            better = find_remedies(
                book.scorer,
                book.events,
                number,
                day,
                references=book.references_before(day),
                previous=previous,
                origins=origins,
                override=override,
                warning=warning,
            )
    told: dict[str, Any] = {"enterprise": identifier} | found.to_dict()
    told |= {} if movement is None else {"movement": movement.to_dict()}
    told |= {} if better is None else {"remedies": better.to_dict()}
    if sheet is not None:
        subject = Subject(identifier, book.bundle, book.sequence)
        page = render_sheet(subject, found, movement=movement, remedies=better, language=language)
        _write(page, sheet, print_pdf)
        told["sheet"] = str(sheet)

    def show(console: Console) -> None:
        console.print(render(found, identifier))
        if movement is not None:
            console.print(render_movement(movement))
        if better is not None and remedies:
            console.print(render_remedies(better))
        if sheet is not None:
            console.print(f"sheet written to {sheet}", markup=False)

    answer(as_json, told, show)


def _write(page: str, path: Path, print_pdf: Any) -> None:
    from ..archive.disk import replacing

    if path.suffix == ".pdf":
        print_pdf(page, path)
        return
    with replacing(path) as draft:
        draft.write_text(page, "utf-8")
