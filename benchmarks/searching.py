"""How long it takes to find enterprises among 3.69 million, and how much memory that needs.

The directory of a made-up city is written to disk and mapped. Each question is asked many times,
with words, codes and licence numbers drawn from the city, and pages from anywhere; what is told is
the median and the slowest in twenty. `duckdb` answers the same questions from the same columns by
`LIKE`. `agree` says that both count the same.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from xinheng.archive.directory import Directory
from xinheng.archive.directory.writing import write
from xinheng.core.time import NEVER
from xinheng.serving.live.directories import Everybody
from xinheng.serving.live.standing import Standing
from xinheng.serving.searching import Order, Wanted, search

from .measuring import Peak, apart, is_quick, lasting, told

FULL, QUICK = 3_690_000, 200_000
TIMES, PEER_TIMES = 200, 5
MILLISECONDS = 20.0
SEED = 5
TRADES = (
    "餐饮",
    "食品",
    "米粉",
    "面馆",
    "商贸",
    "海鲜酒楼",
    "便利店",
    "物流",
    "建筑装饰",
    "茶饮",
    "烘焙",
)
FORMS = ("有限公司", "店", "有限责任公司", "经营部", "个体工商户", "分公司")
PLACES = ("福田区", "罗湖区", "南山区", "宝安区", "龙岗区", "龙华区", "光明区", "坪山区", "盐田区")
CATEGORIES = ("0101", "0401", "1101", "2101", "2401", "2501", "3101")
SIGNS = np.array(
    [
        *"云禾沐谷安裕荣兴福顺嘉味香鲜海山和盛泰康永利金宝龙凤祥瑞芳园美佳乐家厨坊老妈湘川粤潮客东南西北"
    ]
)


def city(count: int) -> tuple[pa.Table, pa.Table]:
    """Return a made-up city as the archive would tell it."""
    rng = np.random.default_rng(SEED)
    places, trades, forms = (rng.choice(each, count) for each in (PLACES, TRADES, FORMS))
    marks = ["".join(row) for row in rng.choice(SIGNS, (count, 3))]
    names = ["信衡市" + "".join(parts) for parts in zip(places, marks, trades, forms, strict=True)]
    begin = np.where(rng.random(count) < 0.6, "92", "91")
    codes = [f"{b}440300MA{n:07}X" for b, n in zip(begin, rng.permutation(count), strict=True)]
    licensed = np.flatnonzero(rng.random(count) < 0.15)
    sizes = np.zeros(count, np.int32)
    sizes[licensed] = 1
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    categories = pa.ListArray.from_arrays(starts, pa.array(rng.choice(CATEGORIES, len(licensed))))
    everybody = pa.table(
        {
            "number": pa.array(np.arange(count, dtype=np.int32)),
            "scheme": pa.array(["uscc"] * count),
            "code": codes,
            "name": names,
            "names": names,
            "district": pa.array(places),
            "business": pa.array(trades),
            "categories": categories,
        }
    )
    numbers = [f"JY244403{n:08}" for n in rng.permutation(len(licensed))]
    return everybody, pa.table({"number": pa.array(licensed, pa.int32()), "licence": numbers})


def questions(everybody: pa.Table, licences: pa.Table) -> dict[str, Callable[[], dict[str, Any]]]:
    """Return what is asked, drawn anew each time."""
    rng = np.random.default_rng(SEED + 1)

    def some(column: pa.ChunkedArray) -> str:
        return str(column[int(rng.integers(len(column)))].as_py())

    return {
        "two_signs": lambda: {"name": some(everybody["name"])[6:8]},
        "common_words": lambda: {"name": "餐饮 有限公司"},
        "whole_name": lambda: {"name": some(everybody["name"])},
        "one_box": lambda: {"text": some(everybody["name"])[6:10]},
        "code": lambda: {"code": some(everybody["code"])},
        "code_beginning": lambda: {"code": some(everybody["code"])[:4]},
        "licence": lambda: {"licence": some(licences["licence"])},
        "district_and_level": lambda: {"districts": ["福田区"], "levels": [4, 5]},
        "category_worst_first": lambda: {"categories": ["2401"], "order": Order.LEVEL},
        "words_and_district_by_code": lambda: {
            "name": "餐饮", "districts": ["南山区"], "order": Order.CODE,
        },
        "moved": lambda: {"moved": 20_500, "order": Order.LEVEL},
        "everybody_worst_first_from_anywhere": lambda: {
            "order": Order.LEVEL, "after": int(rng.integers(len(everybody))),
        },
        "everybody_by_code": lambda: {
            "order": Order.CODE, "after": int(rng.integers(len(everybody))),
        },
    }  # fmt: skip


def measured(folder: Path, count: int) -> dict[str, Any]:
    """Write the directory, and ask it."""
    everybody, licences = city(count)
    with Peak() as building, lasting() as writing:
        write(folder, everybody, licences)
    asked = questions(everybody, licences)
    drawn = {name: [ask() for _ in range(TIMES)] for name, ask in asked.items()}
    return {
        "write_s": writing(),
        "write_own_gb": building.own_gb,
        "disk_gb": sum(path.stat().st_size for path in folder.iterdir()) / 1e9,
        "drawn": drawn,
        "peer": _peer(everybody, drawn["two_signs"][:PEER_TIMES]),
    }


def _peer(everybody: pa.Table, drawn: list[dict[str, Any]]) -> tuple[float, list[int]]:
    """Return what DuckDB needs for the words of names, in ms, and how many it finds."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("told", everybody.select(["name", "code"]))
        connection.execute("CREATE TABLE listed AS FROM told ORDER BY name")
        took, counts = [], []
        for each in drawn:
            start = perf_counter()
            rows = connection.execute(
                "SELECT name, code, count(*) OVER () FROM listed WHERE contains(name, ?) "
                "ORDER BY name LIMIT 20",
                [each["name"]],
            ).fetchall()
            took.append((perf_counter() - start) * 1000)
            counts.append(rows[0][2] if rows else 0)
    return float(np.median(took)), counts


