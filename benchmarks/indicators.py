"""How fast window aggregates are computed over the events of a city, beside its peers.

The same aggregates (counts, sums and maxima over streams in four windows, of what was available
and not withdrawn) over the same Parquet files of the same events as of one day: by the kernel,
by DuckDB in the fastest of three ways to put it, by Polars in its streaming engine, and by
featuretools on a slice, whose time is scaled up to all events. `agree` says that all find the
same values.

Targets at 50 million events on two cores: 12 times DuckDB, 5 times Polars, 1,000 times
featuretools, and under 3 GB.
"""

import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinheng.features import Aggregate, count, largest, total
from xinheng.features.kernel import aggregate
from xinheng.features.plan import compile_plan
from xinheng.features.streams import matching

from .lives import AS_OF, VOCABULARY, read, write
from .measuring import Peak, apart, is_quick, lasting, told

FULL, QUICK, SLICE = (50_000_000, 3_690_000), (2_000_000, 147_600), (20_000, 1_480)
THREADS, TRIALS, TOLERANCE = 2, 3, 1e-9
TARGETS = {"duckdb": 12.0, "polars": 5.0, "featuretools": 1_000.0}
MOST_GB = 3.0
WINDOWS = (91, 365, 730, 1096)
NO_PLUGINS = ModuleType("pkg_resources")
NO_PLUGINS.__dict__["iter_entry_points"] = lambda _: ()

Values = npt.NDArray[np.float64]
Paths = list[Path]


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
            count("complaint:report.*.verified", window=window),
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
        found = aggregate(plan, read(paths[number]), who, np.full(len(who), AS_OF, np.int32))
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


def by_duckdb(paths: Paths, enterprises: int, way: str) -> Values:
    """Compute by one statement of DuckDB."""
    import duckdb

    columns = ", ".join(f"{WAYS[way](p)} AS a{n}" for n, p in enumerate(parts()))
    files = [str(path) for path in paths]
    with duckdb.connect(config={"threads": THREADS}) as connection:
        table = connection.execute(
            f"SELECT enterprise, {columns} FROM read_parquet($1) "  # noqa: S608  numbers alone
            f"WHERE {COUNTED} GROUP BY ALL",
            [files],
        ).to_arrow_table()
    return _filled(table.to_pandas(), enterprises)


def by_polars(paths: Paths, enterprises: int) -> Values:
    """Compute by the streaming engine of Polars."""
    import polars as pl

    def column(number: int, part: Aggregate) -> pl.Expr:
        inside = pl.col("stream").is_in(matching(part.streams, VOCABULARY)) & (
            pl.col("occurred") >= AS_OF - (part.window or 0)
        )
        if part.operator == "count":
            return inside.sum().alias(f"a{number}")
        held = pl.when(inside).then(pl.col(str(part.field)))
        return (held.sum() if part.operator == "total" else held.max()).alias(f"a{number}")

    seen = pl.scan_parquet(paths).filter(
        (pl.col("available") < AS_OF)
        & (pl.col("withdrawn") >= AS_OF)
        & pl.col("occurred").is_between(AS_OF - max(WINDOWS), AS_OF, closed="left")
    )
    asked = seen.group_by("enterprise").agg(*(column(n, p) for n, p in enumerate(parts())))
    return _filled(asked.collect(engine="streaming").to_pandas(), enterprises)


def by_featuretools(paths: Paths, enterprises: int) -> Values:
    """Compute by deep feature synthesis, once for each window."""
    # It asks the setuptools of old for plug-ins; there are none.
    sys.modules.setdefault("pkg_resources", NO_PLUGINS)
    import featuretools as ft

    names = sorted({part.streams[0] for part in parts()})
    wanted = matching(names, VOCABULARY)
    frames = []
    for path in paths:
        events = read(path)
        frames.append(
            pd.DataFrame({n: getattr(events, n) for n in ("enterprise", "stream", "occurred")})
            .assign(value=events.value, severity=events.severity)
            .loc[(events.available < AS_OF) & (events.withdrawn >= AS_OF)]
        )
    table = pd.concat(frames, ignore_index=True)
    table = table[table["stream"].isin(wanted)].reset_index(drop=True)
    table["at"] = pd.to_datetime(table.pop("occurred"), unit="D")
    for number, name in enumerate(names):
        table[f"group{number}"] = table["stream"].isin(matching((name,), VOCABULARY))
    table["event"] = np.arange(len(table))
    city = ft.EntitySet("city")
    city.add_dataframe(
        dataframe_name="enterprises",
        dataframe=pd.DataFrame({"enterprise": np.arange(enterprises, dtype=np.int32)}),
        index="enterprise",
    )
    city.add_dataframe(dataframe_name="events", dataframe=table, index="event", time_index="at")
    city.add_relationship("enterprises", "enterprise", "events", "enterprise")
    city.add_interesting_values(
        dataframe_name="events", values={f"group{n}": [True] for n in range(len(names))}
    )
    made = {"count": ft.primitives.Count, "total": ft.primitives.Sum, "largest": ft.primitives.Max}
    rows = city["events"].ww
    out = np.full((enterprises, len(parts())), np.nan)
    for window in WINDOWS:
        asked = [(n, p) for n, p in enumerate(parts()) if p.window == window]
        features = [
            ft.Feature(
                rows[part.field or "event"],
                parent_dataframe_name="enterprises",
                where=ft.Feature(rows[f"group{names.index(part.streams[0])}"]) == True,  # noqa: E712
                primitive=made[part.operator],
            )
            for _, part in asked
        ]
        found = ft.calculate_feature_matrix(
            features,
            city,
            cutoff_time=pd.Timestamp(AS_OF - 1, unit="D"),
            training_window=f"{window} days",
        )
        out[:, [n for n, _ in asked]] = found.sort_index().to_numpy(np.float64)
    return out


