"""The commands about indicators: compute, list, explain them, write handbook and score card."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..core import time
from ..core.errors import InvalidError, NotFoundError
from ..terminal import (
    answer,
    check_table,
    progress,
    show_definition,
    show_indicators,
    show_measured,
    show_warnings,
    write_page,
    write_tables,
)
from .engine import Engine, on_cluster
from .measured import THREADS, measure, own_unmatched, see
from .options import AsJson, Indicators, Threads, open_archive, past_day, read_catalogue

if TYPE_CHECKING:
    import pandas as pd

    from ..archive import Archive

__all__ = ["indicators_app"]

indicators_app = typer.Typer(help="Compute, list and explain the indicators.")

AsOfs = Annotated[
    list[str] | None,
    typer.Option(
        "--as-of",
        help="Start of this day in Shanghai; only what was available before counts. May be "
        "given several times.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(help="Where to write them: .parquet or .csv; by spark, a folder."),
]
ByEngine = Annotated[
    Engine, typer.Option("--engine", help="What computes: this process, or a cluster by Spark.")
]
Parts = Annotated[
    int | None, typer.Option(min=1, help="By spark: in how many parts, a power of two.")
]


@indicators_app.callback(invoke_without_command=True)
def group(
    context: typer.Context,
    as_of: AsOfs = None,
    output: Output = None,
    indicators: Indicators = None,
    engine: ByEngine = Engine.LOCAL,
    parts: Parts = None,
    threads: Threads = THREADS,
    as_json: AsJson = False,
) -> None:
    """Compute, list and explain the indicators; without a command, the same as `compute`."""
    by_spark = engine is not Engine.LOCAL or parts
    given = bool(as_of or output or indicators or by_spark or threads != THREADS or as_json)
    if context.invoked_subcommand is None and given:
        compute(as_of, output, indicators, engine, parts, threads, as_json)
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
    elif given:
        name = context.invoked_subcommand
        raise typer.BadParameter(f"options of {name} stand after it: xinheng indicators {name} ...")


@indicators_app.command()
def compute(
    as_of: AsOfs = None,
    output: Output = None,
    indicators: Indicators = None,
    engine: ByEngine = Engine.LOCAL,
    parts: Parts = None,
    threads: Threads = THREADS,
    as_json: AsJson = False,
) -> None:
    """Compute every gradable indicator of every enterprise known as of one or several days."""
    from ..features import City, matching, patterns_of

    if not as_of or output is None:
        raise typer.BadParameter("give --as-of, the day, and --output, the file to write")
    catalogue = read_catalogue(indicators).select(use="grade")
    city, days = City.of(open_archive()), {past_day(text): text for text in as_of}
    if engine is Engine.SPARK:
        done = on_cluster(city.archive, catalogue, days, output, parts)
        answer(as_json, done, lambda console: console.print(done))
        return
    if parts is not None:
        raise InvalidError("--parts is for --engine spark; this process cuts a city by itself")
    with progress() as tell:
        frames = city.indicators(catalogue, [*days], threads=threads, progress=tell)
        tally = _Tally(city.archive, days)
        write_tables(map(tally.named, frames), output)
    vocabulary = city.vocabulary
    found = {
        "enterprises": int(tally.seen.sum()),
        "rows": tally.rows,
        "indicators": len(catalogue),
        "output": str(output),
    }
    warnings = own_unmatched(catalogue, vocabulary)
    read = {each.id: patterns_of(each) for each in catalogue}
    empty = [name for name, some in read.items() if some and not matching(some, vocabulary)]

    def show(console: Console) -> None:
        console.print(found)
        if empty:
            which = "see `xinheng indicators list`"
            console.print(f"{len(empty)} of them read kinds of which no record came; {which}")
        show_warnings(console, warnings)

    answer(as_json, found | {"without_records": empty, "unmatched": warnings}, show)


class _Tally:
    """Gives rows the codes of their enterprises, and counts both."""

    def __init__(self, archive: "Archive", days: dict[int, str]) -> None:
        self.rows = 0
        self._codes = archive.enterprises()["id"].to_pandas()
        self.seen = self._codes.to_numpy() == ""
        self._days = days

    def named(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        rows = frame.reset_index()
        self.seen[rows["enterprise"].to_numpy()] = True
        self.rows += len(rows)
        rows.insert(0, "id", self._codes.take(rows["enterprise"].to_numpy()).to_numpy())
        return rows.assign(as_of=rows["as_of"].map(self._days))


@indicators_app.command()
def update(
    as_of: Annotated[
        str | None, typer.Option(help="Day to bring them up to; today in Shanghai if not given.")
    ] = None,
    output: Output = None,
    indicators: Indicators = None,
    threads: Threads = THREADS,
    as_json: AsJson = False,
) -> None:
    """Keep the gradable indicators of everybody, computing anew only what has changed."""
    from ..core.settings import load_settings
    from ..features import City, brought_up

    day = past_day(as_of) if as_of else time.day_of(datetime.now(UTC))
    folder = load_settings().kept
    if output is not None:
        check_table(output)
    catalogue = read_catalogue(indicators).select(use="grade")
    city, started = City.of(open_archive()), perf_counter()
    current, took = brought_up(city, catalogue, day, folder, threads=threads)
    found = {
        "as_of": time.show(day),
        "enterprises": len(current.known),
        "indicators": len(catalogue),
        "told_of": None if took is None else took.told,
        "crossed_an_edge": None if took is None else took.crossed,
        "computed": city.enterprises if took is None else took.computed,
        "seconds": round(perf_counter() - started, 2),
        "kept_in": str(folder),
    }
    if output is not None:
        named = _Tally(city.archive, {day: time.show(day)}).named
        write_tables(map(named, current.frames(threads=threads)), output)
        found["output"] = str(output)
    answer(as_json, found, lambda console: console.print(found))


@indicators_app.command("list")
def list_(indicators: Indicators = None, as_json: AsJson = False) -> None:
    """List the indicators, and of how many records of the archive each can read."""
    from ..features import records_read

    catalogue, archive = read_catalogue(indicators), open_archive()
    read = None
    if archive.sequence:
        seen = see(archive)
        read = records_read(catalogue, seen.events, seen.bans)
    found = [
        {
            "id": each.id,
            "zh": each.zh,
            "en": each.en,
            "dimension": each.dimension,
            "populations": each.populations,
            "window": each.window,
            "direction": each.direction,
            "use": each.use,
            "records": None if read is None else read[each.id],
        }
        for each in catalogue
    ]
    whole = {"fingerprint": catalogue.fingerprint, "indicators": found}
    answer(as_json, whole, lambda console: show_indicators(console, found))


@indicators_app.command()
def explain(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Indicator, such as PN07.")],
    as_of: Annotated[
        str | None, typer.Option(help="Day of the values; today in Shanghai if not given.")
    ] = None,
    enterprise: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Also its value for this enterprise, with the records."),
    ] = None,
    indicators: Indicators = None,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the SQL for DuckDB that yields it, and no more.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Explain an indicator: what it says, how it is computed, and how its values are spread."""
    from ..features import statement
    from ..features.definition import define

    whole = read_catalogue(indicators)
    known = define(whole[identifier])
    day = past_day(as_of) if as_of else time.day_of(datetime.now(UTC))
    if sql:
        query = statement(whole.select(ids=[identifier]), as_of=day)
        said = {"id": identifier, "as_of": time.show(day), "sql": query}
        answer(as_json, said, lambda console: console.out(query, end="", highlight=False))
        return
    archive = open_archive()
    if archive.sequence:
        measured = measure(see(archive), whole.select(ids=[identifier]), day, enterprise)
    elif enterprise is None:
        measured = None
    else:
        raise NotFoundError(f"there is no enterprise {enterprise!r}: {_empty(archive)}")

    def show(console: Console) -> None:
        show_definition(console, known)
        if measured is None:
            console.print(f"no values: {_empty(archive)}", soft_wrap=True)
        else:
            show_measured(console, measured)

    found = {"indicator": asdict(known), "as_of": time.show(day)}
    answer(as_json, found | {"measured": None if measured is None else measured.to_dict()}, show)


@indicators_app.command()
def handbook(
    output: Annotated[
        Path | None, typer.Option(help="Markdown file to write; printed if not given.")
    ] = None,
    indicators: Indicators = None,
    as_json: AsJson = False,
) -> None:
    """Write the handbook of indicators 指标手册: what each says and how it is computed."""
    from ..features.handbook import render_handbook

    write_page(render_handbook(read_catalogue(indicators)), output, as_json)


@indicators_app.command()
def score_card(
    output: Annotated[
        Path | None, typer.Option(help="Markdown file to write; printed if not given.")
    ] = None,
    card: Annotated[
        Path | None, typer.Option(help="Score card as TOML instead of the package's own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the page of the score card 评分卡: what each line takes or gives, and when."""
    from ..grading import ScoreCard, render_score_card

    found = ScoreCard.load(card) if card else ScoreCard.default()
    write_page(render_score_card(found), output, as_json)


def _empty(archive: "Archive") -> str:
    return (
        f"the archive {archive.folder} is empty; `xinheng ingest SOURCE FOLDER` fills it, and "
        "`xinheng demo` makes a city up"
    )
