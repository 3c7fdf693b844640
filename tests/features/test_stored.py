"""Dated tables in files: those of parts, put together and read back, answer as those in memory."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.features import Events, Rate, References
from xinheng.features import stored as module
from xinheng.features.dated import Dated
from xinheng.features.stored import build_table, contributions, count_tables, read_tables

from .histories import DAYS, Record, build, histories
from .leaves import values_of
from .others import CASES, NONE, WORLDS, split

EVERYONE = np.arange(5, dtype=np.int32)
SHARE = Rate(group="category", streams=("sampling",), positive=("sampling:fail.*",), strength=3)


def through_files(
    leaves: tuple[Dated, ...], events: Events, bans: Events, parts: int, folder: Path
) -> References:
    bounds = np.linspace(0, len(EVERYONE), parts + 1).astype(int)
    paths = [folder / f"part-{part}.parquet" for part in range(parts)]
    for part in reversed(range(parts)):
        rows = np.searchsorted(events.enterprise, bounds[part : part + 2]).tolist()
        mine = bans if part == 0 else None
        table = contributions(leaves, events.take(slice(*rows)), mine)
        pq.write_table(table, paths[part])
    for number in range(count_tables(leaves)):
        for name, array in build_table(leaves, number, paths, CASES).items():
            np.save(folder / name, array)
    return read_tables(leaves, folder)


def values(leaf: Dated, events: Events, found: References, as_of: int) -> list[float]:
    days = np.full(len(EVERYONE), as_of, np.int32)
    return values_of(leaf, events, EVERYONE, days, found)


def agree(leaf: Dated, events: Events, bans: Events, parts: int, as_of: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = through_files((leaf, SHARE), events, bans, parts, Path(folder))
        expected = References.build([leaf, SHARE], [events], cases=CASES, bans=bans)
        for asked in (leaf, SHARE):
            np.testing.assert_array_equal(
                values(asked, events, found, as_of), values(asked, events, expected, as_of)
            )


@settings(max_examples=30, deadline=None)
@given(WORLDS, st.integers(1, 4), DAYS)
def test_ties_persons_and_medians(world: Any, parts: int, as_of: int) -> None:
    city, _, leaf = world
    agree(leaf, *split(city), parts, as_of)


@settings(max_examples=15, deadline=None)
@given(histories(), st.integers(1, 4), DAYS)
def test_rates(records: list[Record], parts: int, as_of: int) -> None:
    agree(SHARE, build(records), NONE, parts, as_of)


def test_large_arrays_are_mapped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "MAPPED", 0)
    events = build(
        [
            Record("enterprise.category", 0, case=7),
            Record("sampling", 3, code="fail.lead"),
            Record("sampling", 4, code="pass", enterprise=1),
        ]
    )
    found = through_files((SHARE,), events, NONE, 2, tmp_path)
    assert all(isinstance(steps.ends, np.memmap) for steps in found._tables.values())
    # of the city's two samples one failed; the bakery's own one failed
    assert values(SHARE, events, found, 5) == [(1 + 3 / 2) / 4, *[0.5] * 4]
