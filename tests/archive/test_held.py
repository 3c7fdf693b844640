"""Rows set aside: found, grouped, and written so that their department can mend them."""

import json
from pathlib import Path

import pandas as pd
import pytest

from xinheng.archive import Archive, Store, read_source
from xinheng.archive.held import Selection, group, told
from xinheng.archive.manifest import State
from xinheng.archive.sheet import export, export_questions
from xinheng.archive.table import Snapshot
from xinheng.core.errors import InvalidError, NotFoundError

from .department import ALPHA, PENALTY, RECEIVED, Bureau

EVERY = Selection()
ROWS = (
    f"{ALPHA},甲1,2026-01-10,2026-01-12,additive,warning,,",
    f"{ALPHA},甲2,2026-02-30,2026-03-01,additive,warning,,",
    f"{ALPHA},甲3,2026-02-31,2026-03-01,additive,wornung,,",
    ",甲4,2026-02-20,2026-03-01,additive,warning,,",
)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    bureau = Bureau(tmp_path)
    bureau.deliver(*ROWS)
    return bureau


def numbers(bureau: Bureau, fate: str = "quarantined", **wanted) -> list[str]:
    rows = bureau.archive.waiting(fate, Selection(**wanted))
    return [row.source_row["document"] for row in rows]


def test_rows_are_told_with_their_delivery_and_file(bureau: Bureau) -> None:
    first, second = bureau.archive.waiting("quarantined", EVERY)
    assert (first.source, first.department) == ("bureau", "district bureau")
    assert (first.sequence, first.file, first.path, first.row) == (1, "penalties",
        "penalties.csv", 3)  # fmt: skip
    assert [fault["field"] for fault in second.faults] == ["occurred", "penalty_kind"]
    assert told(first.faults[0]).startswith("penalty.occurred = '2026-02-30': expected a date")


def test_faults_are_counted_by_rows_the_most_frequent_first(bureau: Bureau) -> None:
    groups = group(bureau.archive.waiting("quarantined", EVERY))
    assert [count for _, count in groups] == [2, 1]
    assert groups[0][0].startswith("penalty.occurred: expected a date")
    assert group(bureau.archive.waiting("review", EVERY))[0][1] == 1
    assert group([]) == []


def test_that_no_enterprise_comes_near_is_said_in_words(tmp_path: Path) -> None:
    named = PENALTY.replace("violation,", "violation, violation AS by_name,")
    bureau = Bureau(tmp_path, penalty__sql=named)
    bureau.deliver(*ROWS)
    [row] = bureau.archive.waiting("review", EVERY)
    assert row.candidates == ()
    assert list(map(told, row.faults)) == ["penalty.enterprise: no enterprise comes near"]


@pytest.mark.parametrize("during", ["quarantined", "settled"])
def test_what_is_tried_again_while_rows_are_listed_is_not_seen_by_halves(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, during: str
) -> None:
    snapshot, asked = Store.snapshot, list[str]()
    bureau.archive.replay(read_source(bureau.source), 1, RECEIVED)
    assert numbers(bureau, delivery=1) == []

    def replaying(store: Store, name: str, *state: State) -> Snapshot | None:
        asked.append(name)
        if name == during and asked.count(during) == 1:
            bureau.archive.replay(read_source(bureau.source), 2, RECEIVED)
        return snapshot(store, name, *state)

    reader = Archive(bureau.archive.folder)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "snapshot", replaying)
        seen = [row.sequence for row in reader.waiting("quarantined", EVERY)]
    assert bureau.archive.sequence == 3
    assert seen == [2, 2]


def test_rows_are_chosen(bureau: Bureau) -> None:
    assert numbers(bureau) == ["甲2", "甲3"]
    assert numbers(bureau, "review") == ["甲4"]
    assert numbers(bureau, fault="wornung") == ["甲3"]
    assert numbers(bureau, file="penalties.csv") == numbers(bureau, file="penalties")
    assert numbers(bureau, file="others") == []
    assert numbers(bureau, source="bureau", delivery=1) == ["甲2", "甲3"]
    with pytest.raises(NotFoundError, match="there is no delivery 2; the archive has 1"):
        numbers(bureau, delivery=2)
    with pytest.raises(NotFoundError, match="did you mean 'bureau'"):
        numbers(bureau, source="burau")