def _filled(found: pd.DataFrame, enterprises: int) -> Values:
    """Return the values by enterprise; without events, sums are 0 and maxima missing."""
    out = np.full((enterprises, len(parts())), np.nan)
    at = found.pop("enterprise").to_numpy()
    out[at] = found.to_numpy(np.float64)
    return out


def _same(one: Values, other: Values) -> bool:
    summed = np.array([part.operator != "largest" for part in parts()])
    both = [np.where(summed & np.isnan(values), 0, values) for values in (one, other)]
    return bool(np.allclose(*both, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True))


def _best(work: Callable[[], Values], trials: int) -> tuple[float, Values]:
    """Do it some times; return the fewest seconds, and what was found."""
    times = []
    for _ in range(trials):
        with lasting() as seconds:
            found = work()
        times.append(seconds())
    return min(times), found


def _ours(paths: Paths, enterprises: int, trials: int) -> tuple[float, float, Values]:
    by_kernel(paths[:1], enterprises)
    with Peak() as peak:
        seconds, found = _best(lambda: by_kernel(paths, enterprises), trials)
    return seconds, peak.own_gb, found


def _theirs(name: str, paths: Paths, enterprises: int, trials: int) -> tuple[float, float, Values]:
    works: dict[str, Callable[[], Values]] = {
        way: (lambda way=way: by_duckdb(paths, enterprises, way))  # type: ignore[misc]
        for way in WAYS
    }
    works["polars"] = lambda: by_polars(paths, enterprises)
    with Peak() as peak:
        seconds, found = _best(works[name], trials)
    return seconds, peak.own_gb, found


def _slice(paths: Paths, enterprises: int) -> tuple[float, Values]:
    with lasting() as seconds:
        found = by_featuretools(paths, enterprises)
    return seconds(), found


def main() -> None:
    """Run it."""
    quick = is_quick(__doc__)
    events, enterprises = QUICK if quick else FULL
    trials = 1 if quick else TRIALS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write(folder / "city", events, enterprises, seed=1)
        seconds, peak_gb, found = apart(_ours, paths, enterprises, trials)
        figures = {"events": events, "aggregates": len(parts()), "kernel_s": seconds}
        figures |= {"kernel_events_per_s": events / seconds, "kernel_peak_gb": peak_gb}
        agree, took = True, {}
        for peer in (*WAYS, "polars"):
            took[peer], memory, other = apart(_theirs, peer, paths, enterprises, trials)
            figures |= {f"{peer}_s": took[peer], f"{peer}_peak_gb": memory}
            agree &= _same(found, other)
        small, few = SLICE
        slice_paths = write(folder / "slice", small, few, seed=2)
        a_slice, theirs = apart(_slice, slice_paths, few)
        agree &= _same(by_kernel(slice_paths, few), theirs)
        took["featuretools"] = a_slice * events / small
        figures |= {"featuretools_slice_events": small, "featuretools_slice_s": a_slice}
    took["duckdb"] = min(took.pop(way) for way in WAYS)
    ratios = {name: took[name] / seconds for name in TARGETS}
    missed = [f"{name} {goal:g}" for name, goal in TARGETS.items() if ratios[name] < goal]
    if peak_gb > MOST_GB:
        missed.append(f"memory {MOST_GB:g} GB")
    told("indicators", ratios, figures, [] if quick else missed, agree=agree)


if __name__ == "__main__":
    main()
