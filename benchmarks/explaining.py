"""Explaining: exact contributions, beside what others take for the same.

A booster of 300 trees of 31 leaves and depth 6 is trained on made-up rows of 63 columns, some of
them missing. Its contributions are computed by `explaining.contributions` and, on the same rows and
with as many threads, by LightGBM's `pred_contrib` and by `shap.TreeExplainer`: many rows at once,
and one row at a time, after as many that are not measured. Each is measured in turns, and the
middle of the ratios is told. WOODELF, in an environment of its own, explains all rows at once.

Then those of 3.69 million rows are written to Parquet, with two threads; and a made-up enterprise
is explained in full from a warm process: level, contributions, evidence and sentences.

`agree` says that all contributions are the same within 1e-6, those of WOODELF within 1e-4.

Targets: 30 times `pred_contrib` for many rows and 10 times for one; the tables made ready in under
2 seconds; the city written in under 6 minutes and 4 GB; an explanation in under 10 milliseconds.
"""

import json
import statistics
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
import shap

from xinheng.archive import Archive
from xinheng.core.time import day
from xinheng.explaining import contributions, explain, write_contributions
from xinheng.explaining.attribution.trees import Trees
from xinheng.features import Catalogue, Indicator, count
from xinheng.grading import Blend, GradeBook, read_bundle

from .grading import KEYS, made_up, trained
from .measuring import Peak, apart, is_quick, told

Array = npt.NDArray[np.float64]
ROOT = Path(__file__).parents[1]

ROWS, COLUMNS, TREES, LEAVES, DEPTH = 20_000, 63, 300, 31, 6
FULL, QUICK = (100_000, 1_000, 5, 3_690_000, 400), (4_000, 200, 1, 30_000, 20)
FEW, BLOCK, SINGLE, TOWN, PRODUCERS = 500, 65_536, 100, 600, 30
DAY = day("2025-10-01")
BATCH, ONE, READY, MINUTES, GIGABYTES, MILLISECONDS = 30.0, 10.0, 2.0, 6.0, 4.0, 10.0


def made() -> tuple[lgb.Booster, Array]:
    """Make up rows and train a booster on them."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(ROWS, COLUMNS)).round(2)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    known = np.nan_to_num(rows)
    risk = known[:, :10].sum(axis=1) + known[:, 10:20].prod(axis=1)
    label = (rng.random(ROWS) < 1 / (1 + np.exp(-risk))).astype(float)
    settings = {
        "objective": "binary", "num_leaves": LEAVES, "max_depth": DEPTH, "verbosity": -1,
        "learning_rate": 0.05, "num_threads": 1, "seed": 1,
    }  # fmt: skip
    return lgb.train(settings, lgb.Dataset(rows, label), TREES), rows


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compared(rows: int, fewer: int, rounds: int) -> tuple[dict[str, float], dict[str, float], bool]:
    """Return ratios, figures, and whether all contributions are the same."""
    booster, values = made()
    blend = Blend(booster)
    ready = statistics.median(seconds(lambda: Trees(booster)) for _ in range(3))
    many = np.resize(values, (rows, COLUMNS))
    few = np.ascontiguousarray(many[:fewer])
    explainer = shap.TreeExplainer(booster)
    wanted = np.asarray(booster.predict(few, pred_contrib=True))
    found, base = contributions(blend, few)
    same = np.allclose(np.column_stack([found, base]), wanted, rtol=0, atol=1e-6)

    def pred(part: Array) -> Callable[[], object]:
        return lambda: booster.predict(part, pred_contrib=True, num_threads=1)

    def peer() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # on the form of what it returns
            return explainer.shap_values(few)

    def single(work: Callable[[Array], Callable[[], object]]) -> float:
        parts = [np.ascontiguousarray(many[at : at + 1]) for at in range(2 * SINGLE)]
        took = [seconds(work(part)) for part in parts]
        return sum(took[SINGLE:]) / SINGLE

    def ours(part: Array) -> Callable[[], object]:
        return lambda: contributions(blend, part)

    rates: dict[str, list[float]] = {"ours": [], "pred_contrib": [], "shap": []}
    alone: dict[str, list[float]] = {"ours": [], "pred_contrib": []}
    for _ in range(rounds):
        rates["ours"].append(rows / seconds(ours(many)))
        rates["pred_contrib"].append(fewer / seconds(pred(few)))
        rates["shap"].append(fewer / seconds(peer))
        alone["ours"].append(single(ours))
        alone["pred_contrib"].append(single(pred))
    ratios = {
        peer: statistics.median(
            one / other for one, other in zip(rates["ours"], rates[peer], strict=True)
        )
        for peer in ("pred_contrib", "shap")
    }
    ratios["pred_contrib_one_row"] = statistics.median(
        other / one for one, other in zip(alone["ours"], alone["pred_contrib"], strict=True)
    )
    figures = {f"{name}_rows_per_s": statistics.median(each) for name, each in rates.items()}
    figures |= {f"{name}_one_row_ms": 1e3 * statistics.median(each) for name, each in alone.items()}
    return ratios, figures | {"tables_ready_s": ready}, same


def by_woodelf(folder: Path, rows: int) -> tuple[dict[str, float], dict[str, float], bool]:
    """Return the ratio to WOODELF, its figures, and whether it finds the same."""
    booster, values = made()
    many, blend = np.resize(values, (rows, COLUMNS)), Blend(booster)
    ours, _ = contributions(blend, many[:FEW])
    mine = seconds(lambda: contributions(blend, many))
    model, given, found = (folder / name for name in ("booster.txt", "rows.npy", "found.npy"))
    booster.save_model(model)
    np.save(given, many)
    subprocess.run(["make", "--silent", ".venv/.peers"], cwd=ROOT, check=True)  # noqa: S607
    python = [ROOT / ".venv/peers/bin/python", "-P", "-W", "ignore"]
    script = [ROOT / "benchmarks/cubes.py", model, given, found]
    done = subprocess.run([*python, *script], stdout=subprocess.PIPE, check=True)  # noqa: S603
    all_rows, one = json.loads(done.stdout)
    figures = {"woodelf_rows_per_s": rows / all_rows, "woodelf_one_row_ms": 1e3 * one}
    same = np.allclose(np.load(found)[:FEW], ours, rtol=0, atol=1e-4)
    return {"woodelf": all_rows / mine}, figures, same


def catalogue(names: list[str]) -> Catalogue:
    """Return indicators by the names of a booster's columns."""
    return Catalogue(
        tuple(
            Indicator(
                id=name, zh=name, en=name, dimension="BC", expression=count("award"), missing=0.0,
                basis="made up", formula="made up",
            )
            for name in names
        )
    )  # fmt: skip


