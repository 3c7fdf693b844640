"""Event views of a city made up for measuring: what happened to every enterprise, by parts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.core.time import NEVER, day
from xinheng.features import Events
from xinheng.features.events import COLUMNS

__all__ = ["AS_OF", "VOCABULARY", "read", "write"]

FIRST, AS_OF = day("2020-01-01"), day("2026-01-01")
LATE_DAYS, LONGEST_DAYS = 60, 900
WITHDRAWN, REPAIRED, ENDED = 0.02, 0.02, 0.3
ROWS_OF_PART, GROUP = 1_000_000, 65_536
VIOLATIONS = ("label", "hygiene", "additive", "expired", "source")
VOCABULARY = (
    *(("penalty", f"market.food.{each}") for each in VIOLATIONS),
    ("penalty", "market.general.price"),
    ("penalty", "other.general.fire"),
    ("complaint", "food.complaint.quality.unverified"),
    ("complaint", "food.report.quality.verified"),
    ("sampling", "pass"),
    ("sampling", "fail.0401.lead"),
    ("sampling", "fail.0601.mould"),
    ("inspection", "routine.pass"),
    ("inspection", "routine.corrected"),
    ("inspection", "routine.fail"),
    ("inspection.critical", "routine"),
    ("inspection.serious", "routine"),
    ("inspection.minor", "routine"),
    ("change", "name"),
    ("change", "address"),
    ("change", "shareholder"),
    ("insurance", ""),
    ("self_control", "monthly.on_time"),
    ("self_control", "monthly.missed"),
)
TYPES = {name: pa.from_numpy_dtype(np.dtype(kind)) for name, kind in COLUMNS.items()}


def write(folder: Path, events: int, enterprises: int, seed: int) -> list[Path]:
    """Write so many events of so many enterprises, each part in a file sorted as a view is."""
    folder.mkdir(parents=True)
    parts = -(-events // ROWS_OF_PART)
    bounds = np.linspace(0, enterprises, parts + 1).astype(int)
    shares = np.linspace(0, events, parts + 1).astype(int)
    paths = []
    for number in range(parts):
        rng = np.random.default_rng([seed, number])
        low, high = bounds[number : number + 2]
        rows = int(shares[number + 1] - shares[number])
        paths.append(folder / f"part-{number:03}.parquet")
        pq.write_table(_made(rng, rows, low, high), paths[-1], row_group_size=GROUP)
    return paths


def read(path: Path, columns: Sequence[str]) -> Events:
    """Read columns of a part as the kernel takes them."""
    table = pq.read_table(path, columns=list(columns), use_threads=False)
    return Events.from_table(table, VOCABULARY, columns)


def _made(rng: np.random.Generator, rows: int, low: int, high: int) -> pa.Table:
    occurred = rng.integers(FIRST, AS_OF + 30, rows)
    enterprise = rng.integers(low, high, rows)
    order = np.sort((enterprise << 20) + occurred)
    enterprise, occurred = order >> 20, order & (2**20 - 1)
    available = occurred + rng.integers(0, LATE_DAYS, rows)
    ended = _sometimes(rng, occurred + rng.integers(1, LONGEST_DAYS, rows), ENDED)
    columns: dict[str, npt.NDArray[np.generic]] = {
        "enterprise": enterprise,
        "stream": rng.integers(0, len(VOCABULARY), rows),
        "record": np.arange(rows),
        "case": rng.integers(0, 2**62, rows),
        "occurred": occurred,
        "available": available,
        "withdrawn": _sometimes(rng, available + rng.integers(1, LONGEST_DAYS, rows), WITHDRAWN),
        "repaired": _sometimes(rng, available + rng.integers(1, LONGEST_DAYS, rows), REPAIRED),
        "ended": ended,
        "ended_available": np.where(ended == NEVER, NEVER, np.maximum(available, ended)),
        "severity": rng.integers(0, 6, rows),
        "value": rng.integers(0, 400, rows) / 4,
    }
    table = pa.table({name: pa.array(column).cast(TYPES[name]) for name, column in columns.items()})
    return table.sort_by([(n, "ascending") for n in ("enterprise", "occurred", "available")])


def _sometimes(
    rng: np.random.Generator, days: npt.NDArray[np.int64], share: float
) -> npt.NDArray[np.int64]:
    return np.where(rng.random(len(days)) < share, days, NEVER)