def answered(folder: Path, count: int, drawn: dict[str, Any]) -> dict[str, Any]:
    """Ask a directory that is there already, in a process that did nothing else."""
    rng = np.random.default_rng(SEED + 2)
    before = _own_gb()
    directory = Directory(folder)
    levels = rng.choice(6, count, p=[0.2, 0.4, 0.25, 0.1, 0.04, 0.01]).astype(np.int8)
    moved = np.where(rng.random(count) < 0.9, NEVER, rng.integers(20_000, 20_600, count))
    standing = Standing(1, 1, levels, moved.astype(np.int32))
    everybody = Everybody(directory, standing.of(directory.number))
    found: dict[str, Any] = {}
    with Peak() as peak:
        for name, asked in drawn.items():
            wanted = [Wanted(**each) for each in asked]
            _shown(everybody, wanted[0])
            took = []
            for each in wanted:
                start = perf_counter()
                _shown(everybody, each)
                took.append((perf_counter() - start) * 1000)
            found[name] = np.percentile(took, [50, 95])
    counts = [search(everybody, Wanted(**each)).total for each in drawn["two_signs"][:PEER_TIMES]]
    return {"times": found, "own_gb": peak.own_gb - before, "counts": counts}


def _shown(everybody: Everybody, wanted: Wanted) -> list[Any]:
    return [everybody.directory.listed(row) for row in search(everybody, wanted).rows]


def _own_gb() -> float:
    with Peak() as peak:
        pass
    return peak.own_gb


def main() -> None:
    """Measure and tell."""
    count = QUICK if is_quick(__doc__) else FULL
    with tempfile.TemporaryDirectory() as name:
        made = apart(measured, Path(name), count)
        found = apart(answered, Path(name), count, made["drawn"])
    for question, (half, slow) in found["times"].items():
        print(f"{question:36} median {half:6.2f} ms, slowest in twenty {slow:6.2f} ms")
    figures = {"enterprises": count, "own_gb": round(found["own_gb"], 3)}
    figures |= {key: round(made[key], 3) for key in ("write_s", "write_own_gb", "disk_gb")}
    for question, (half, slow) in found["times"].items():
        figures |= {f"{question}_p50_ms": round(half, 2), f"{question}_p95_ms": round(slow, 2)}
    peer, counts = made["peer"]
    told(
        "searching",
        {"duckdb": round(peer / found["times"]["two_signs"][0], 1)},
        figures,
        missed=[
            f"{MILLISECONDS:g} ms, {question}: {slow:.1f}"
            for question, (_, slow) in found["times"].items()
            if slow > MILLISECONDS
        ],
        agree=counts == found["counts"],
    )


if __name__ == "__main__":
    main()
