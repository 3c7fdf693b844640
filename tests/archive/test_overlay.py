"""Rows in journals: however many journals, each owner's rows are found, and no others."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.archive.files import Owners
from xinheng.archive.overlay import NOTHING, Overlay

SCHEMA = pa.schema([("owner", pa.int64()), ("number", pa.int64()), ("said", pa.string())])
JOURNALS = st.lists(st.lists(st.integers(-4, 4), min_size=1, max_size=9), max_size=12)
CHOSEN = st.one_of(
    st.builds(Owners, st.integers(-5, 5), st.integers(-5, 5)),
    st.lists(st.integers(-5, 5)).map(lambda some: Owners.of(np.array(some, np.int64))),
)


def overlay(journals: list[list[int]], step: int) -> tuple[Overlay, list[tuple[int, int]]]:
    """Lay journals over each other, some at a time."""
    tables, rows = [], []
    for number, owners in enumerate(journals):
        numbers = range(number * 100, number * 100 + len(owners))
        rows += list(zip(owners, numbers, strict=True))
        tables.append(pa.table({"owner": owners, "number": numbers}).cast(SCHEMA_THEN))
    found = NOTHING
    for start in range(0, len(tables), step):
        told = [str(number) for number in range(start, min(start + step, len(tables)))]
        found = found.over(told, tables[start : start + step], SCHEMA)
    return found, sorted(rows)


# As it was when the rows were written: without a column that was thought of later.
SCHEMA_THEN = pa.schema(list(SCHEMA)[:2])


@given(JOURNALS, st.integers(1, 3), CHOSEN, st.integers(-5, 5))
def test_the_rows_of_owners_are_those_of_all_journals(
    journals: list[list[int]], step: int, chosen: Owners, owner: int
) -> None:
    found, rows = overlay(journals, step)
    assert found.told == tuple(map(str, range(len(journals))))
    assert found.count == len(rows)
    pieces = list(found.pieces(SCHEMA.names, chosen))
    assert all(np.all(np.diff(piece["owner"].to_numpy()) >= 0) for piece in pieces)
    assert all(piece.schema == SCHEMA for piece in pieces)
    mask = chosen.among(np.array([each for each, _ in rows], np.int64))
    assert sorted(number for piece in pieces for number in piece["number"].to_pylist()) == sorted(
        number for (_, number), wanted in zip(rows, mask, strict=True) if wanted
    )
    assert sorted(row["number"] for row in found.rows_of(owner, ["number"])) == sorted(
        number for each, number in rows if each == owner
    )


@pytest.mark.parametrize("count", [1, 60, 500])
def test_there_are_few_layers(count: int) -> None:
    found, _ = overlay([[number] for number in range(count)], 1)
    assert len(found.layers) <= 1 + np.log2(count)


def test_rows_of_nobody_are_read_whole() -> None:
    rows = pa.table({"number": [3, 1]})
    found = NOTHING.over(["digest"], [rows], rows.schema)
    [piece] = found.pieces(["number"], Owners(5, 5))
    assert piece["number"].to_pylist() == [3, 1]