def test_what_a_replay_settled_no_longer_waits(bureau: Bureau) -> None:
    mended = PENALTY.replace(
        "decided AS occurred", "replace(decided, '02-30', '02-28') AS occurred"
    )
    (bureau.source / "penalty.sql").write_text(mended, encoding="utf-8")
    bureau.archive.replay(read_source(bureau.source), 1, RECEIVED)
    assert [row.sequence for row in bureau.archive.waiting("quarantined", EVERY)] == [2]
    assert numbers(bureau) == ["甲3"]
    assert numbers(bureau, settled=True) == ["甲2", "甲3", "甲3"]
    [status] = bureau.archive.overview()
    assert status.waiting == len(numbers(bureau)) + len(numbers(bureau, "review"))


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_an_export_holds_every_column_and_why(bureau: Bureau, tmp_path: Path, ending: str) -> None:
    path = tmp_path / "out" / f"mend{ending}"
    export(bureau.archive.waiting("quarantined", EVERY), path)
    if ending == ".csv":
        assert path.read_bytes().startswith("\ufeff_source".encode())
        frame = pd.read_csv(path, encoding="utf-8-sig", dtype=str)
    elif ending == ".jsonl":
        lines = path.read_text(encoding="utf-8").splitlines()
        frame = pd.DataFrame(map(json.loads, lines))
    else:
        frame = pd.read_parquet(path)
    assert list(frame["document"]) == ["甲2", "甲3"]
    assert list(frame["decided"]) == ["2026-02-30", "2026-02-31"]
    assert list(map(int, frame["_row"])) == [3, 4]
    assert frame["_faults"][1].count("penalty.") == 2
    assert list(frame["_department"]) == ["district bureau"] * 2
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_an_export_of_another_sort_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match=r"must end in one of \.csv, \.jsonl, \.parquet"):
        export(bureau.archive.waiting("quarantined", EVERY), tmp_path / "mend.txt")
    assert not (tmp_path / "mend.txt").exists()


def test_candidates_are_told_beside_the_row(tmp_path: Path) -> None:
    sql = """
    SELECT _row, code AS enterprise, document AS number, decided AS occurred, published AS known,
        'operator' AS population, violation AS name, kind AS address
    FROM penalties WHERE change IS NULL"""
    naming = PENALTY.replace("violation,", "'x' AS violation, violation AS by_name,").replace(
        "kind AS penalty_kind", "'warning' AS penalty_kind"
    )
    register = Bureau(tmp_path, penalty__sql=naming)
    toml = (register.source / "source.toml").read_text("utf-8")
    more = '[[records]]\nkind = "enterprise"\nrows = "penalties"\nsql = "enterprise.sql"\n\n'
    toml = toml.replace("[[skip]]", f"{more}[[skip]]")
    (register.source / "source.toml").write_text(toml, encoding="utf-8")
    only = sql.replace("change IS NULL", "change IS NULL AND code IS NOT NULL")
    (register.source / "enterprise.sql").write_text(only, encoding="utf-8")
    register.deliver(f"{ALPHA},E1,2026-01-01,2026-01-01,信衡市朴南雨食品有限公司,云禾街道1号,,")
    register.deliver(",P1,2026-02-01,2026-02-01,信衡市南雨食品有限公司,,,")
    [row] = register.archive.waiting("review", EVERY)
    assert [each["code"] for each in row.candidates] == [ALPHA]
    assert all("value" not in fault for fault in row.faults)
    export_questions([row], tmp_path / "review.csv")
    frame = pd.read_csv(tmp_path / "review.csv", encoding="utf-8-sig")
    assert frame["_candidates"][0] == f"{ALPHA} 信衡市朴南雨食品有限公司"
