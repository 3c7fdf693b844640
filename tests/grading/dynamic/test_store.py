"""The store: whole or not at all, found fast, and refused when it is not as it was written."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from threading import Event

import numpy as np
import pyarrow as pa
import pytest

from xinheng.core.errors import IntegrityError, NotFoundError
from xinheng.grading.dynamic import GradeStore, store
from xinheng.grading.dynamic.columns import SCHEMA, codes, masks, tabled
from xinheng.grading.scores import LEVELS, Scores

RULES = ["first", "second"]


def block(numbers: list[int], seed: int = 1) -> pa.Table:
    """Grades of enterprises, at random."""
    rng, size = np.random.default_rng(seed), len(numbers)
    numbers_ = {
        name: rng.random(size)
        for name in ("margin", "probability", "lower", "upper", "better", "worse")
    }
    levels = {
        name: rng.integers(
            -1 if name in {"card", "previous", "override", "warning"} else 0, 6, size
        ).astype(np.int8)
        for name in ("level", "model", "plain", "card", "previous", "override", "warning")
    }
    bits = {name: rng.integers(0, 4, size) for name in ("met", "applied")}
    nothing = pa.array([""] * size).dictionary_encode()
    ids = pa.array([f"E{number}" for number in numbers])
    scores = Scores(**numbers_, **levels, **bits)
    return tabled(np.array(numbers, np.int32), ids, scores, levels["card"], nothing, RULES)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pieces of three rows."""
    monkeypatch.setattr(store, "ROWS", 3)
    return


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("cut", [[7], [1, 6], [3, 3, 1], [2, 2, 2, 1], [0, 7]])
def test_what_is_written_is_read_however_it_comes(tmp_path: Path, cut: list[int]) -> None:
    whole = block([2, 3, 5, 8, 13, 21, 34])
    ends = np.cumsum([0, *cut]).tolist()
    blocks = [whole[a:b] for a, b in pairwise(ends)]
    kept = GradeStore(tmp_path)
    digest = kept.write(iter(blocks), {"as_of": "2026-01-01"})
    assert len([*(tmp_path / digest).glob("part-*.parquet")]) == 3
    assert kept.read(digest).to_pylist() == whole.to_pylist()
    assert digest == kept.write([whole], {"as_of": "2026-01-01"}), "the same again is the same"
    assert digest != kept.write([whole], {"as_of": "2026-02-01"})
    assert not [*tmp_path.glob(store.DRAFT)]
    for number in range(36):
        one = kept.read(digest, enterprise=number, columns=["id", "level"])
        assert one["id"].to_pylist() == ([f"E{number}"] if number in whole["enterprise"].to_pylist() else [])  # fmt: skip  # noqa: E501


def test_codes_and_rules_come_back_as_they_were(tmp_path: Path) -> None:
    whole = block(list(range(50)))
    kept = GradeStore(tmp_path)
    table = kept.read(kept.write([whole], {}))
    for name in ("level", "previous", "card_level"):
        said = [None if code < 0 else LEVELS[code] for code in codes(table[name])]
        assert said == table[name].to_pylist()
    rules = ["zeroth"]
    bits = masks(table["met"], rules)
    assert sorted(rules) == ["first", "second", "zeroth"]
    named = [" ".join(r for p, r in enumerate(rules) if bit >> p & 1) for bit in bits.tolist()]
    assert [set(n.split()) for n in named] == [set(t.split()) for t in table["met"].to_pylist()]


def test_no_grades_are_grades_too(tmp_path: Path) -> None:
    kept = GradeStore(tmp_path)
    digest = kept.write([], {})
    assert kept.read(digest).schema.names == SCHEMA.names
    assert kept.read(digest, columns=["id"]).num_rows == 0


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[pa.Table]:
        yield block([1, 2])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        GradeStore(tmp_path).write(broken(), {})
    assert not [*tmp_path.glob(store.DRAFT)]


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.grading.dynamic.test_store import block
from xinheng.grading.dynamic import GradeStore, store

def blocks():
    yield block([1, 2, 3])
    yield block([5])
    os.kill(os.getpid(), signal.SIGKILL)

store.ROWS = 3
GradeStore(Path(sys.argv[1])).write(blocks(), {})
"""


def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    [draft] = tmp_path.glob(store.DRAFT)
    assert [path.name for path in draft.iterdir()] == ["part-00000.parquet"]
    digest = GradeStore(tmp_path).write([block([1, 2])], {})
    assert {path.name for path in tmp_path.iterdir()} == {digest, store.LOCK}


def test_a_second_writer_waits_and_leaves_the_draft_of_the_first(tmp_path: Path) -> None:
    begun, go_on = Event(), Event()

    def slow() -> Iterator[pa.Table]:
        begun.set()
        assert go_on.wait(10)
        yield block([1, 2])

    kept = GradeStore(tmp_path)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept.write, slow(), {})
        assert begun.wait(10)
        second = pool.submit(kept.write, [block([3])], {})
        with pytest.raises(TimeoutError):
            second.result(0.2)
        assert len([*tmp_path.glob(store.DRAFT)]) == 1
        go_on.set()
        assert kept.read(first.result(10))["enterprise"].to_pylist() == [1, 2]
        assert kept.read(second.result(10))["enterprise"].to_pylist() == [3]


def test_what_is_not_there_or_altered_is_refused(tmp_path: Path) -> None:
    kept = GradeStore(tmp_path)
    digest = kept.write([block([1, 2])], {})
    with pytest.raises(NotFoundError, match=r"which the ledger names, are not in .*XINHENG_GRADES"):
        kept.read("ab" * 32)
    manifest = tmp_path / digest / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"rows": 2', '"rows": 3'), "utf-8")
    with pytest.raises(IntegrityError, match=r"manifest.json is not as it was written"):
        kept.read(digest)
