"""The leak test on the command line."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..core.errors import InvalidError
from ..terminal import answer, show_leaks
from .options import AsJson, Indicators, open_source, past_day, read_catalogue

if TYPE_CHECKING:
    from ..archive import Source

__all__ = ["leaks"]


def leaks(
    deliveries: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE=FOLDER ...", help="Deliveries, as they were ingested."),
    ],
    day: Annotated[
        str, typer.Option(help="Records that become available from this day on are altered.")
    ],
    cohort: Annotated[
        str, typer.Option(help="Cohort of a task of these sources, whose rows are compared.")
    ] = "inspections",
    task: Annotated[Path | None, typer.Option(help="Task file, if not the sources' own.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="By which half of them is left out.")] = 0,
    indicators: Indicators = None,
    as_json: AsJson = False,
) -> None:
    """Test that no indicator and no label up to a day depends on records that came later.

    The deliveries are taken in twice, into archives that are removed again: as they are, and
    altered. The archive of the settings is not touched.
    """
    from ..archive import Alteration
    from ..core.settings import load_settings
    from ..training import find_leaks, find_task, read_task

    given = [_delivery(text) for text in deliveries]
    sources = load_settings().sources
    names = {source.name for source, _ in given}
    found = find_leaks(
        given,
        read_task(task) if task else find_task(sources, cohort, names),
        read_catalogue(indicators),
        Alteration(past_day(day), datetime.now(UTC), seed),
        threads=2,
    )
    answer(as_json, asdict(found), lambda console: show_leaks(console, found))
    if found.found:
        raise InvalidError(
            f"{len(found.found)} indicators or labels depend on what came later, see above; a "
            "SELECT that looks at other rows, or an operator of your own, is where to look"
        )


def _delivery(text: str) -> "tuple[Source, Path]":
    name, equals, folder = text.partition("=")
    if not equals:
        raise InvalidError(
            f"{text!r} names no delivery; write SOURCE=FOLDER, such as millbrook=deliveries/june"
        )
    return open_source(name), Path(folder)
