"""A whole simulated city, written as its departments deliver it, and the truth apart."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..core.errors import InvalidError
from ..core.time import show
from .departments import PAPERS
from .desk import Desk
from .laws import Laws, read_laws
from .life import CHANCES, HORIZON, live_part
from .months import Month, months_of
from .outbreaks import Outbreaks, break_out
from .paper import Paper, Written, write_paper
from .parts import Part, parts_of
from .truth import expected_auc, inspected, linked, spread, witnessed

__all__ = ["FIRST_YEAR", "Simulation", "simulate"]

FIRST_YEAR, FEWEST, FEWEST_YEARS = 2020, 100, 2
DELIVERIES, TRUTH = "deliveries", "truth"
PRODUCERS = 0.0002
GRACE, TRIALS = 3, 6

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was written, and how hard the city is.

    Attributes
    ----------
    folder
        Where it lies: `deliveries/NAME/` for each source mapping of `data/sources`, and `truth/`.
    sources
        Names of the departments' source mappings.
    databases
        Those among them that deliver a table of a server; their folders hold what loads it.
    last
        The last day of the city, as YYYY-MM-DD.
    rows
        Rows by file, named `source/file`.
    broken
        How many of them are broken.
    routine, base_rate, bayes_auc
        Routine inspections with a result, the share of them with a critical violation, and the
        area under the ROC curve that a model could reach which knew all but who inspects.
    as_of, chance, bayes_auc_year
        The day for which the truth of the year after is known, the mean chance of a confirmed
        violation within that year, and the area that a model could reach which knew everything
        hidden on that day.
    if_checked, bayes_auc_checked
        The same of what a check within that year finds, of everybody, checked or not.
    """

    folder: Path
    sources: tuple[str, ...]
    databases: tuple[str, ...]
    last: str
    rows: dict[str, int]
    broken: int
    routine: int
    base_rate: float
    bayes_auc: float
    as_of: str
    chance: float
    bayes_auc_year: float
    if_checked: float
    bayes_auc_checked: float

    @property
    def delivering(self) -> tuple[str, ...]:
        """The sources that have files to take in: not the databases, nor who has no row at all."""
        filled = {name.partition("/")[0] for name, rows in self.rows.items() if rows}
        return tuple(name for name in self.sources if name in filled and name not in self.databases)


