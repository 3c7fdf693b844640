"""One enterprise is found by its code or number, in whichever scheme, without reading all."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinheng.archive import Archive, lookup, read_source
from xinheng.archive.lookup import Registration, find, numbered, owners_of, schemes
from xinheng.archive.store import Store
from xinheng.core.errors import NotFoundError

from .department import ALPHA, BETA, RECEIVED, TOML, Bureau, delivery, department

ROWS = [
    f"{code},P{place},2026-01-10,2026-01-12,additive,warning,,"
    for place, code in enumerate([ALPHA, BETA, "9-1", "9-2", ALPHA])
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    bureau = Bureau(tmp_path)
    bureau.deliver(*ROWS[:2])
    free = TOML.replace('"uscc"', '"stall"')
    stalls = read_source(department(tmp_path / "sources" / "stalls", source__toml=free))
    bureau.archive.ingest(stalls, delivery(tmp_path / "stalls", *ROWS[2:]), RECEIVED)
    return Store(bureau.archive.folder)


def test_every_enterprise_is_found_as_the_whole_table_has_it(store: Store) -> None:
    rows = store.snapshot("entity").read().to_pylist()
    assert len(rows) == 5
    for row in rows:
        scheme, code = row["key"].split(":")
        assert find(store, row["key"]) == Registration(row["number"], row["owner"], scheme, code)
        assert numbered(store, row["number"]) == row["owner"]
    assert find(store, BETA).scheme == "uscc"
    assert schemes(store) == ("stall", "uscc")


def test_enterprises_are_put_in_the_order_of_the_store(store: Store) -> None:
    archive = Archive(store.folder)
    rows = store.snapshot("entity").read().sort_by("owner")["number"].to_pylist()
    numbers = np.arange(5, dtype=np.int32)
    assert archive.side_by_side(numbers).tolist() == rows != numbers.tolist()
    assert archive.side_by_side(numbers[:0]).tolist() == []
    with pytest.raises(NotFoundError, match="no enterprise has the number 5"):
        archive.side_by_side(numbers + 1)


def test_what_is_not_found_is_told_with_what_there_is(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"'X' among 5; it knows .* schemes: stall, uscc"):
        find(store, "X")
    with pytest.raises(NotFoundError, match=f"write one of stall:{ALPHA}, uscc:{ALPHA}"):
        find(store, ALPHA)
    with pytest.raises(NotFoundError, match=r"among 0; .* none: ingest first"):
        find(Store(tmp_path / "none"), ALPHA)
    with pytest.raises(NotFoundError, match="no enterprise has the number 9; the archive has 5"):
        numbered(store, 9)


@pytest.mark.parametrize("little", [0, 20_000])
def test_many_owners_are_found_at_once_in_files_and_journals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, little: int
) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(ROWS[0])
    bureau.archive.fold(RECEIVED)
    monkeypatch.setattr("xinheng.archive.landing.LITTLE", little)
    bureau.deliver(ROWS[1])
    store = Store(bureau.archive.folder)
    owners = [find(store, code).owner for code in (ALPHA, BETA)]
    assert owners_of(store, [1, 0, 1, 1]).tolist() == [owners[place] for place in (1, 0, 1, 1)]
    assert owners_of(store, []).tolist() == []
    for numbers in ([0, 2], [-1]):
        with pytest.raises(NotFoundError, match=f"no enterprise has the number {numbers[-1]};"):
            owners_of(store, numbers)
    assert owners_of(Store(tmp_path / "none"), []).tolist() == []
    with pytest.raises(NotFoundError, match="the number 0; the archive has 0"):
        owners_of(Store(tmp_path / "none"), [0])


def test_schemes_that_stand_between_others_in_one_file_are_found(tmp_path: Path) -> None:
    path = tmp_path / "keys.parquet"
    pq.write_table(pa.table({"key": ["a:1", "b:1", "c:1"]}), path)
    assert lookup._schemes_of(str(path)) == {"a", "b", "c"}
    pq.write_table(pa.table({"key": ["b:1"]}), path.with_name("plain"),
                           write_statistics=False)  # fmt: skip
    assert lookup._schemes_of(str(path.with_name("plain"))) == {"b"}
