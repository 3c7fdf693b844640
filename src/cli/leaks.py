"""The leak test on the command line."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..core.errors import IntegrityError, InvalidError, NotFoundError
from ..terminal import answer, progress, show_leaks
from .options import (
    AsJson,
    Indicators,
    choose_task,
    open_source,
    past_day,
    read_catalogue,
)

if TYPE_CHECKING:
    from ..archive import Source

__all__ = ["leaks"]

REGISTERING = {"enterprise", "licence"}  # by which other departments' records are linked


def leaks(
    deliveries: Annotated[
        list[str],
        typer.Argument(
            metavar="DELIVERY ...",
            help="SOURCE=FOLDER, or a folder that holds a folder of each source's name.",
        ),
    ],
    cut: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DAY",
            help="Records that become available from this day on are altered; may be repeated. "
            "Where the task's test windows start, if not given.",
        ),
    ] = None,
    cohort: Annotated[
        str, typer.Option(help="Cohort of a task of these sources, whose rows are compared.")
    ] = "inspections",
    task: Annotated[Path | None, typer.Option(help="Task file, if not the sources' own.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="By which half of them is left out.")] = 0,
    indicators: Indicators = None,
    as_json: AsJson = False,
) -> None:
    """Test that nothing computed as of a day depends on records that came from that day on.

    The deliveries are taken in twice, into archives that are removed again: as they are, and
    altered. The archive of the settings is not touched. Status 1 means that a leak was found.
    """
    from ..training import find_leaks

    cuts = [past_day(day) for day in cut or ()]
    given = [each for text in deliveries for each in _deliveries(text)]
    names = {source.name for source, _ in given}
    with progress() as tell:
        found = list(
            find_leaks(
                given,
                choose_task(task, cohort, names),
                read_catalogue(indicators),
                datetime.now(UTC),
                cuts=cuts,
                seed=seed,
                threads=2,
                progress=tell,
            )
        )
    answer(
        as_json,
        {"cuts": [asdict(each) for each in found]},
        lambda console: show_leaks(console, found),
    )
    if any(each.found for each in found):
        what = {leak.what for each in found for leak in each.found}
        raise IntegrityError(
            f"{len(what)} values depend on what came later ({', '.join(sorted(what))}); look for a "
            "SELECT that joins other rows, or for an indicator that reads when things occurred "
            "instead of when they were known"
        )


def _deliveries(text: str) -> "Iterator[tuple[Source, Path]]":
    """Yield what an argument names, whoever registers enterprises first."""
    name, equals, folder = text.partition("=")
    if equals:
        yield open_source(name), Path(folder)
        return
    path = Path(text)
    if not path.is_dir():
        raise NotFoundError(
            f"there is no folder {path}; give a folder that holds the deliveries, each in a folder "
            "of its source's name, or SOURCE=FOLDER"
        )
    folders = sorted(each for each in path.iterdir() if each.is_dir())
    if not folders:
        raise InvalidError(
            f"{path} holds no folder of a source's name; if it is itself the delivery of a source, "
            f"write SOURCE={path}"
        )
    found = [(open_source(each.name), each) for each in folders]
    found.sort(key=lambda each: (not _registers(each[0]), each[0].name))
    for source, each in found:
        if _reads_a_server(source):
            told = f"left out: {source.name} reads a table of a server; write {source.name}={each}"
            Console(stderr=True).print(f"{told} to have it tested too", soft_wrap=True)
        else:
            yield source, each


def _registers(source: "Source") -> bool:
    return any(records.kind in REGISTERING for records in source.declaration.records)


def _reads_a_server(source: "Source") -> bool:
    return any(file.reader == "postgresql" for file in source.declaration.files.values())