def simulate(
    folder: Path,
    seed: int,
    *,
    enterprises: int = 20_000,
    producers: int | None = None,
    years: int = 6,
    laws: str | Laws = "standard",
    processes: int = 2,
    progress: Progress = lambda _, __, ___: None,
) -> Simulation:
    """Simulate a city and write what its departments deliver.

    Parameters
    ----------
    folder
        Where to write; it must be empty or not exist, so that no two cities mix.
    seed
        The same seed gives the same bytes, in however many processes.
    enterprises
        How many market entities live there at some time, from 100 to some millions.
    producers
        How many of them make food; some 0.02 % if not given, as in Shenzhen.
    years
        How many years from `FIRST_YEAR` on.
    laws
        Laws of behaviour: the name of one of `LAWS`, or laws themselves.
    processes
        How many work side by side where a city is large.
    progress
        Told what is being done.

    Raises
    ------
    InvalidError
        If the folder is not empty, or numbers are too small to simulate.
    NotFoundError
        If there are no such laws.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidError(f"{folder} is not empty; name a new folder, or delete this one first")
    makers = max(1, round(PRODUCERS * enterprises)) if producers is None else producers
    if enterprises < FEWEST or years < FEWEST_YEARS or seed < 0 or not 0 <= makers <= enterprises:
        raise InvalidError(
            f"cannot simulate {enterprises} enterprises, {makers} of them producers, over {years} "
            f"years with seed {seed}; at least {FEWEST} enterprises, {FEWEST_YEARS} years and a "
            "seed of 0 are needed, and no more producers than enterprises"
        )
    law = laws if isinstance(laws, Laws) else read_laws(laws)
    months = months_of(FIRST_YEAR, years)
    outbreaks = break_out(np.random.default_rng([seed, 0, 1]), len(months))
    parts, known = parts_of(enterprises, makers), len(months) - HORIZON - GRACE
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".spool", dir=folder) as spool:
        folders = [Path(spool) / f"{part.number:04d}" for part in parts]
        run = partial(_live, seed, law, months, outbreaks, known)
        _each(run, list(zip(folders, parts, strict=True)), processes, "Living", progress)
        end = months[-1].after
        run_paper = partial(_write, tuple(folders), folder / DELIVERIES, seed, end)
        workers = processes if len(parts) > 1 else 1
        written = _each(run_paper, PAPERS, workers, "Writing", progress)
        _desk.cache_clear()
        return _summed(folder, folders, months, outbreaks, known, written)


def _live(
    seed: int,
    laws: Laws,
    months: Sequence[Month],
    outbreaks: Outbreaks,
    known: int,
    task: tuple[Path, Part],
) -> None:
    folder, part = task
    truths = [known] if part.number == 0 else []
    live_part(folder, seed, laws, part, months, outbreaks, truths=truths, trials=TRIALS)


def _write(parts: tuple[Path, ...], folder: Path, seed: int, end: int, paper: Paper) -> Written:
    return write_paper(paper, parts, _desk(parts), folder, seed, end)


@lru_cache(maxsize=1)
def _desk(parts: tuple[Path, ...]) -> Desk:
    """Return the desk at which a process writes all its papers."""
    return Desk(parts)


def _each(
    run: Callable[[Any], Any], tasks: Sequence[Any], processes: int, what: str, progress: Progress
) -> list[Any]:
    """Run tasks, side by side if there are several and several processes."""
    workers = min(processes, len(tasks))
    if workers <= 1:
        return list(_watched(map(run, tasks), len(tasks), what, progress))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(_watched(pool.map(run, tasks), len(tasks), what, progress))


def _watched(results: Iterable[Any], count: int, what: str, progress: Progress) -> Iterable[Any]:
    progress(what, 0, count)
    for done, result in enumerate(results, 1):
        progress(what, done, count)
        yield result


def _summed(
    folder: Path,
    parts: Sequence[Path],
    months: Sequence[Month],
    outbreaks: Outbreaks,
    known: int,
    written: Sequence[Written],
) -> Simulation:
    """Write the truth and tell how hard the city is."""
    desk, truth = Desk(parts), folder / TRUTH
    truth.mkdir()
    broken = [row for each in written for row in each.broken]
    names = ("source", "file", "row", "fault")
    columns = {name: [getattr(row, name) for row in broken] for name in names}
    pq.write_table(pa.table(columns), truth / "broken.parquet")
    pq.write_table(linked(written), truth / "links.parquet")
    pq.write_table(witnessed(written), truth / "witnesses.parquet")
    pq.write_table(spread(outbreaks, months), truth / "outbreaks.parquet")
    chances = pq.read_table(parts[0] / CHANCES)
    code = desk.code(chances["enterprise"])
    pq.write_table(chances.set_column(0, "enterprise", code), truth / "chances.parquet")
    seen = inspected(desk, parts, months[-1].after)
    pq.write_table(seen, truth / "inspections.parquet")
    routine = seen.filter(pc.equal(seen["purpose"], "routine"))
    rows = {f"{each.paper.source}/{each.paper.name}": each.rows for each in written}
    chance, found = (chances[name].to_numpy() for name in ("probability", "if_checked"))
    return Simulation(
        folder=folder,
        sources=tuple(dict.fromkeys(paper.source for paper in PAPERS)),
        databases=tuple(paper.source for paper in PAPERS if paper.format == "postgresql"),
        last=show(months[-1].after - 1),
        rows=rows,
        broken=len(broken),
        routine=routine.num_rows,
        base_rate=pc.mean(pc.cast(routine["violation"], pa.float64())).as_py(),
        bayes_auc=expected_auc(routine["probability"].to_numpy(), routine["found"].to_numpy()),
        as_of=show(months[known].first),
        chance=float(chance.mean()),
        bayes_auc_year=expected_auc(chance, chance),
        if_checked=float(found.mean()),
        bayes_auc_checked=expected_auc(found, found),
    )
