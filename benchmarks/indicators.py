"""How fast window aggregates are computed over the events of a city, beside its peers.

The same aggregates (counts, sums and maxima over streams in four windows, of what was available
and not withdrawn) over the same Parquet files of the same events as of one day: by the kernel,
by DuckDB in the fastest of three ways to put it, by Polars in the faster of two ways, and by
featuretools on a slice. `agree` says that all find the same values.

The kernel is timed from the files to the matrix, in a process that keeps its memory, as workers of
a city do and as the allocators of DuckDB and Polars do; these two until they hold their table,
whose rows are in no order; featuretools while it calculates alone, without imports, reading and
typing, in an environment of its own, which is made where there is none. Its time is scaled up
from a slice large enough that time rises as events do: on small ones most of it is overhead.

Targets at 50 million events on two cores: 12 times DuckDB, 5 times Polars, 1,000 times
featuretools, and under 3 GB.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xinheng.features import Aggregate, count, largest, total
from xinheng.features.kernel import aggregate
from xinheng.features.pages import keep_pages
from xinheng.features.plan import compile_plan
from xinheng.features.streams import matching

from .lives import AS_OF, VOCABULARY, read, write
from .measuring import Peak, apart, is_quick, lasting, told

FULL, QUICK = (50_000_000, 3_690_000), (2_000_000, 147_600)
SLICE, SLICE_QUICK = (1_000_000, 73_800), (200_000, 14_760)
THREADS, TRIALS, TOLERANCE = 2, 3, 1e-9
TARGETS = {"duckdb": 12.0, "polars": 5.0, "featuretools": 1_000.0}
MOST_GB = 3.0
WINDOWS = (91, 365, 730, 1096)
ROOT = Path(__file__).parents[1]

Values = npt.NDArray[np.float64]
Paths = list[Path]
City = tuple[Paths, int]


def parts() -> list[Aggregate]:
    """Return the aggregates, by groups that read the same events."""
    return [
        each
        for window in WINDOWS
        for each in (
            count("penalty:market.*", window=window),
            total("penalty:market.*", window=window),
            largest("penalty:market.*", field="severity", window=window),
            count("penalty:*.food.*", window=window),
            total("penalty:*.food.*", window=window),
            count("complaint", window=window),
            count("complaint:food.report.*.verified", window=window),
            count("sampling:fail.*", window=window),
            largest("sampling:fail.*", field="severity", window=window),
            count("inspection:routine.*", window=window),
            total("inspection.critical", window=window),
            total("inspection.minor", window=window),
            count("change", window=window),
            largest("insurance", window=window),
            count("self_control:*.on_time", window=window),
            count("self_control", window=window),
        )
    ]


def by_kernel(paths: Paths, enterprises: int) -> Values:
    """Compute by the kernel, a part at a time on each thread."""
    out = np.empty((enterprises, len(parts())))
    plan = compile_plan(parts(), VOCABULARY)
    bounds = np.linspace(0, enterprises, len(paths) + 1).astype(int)

    def fill(number: int) -> None:
        who = np.arange(*bounds[number : number + 2], dtype=np.int32)
        days = np.full(len(who), AS_OF, np.int32)
        found = aggregate(plan, read(paths[number], plan.columns), who, days)
        out[who] = found

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(fill, range(len(paths))))
    return out


def _streams(part: Aggregate) -> str:
    return ", ".join(map(str, matching(part.streams, VOCABULARY)))


def _within(part: Aggregate) -> str:
    return f"stream IN ({_streams(part)}) AND occurred >= {AS_OF - (part.window or 0)}"


SQL = {"count": "count", "total": "sum", "largest": "max"}
COUNTED = (
    f"available < {AS_OF} AND withdrawn >= {AS_OF} AND occurred < {AS_OF} "
    f"AND occurred >= {AS_OF - max(WINDOWS)}"
)


def _cases(part: Aggregate) -> str:
    return f"{SQL[part.operator]}(CASE WHEN {_within(part)} THEN {part.field or 1} END)"


def _filters(part: Aggregate) -> str:
    return f"{SQL[part.operator]}({part.field or '*'}) FILTER (WHERE {_within(part)})"


def _sums(part: Aggregate) -> str:
    if part.operator == "largest":
        return _cases(part)
    return f"sum(CASE WHEN {_within(part)} THEN {part.field or 1} ELSE 0 END)"


WAYS: dict[str, Callable[[Aggregate], str]] = {"case": _cases, "filter": _filters, "sum": _sums}


def by_duckdb(paths: Paths, way: str) -> pa.Table:
    """Compute by one statement of DuckDB."""
    import duckdb

    columns = ", ".join(f"{WAYS[way](p)} AS a{n}" for n, p in enumerate(parts()))
    query = (
        f"SELECT enterprise, {columns} FROM read_parquet($1) "  # noqa: S608  numbers alone
        f"WHERE {COUNTED} GROUP BY enterprise"
    )
    with duckdb.connect(config={"threads": THREADS}) as connection:
        return connection.sql(query, params=[[str(path) for path in paths]]).to_arrow_table()


def by_polars(paths: Paths, way: str) -> pa.Table:
    """Compute by the streaming engine of Polars: streams by lists, or told apart once."""
    import polars as pl

    groups = {part.streams: matching(part.streams, VOCABULARY) for part in parts()}
    belongs = {streams: pl.col("stream").is_in(found) for streams, found in groups.items()}
    seen = pl.scan_parquet(paths).filter(
        (pl.col("available") < AS_OF)
        & (pl.col("withdrawn") >= AS_OF)
        & pl.col("occurred").is_between(AS_OF - max(WINDOWS), AS_OF, closed="left")
    )
    if way == "masks":
        named = {str(streams): each for streams, each in belongs.items()}
        seen = seen.with_columns(**named).drop("stream")
        belongs = {streams: pl.col(str(streams)) for streams in groups}

    def column(part: Aggregate) -> pl.Expr:
        inside = belongs[part.streams] & (pl.col("occurred") >= AS_OF - (part.window or 0))
        if part.operator == "count":
            return inside.sum()
        held = pl.when(inside).then(pl.col(str(part.field)))
        return held.sum() if part.operator == "total" else held.max()

    columns = {f"a{number}": column(part) for number, part in enumerate(parts())}
    return seen.group_by("enterprise").agg(**columns).collect(engine="streaming").to_arrow()


def by_featuretools(folder: Path, paths: Paths, enterprises: int) -> tuple[float, Values]:
    """Compute by deep feature synthesis; return the seconds that it says, too."""
    streams = list(dict.fromkeys(part.streams for part in parts()))
    asked = {
        "files": [str(path) for path in paths],
        "enterprises": enterprises,
        "as_of": AS_OF,
        "groups": [matching(each, VOCABULARY) for each in streams],
        "aggregates": [
            {
                "operator": part.operator,
                "field": part.field,
                "window": part.window,
                "group": streams.index(part.streams),
            }
            for part in parts()
        ],
    }
    asks, finds = folder / "asked.json", folder / "found.npy"
    asks.write_text(json.dumps(asked), encoding="utf-8")
    subprocess.run(["make", "--silent", ".venv/.peers"], cwd=ROOT, check=True)  # noqa: S607
    python = [ROOT / ".venv/peers/bin/python", "-P", "-W", "ignore"]
    done = subprocess.run(  # noqa: S603  a fixed command
        [*python, ROOT / "benchmarks/synthesis.py", asks, finds], stdout=subprocess.PIPE, check=True
    )
    return float(done.stdout), np.load(finds)


def _filled(found: pa.Table, enterprises: int) -> Values:
    """Return the values by enterprise; without events, they are missing."""
    out = np.full((enterprises, len(parts())), np.nan)
    at = found["enterprise"].to_numpy()
    for number in range(len(parts())):
        out[at, number] = found[f"a{number}"].cast(pa.float64()).to_numpy()
    return out


def _same(one: Values, other: Values) -> bool:
    summed = np.array([part.operator != "largest" for part in parts()])
    both = [np.where(summed & np.isnan(values), 0, values) for values in (one, other)]
    return bool(np.allclose(*both, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True))


def _best(work: Callable[[], Any], trials: int) -> tuple[float, Any]:
    """Do it some times; return the fewest seconds, and what was found."""
    times, found = [], None
    for _ in range(trials):
        del found
        with lasting() as seconds:
            found = work()
        times.append(seconds())
    return min(times), found


def _ours(few: City, city: City, trials: int) -> tuple[float, float, Values]:
    keep_pages()
    by_kernel(*few)
    with Peak() as peak:
        seconds, found = _best(lambda: by_kernel(*city), trials)
    return seconds, peak.own_gb, found


WORKS: dict[str, Callable[[Paths], pa.Table]] = {
    "duckdb_case": lambda paths: by_duckdb(paths, "case"),
    "duckdb_filter": lambda paths: by_duckdb(paths, "filter"),
    "duckdb_sum": lambda paths: by_duckdb(paths, "sum"),
    "polars_lists": lambda paths: by_polars(paths, "lists"),
    "polars_masks": lambda paths: by_polars(paths, "masks"),
}


def _theirs(name: str, few: City, city: City, trials: int) -> tuple[float, float, Values]:
    work = WORKS[name]
    work(few[0])
    with Peak() as peak:
        seconds, found = _best(lambda: work(city[0]), trials)
    return seconds, peak.own_gb, _filled(found, city[1])


def _made(folder: Path, size: tuple[int, int], seed: int) -> City:
    return write(folder, *size, seed=seed), size[1]


def main() -> None:
    """Run it."""
    quick = is_quick(__doc__)
    size, part = (QUICK, SLICE_QUICK) if quick else (FULL, SLICE)
    trials = 1 if quick else TRIALS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, city = _made(folder / "slice", part, 2), _made(folder / "city", size, 1)
        seconds, peak_gb, found = apart(_ours, few, city, trials)
        figures = {"events": size[0], "aggregates": len(parts()), "kernel_s": seconds}
        figures |= {"kernel_events_per_s": size[0] / seconds, "kernel_peak_gb": peak_gb}
        agree, took = True, {}
        for way in WORKS:
            took[way], memory, other = apart(_theirs, way, few, city, trials)
            figures |= {f"{way}_s": took[way], f"{way}_peak_gb": memory}
            agree &= _same(found, other)
        on_slice, other = by_featuretools(folder, *few)
        agree &= _same(by_kernel(*few), other)
        took["featuretools"] = on_slice * size[0] / part[0]
        figures |= {"featuretools_slice_events": part[0], "featuretools_slice_s": on_slice}
    ratios = {
        peer: min(took[way] for way in took if way.startswith(peer)) / seconds for peer in TARGETS
    }
    missed = [f"{peer} {goal:g}" for peer, goal in TARGETS.items() if ratios[peer] < goal]
    if peak_gb > MOST_GB:
        missed.append(f"memory {MOST_GB:g} GB")
    told("indicators", ratios, figures, [] if quick else missed, agree=agree)


if __name__ == "__main__":
    main()
