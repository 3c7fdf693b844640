"""Ten thousand spoiled deliveries to a running archive: each lands as far as it goes or is refused.

Nothing that was there before changes, and every row of what lands has one fate.
"""

import random
import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from xinheng.archive import KINDS, Archive, FileCount
from xinheng.core.errors import XinhengError

from ..department import ALPHA, BETA, RECEIVED
from ..mutations import mutate
from .conftest import HIDDEN
from .formats import FORMATS, formatted, written
from .state import ordered
from .test_cut_short import ROWS, add_up

FEW, MANY = 24, 2000  # spoiled deliveries of each format
WORDS = ["", "甲", "沙井蚝𠮷", "2026-02-30", "2026/1/5", "scolding", "1e400", "-1", "'", '"', "\\"]


@dataclass
class Outcome:
    """What became of spoiled deliveries, and of their rows."""

    ends: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)


def rows_of(rng: random.Random) -> list[list[str]]:
    """Return rows of which most are sound."""
    rows = [list(rng.choice(ROWS)) for _ in range(rng.randint(1, 30))]
    for row in rows:
        row[0] = rng.choice([ALPHA, BETA, row[0]])
        if rng.random() < 0.2:
            row[rng.randrange(len(row))] = rng.choice(WORDS)
    return rows


def first_rows(archive: Archive) -> dict[str, pa.Table]:
    """Return everything that the first delivery left."""
    found = {kind: archive.records(kind, upto=1) for kind in KINDS}
    found |= {fate: _first(archive.held(fate)) for fate in ("quarantined", "review")}
    found["events"] = archive.events(upto=1).table
    return {name: ordered(table) for name, table in found.items()}


def _first(table: pa.Table) -> pa.Table:
    return table.filter(pc.equal(table["sequence"], 1))


def spoil(folder: Path, form: str, seeds: range) -> Outcome:
    """Deliver spoiled files of one format to one archive, again and again."""
    source, archive = formatted(folder / "sources", form), Archive(folder / "archive")
    archive.ingest(source, written(folder / "sound", form, ROWS).parent, RECEIVED)
    before, outcome = first_rows(archive), Outcome()
    for seed in seeds:
        rng = random.Random(f"{form}-{seed}")  # noqa: S311
        path = written(folder / "spoiled", form, rows_of(rng))
        done = mutate(rng, path)
        sequence = archive.sequence
        try:
            receipt = archive.ingest(source, path.parent, RECEIVED)
        except XinhengError:
            outcome.ends["refused"] += 1
            assert archive.sequence == sequence
        except BaseException as error:
            error.add_note(f"HIDDEN_SEED={seed}, {form}: {done}")
            raise
        else:
            add_up(receipt)
            outcome.ends["landed" if receipt.landed else "known"] += 1
            outcome.rows.update(_fates(receipt.delivery.files[0]))
            assert archive.sequence == sequence + receipt.landed
        shutil.rmtree(path.parent)
    assert archive.verify() == []
    after = first_rows(archive)
    assert [name for name in before if not before[name].equals(after[name])] == []
    _count(archive)
    return outcome


def _fates(file: FileCount) -> dict[str, int]:
    fates = ("accepted", "duplicate", "quarantined", "review")
    return {fate: getattr(file, fate) for fate in fates} | {"skipped": sum(file.skipped.values())}


def _count(archive: Archive) -> None:
    """Hold the rows of the tables against the counts of all deliveries."""
    files = [file for delivery in archive.deliveries() for file in delivery.files]
    for fate in ("quarantined", "review"):
        assert archive.held(fate).num_rows == sum(getattr(file, fate) for file in files)
    landed = set()
    for kind in KINDS:
        table = archive.records(kind)
        landed |= set(zip(table["sequence"].to_pylist(), table["row"].to_pylist(), strict=True))
    assert len(landed) == sum(file.accepted for file in files)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("first", [HIDDEN])
def test_a_spoiled_delivery_is_counted_or_refused(first: int, form: str, tmp_path: Path) -> None:
    outcome = spoil(tmp_path, form, range(first, first + FEW))
    assert outcome.ends["refused"]
    assert outcome.ends.total() == FEW


@pytest.mark.slow
@pytest.mark.parametrize("first", [HIDDEN])
def test_ten_thousand_spoiled_deliveries_are_counted_or_refused(first: int, tmp_path: Path) -> None:
    half = MANY // 2
    tasks = {
        (form, start): (tmp_path / f"{form}{start}", form, range(start, start + half))
        for form in FORMATS
        for start in (first + FEW, first + FEW + half)
    }
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = [pool.submit(spoil, *task) for task in tasks.values()]
        outcomes = [future.result() for future in found]
    ends = sum((outcome.ends for outcome in outcomes), Counter[str]())
    rows = sum((outcome.rows for outcome in outcomes), Counter[str]())
    assert ends.total() == 10_000
    assert all(ends[end] > 100 for end in ("refused", "landed")), ends
    assert all(rows[fate] for fate in ("accepted", "duplicate", "quarantined", "skipped")), rows
