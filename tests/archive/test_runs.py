"""Runs: what was kept in parts is read back part by part, as it came."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive.runs import Runs, cut

SCHEMA = pa.schema([("n", pa.int64()), ("said", pa.string())])


@settings(deadline=None)
@given(
    pieces=st.lists(st.lists(st.integers(0, 7), max_size=6), max_size=5),
    parts=st.sampled_from([1, 2, 8]),
)
def test_each_part_is_read_in_the_order_in_which_its_rows_came(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[list[int]], parts: int
) -> None:
    runs, number = Runs(tmp_path_factory.mktemp("runs") / "some.records"), 0
    expected: list[list[dict[str, object]]] = [[] for _ in range(parts)]
    for piece in pieces:
        rows: list[dict[str, object]] = []
        for chosen in piece:
            rows.append({"n": number, "said": None if number % 3 else f"row {number}"})
            expected[chosen % parts].append(rows[-1])
            number += 1
        part = np.array([chosen % parts for chosen in piece], np.int64)
        runs.add(cut(pa.Table.from_pylist(rows, schema=SCHEMA), part, parts))
    runs.close()
    for part, rows in enumerate(expected):
        table = runs.read(part)
        assert (table.to_pylist() if table else []) == rows
        some = runs.read(part, ["said"])
        assert (some.to_pylist() if some else []) == [{"said": row["said"]} for row in rows]


@pytest.mark.parametrize("parts", [1, 300])
def test_columns_are_read_by_name_whatever_their_order(tmp_path: Path, parts: int) -> None:
    runs = Runs(tmp_path / "some.records")
    table = pa.table([[1, 2], ["a", "b"]], schema=SCHEMA)
    runs.add(cut(table, np.array([parts - 1] * 2), parts))
    runs.close()
    found = runs.read(parts - 1, ["said", "n"])
    assert {name: found[name].to_pylist() for name in ("n", "said")} == table.to_pydict()
    assert parts == 1 or runs.read(0) is None
