"""The rows of one owner: those that reading everything finds, however the file is laid out."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import files
from xinheng.archive.files import Owners, groups_of, read_file, write_file
from xinheng.archive.retrieval import read_owner

LAYOUTS: dict[str, dict[str, Any]] = {
    "plain": {"use_dictionary": False, "compression": "none"},
    "plain in pages of the second version": {
        "use_dictionary": False,
        "compression": "none",
        "data_page_version": "2.0",
    },
    "dictionary": {"use_dictionary": True, "compression": "none"},
    "compressed": {"use_dictionary": False, "compression": "lz4"},
}


def told(whose: list[int]) -> pa.Table:
    count = len(whose)
    table = pa.table(
        {
            "owner": pa.array(sorted(whose), pa.int64()),
            "word": [None if n % 3 else "often" for n in whose],
            "text": [f"{place}" * 9 for place in range(count)],
            "none": pa.nulls(count, pa.string()),
            "number": pa.array(range(count), pa.int64()),
            "always": pa.array(range(count, 0, -1), pa.int32()),
            "share": pa.array([n / 7 for n in whose], pa.float64()),
            "some": pa.array([None if n % 2 else n for n in range(count)], pa.int32()),
            "day": pa.array(range(count), pa.int32()).cast(pa.date32()),
            "moment": pa.array(range(count), pa.timestamp("ms")),
            "small": pa.array([n % 3 for n in whose], pa.uint8()),
            "true": [n > 0 for n in whose],
        }
    )
    fields = [field.with_nullable(field.name != "always") for field in table.schema]
    return table.cast(pa.schema(fields))


def in_full(path: str, table: pa.Table, owner: int) -> list[dict[str, Any]]:
    read = read_file(path, table.schema, table.column_names, Owners.of(np.array([owner])))
    return read.to_pylist() if read is not None else []


def looked_up(path: str, table: pa.Table, owner: int) -> list[dict[str, Any]]:
    names = table.column_names
    found = read_owner(path, names, owner)
    return [{name: row.get(name) for name in names} for row in found]


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=40), st.integers(1, 9))
def test_the_rows_of_one_owner_are_those_that_a_full_read_finds(
    tmp_path_factory: pytest.TempPathFactory, layout: str, whose: list[int], group: int
) -> None:
    table, path = told(whose), str(tmp_path_factory.mktemp("owners") / "rows.parquet")
    pq.write_table(table, path, row_group_size=group, **LAYOUTS[layout])
    assert (groups_of(path).plain >= 0).all() == layout.startswith("plain")
    for owner in range(-4, 5):
        assert looked_up(path, table, owner) == in_full(path, table, owner)


def test_owners_are_written_so_that_they_are_read_without_decoding(tmp_path: Path) -> None:
    owners = np.sort(np.random.default_rng(1).integers(-(2**63), 2**63 - 1, 3 * files.GROUP))
    table = told(owners.tolist())
    path = str(tmp_path / write_file(tmp_path, table).path)
    held = groups_of(path)
    assert held.rows.tolist() == [files.GROUP] * 3
    assert (held.plain >= 0).all()
    for owner in owners[:: files.GROUP - 1].tolist():
        assert looked_up(path, table, owner) == in_full(path, table, owner) != []


def test_owners_in_several_pages_are_decoded(tmp_path: Path) -> None:
    count = 3 * files.PAGE // files.BYTES
    table, path = told(list(range(count))), str(tmp_path / "rows.parquet")
    pq.write_table(table, path, data_page_size=files.PAGE, **LAYOUTS["plain"])
    assert groups_of(path).plain.tolist() == [-1]
    assert looked_up(path, table, count - 1) == in_full(path, table, count - 1) != []