def written(folder: str, rows: int) -> dict[str, float]:
    """Write the contributions of a city, and return how long it took and what it held."""
    booster, values = made()
    names = booster.feature_name()
    contributions(Blend(booster), values[:300])

    def blocks() -> Iterator[pd.DataFrame]:
        for start in range(0, rows, BLOCK):
            who = np.arange(start, min(start + BLOCK, rows))
            index = pd.MultiIndex.from_arrays(
                [who, np.full(len(who), DAY)], names=["enterprise", "as_of"]
            )
            yield pd.DataFrame(values[who % ROWS], index=index, columns=names)

    path = Path(folder) / "contributions.parquet"
    with Peak() as peak:
        took = seconds(
            lambda: write_contributions(Blend(booster), catalogue(names), blocks(), path, threads=2)
        )
    return {
        "city_minutes": took / 60,
        "city_gb": peak.own_gb,
        "file_gb": path.stat().st_size / 1e9,
    }


def prepared(folder: str) -> dict[str, float]:
    """Make up a small city with a bundle."""
    trained(made_up(Path(folder), TOWN, PRODUCERS), Path(folder))
    return {}


def explained(folder: str, enterprises: int) -> dict[str, float]:
    """Return how many milliseconds a full explanation takes, in the middle of some."""
    book = GradeBook(Archive(Path(folder) / "archive"), read_bundle(Path(folder) / "bundle", KEYS))

    def one(number: int) -> object:
        origins = book.lineage(number, DAY)
        start = time.perf_counter()
        found = explain(
            book.scorer, book.events, number, DAY, references=book.references, origins=origins
        )
        took.append(time.perf_counter() - start)
        return found

    took: list[float] = []
    known = book.known(DAY).tolist()
    for number in [*known[:3], *known[:enterprises]]:
        one(number)
    return {"explanation_ms": 1e3 * statistics.median(took[3:])}


def main() -> None:
    """Run it."""
    quick = is_quick(__doc__)
    rows, fewer, rounds, city, some = QUICK if quick else FULL
    ratios, figures, agree = compared(rows, fewer, rounds)
    with TemporaryDirectory() as folder:
        ratio, more, same = by_woodelf(Path(folder), rows)
        ratios, figures, agree = ratios | ratio, figures | more, agree and same
        figures |= apart(written, folder, city)
        apart(prepared, folder)
        figures |= apart(explained, folder, some)
    missed = [
        f"{name} {target:g}"
        for name, target, met in (
            ("pred_contrib", BATCH, ratios["pred_contrib"] >= BATCH),
            ("pred_contrib_one_row", ONE, ratios["pred_contrib_one_row"] >= ONE),
            ("tables_ready_s", READY, figures["tables_ready_s"] < READY),
            ("city_minutes", MINUTES, figures["city_minutes"] < MINUTES),
            ("city_gb", GIGABYTES, figures["city_gb"] < GIGABYTES),
            ("explanation_ms", MILLISECONDS, figures["explanation_ms"] < MILLISECONDS),
        )
        if not met
    ]
    told("explaining", ratios, figures, [] if quick else missed, agree=agree)


if __name__ == "__main__":
    main()
