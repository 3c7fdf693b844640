"""Postings that land together leave what they would have left one by one, to the last number."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import Archive, Posted, Source, Told, read_source, told_by_kind
from xinheng.archive.manifest import MOST

from .department import ALPHA, BETA, RECEIVED, TOML, department

GAMMA, WRONG = "91440300MA5XNG030C", "91440300MA5XNG0301"
KINDS = ("penalty", "lifecycle", "enterprise", "ban", "complaint")
TABLES = (*KINDS, "event", "entity", "person", "stream", "personal", "witness")
RECORDS = "".join(
    f'[[records]]\nkind = "{kind}"\nrows = "penalties"\nsql = "penalty.sql"\n\n'
    for kind in KINDS[2:]
)
MANY = TOML.replace("[[skip]]", f"{RECORDS}[[skip]]")
RELAYED = MANY.replace('kind = "penalty"', 'kind = "penalty"\nrelay = true')

WHO = st.sampled_from([ALPHA, ALPHA, BETA, GAMMA, WRONG])
DAYS = st.sampled_from(["2026-01-20", "2026-01-20", "2026-02-22", "20"])
NUMBERS = st.integers(0, 60).map("N{}".format)


def record(kind: str, **fields: Any) -> st.SearchStrategy[dict[str, str | None]]:
    said = {name: st.just(value) for name, value in fields.items() if isinstance(value, str)}
    drawn = {name: value for name, value in fields.items() if not isinstance(value, str)}
    common = {"number": NUMBERS, "known": DAYS, "occurred": st.just("2026-01-05")}
    return st.fixed_dictionaries({"kind": st.just(kind), **common, **said, **drawn})


PLAIN = st.one_of(
    record(
        "penalty",
        enterprise=WHO,
        organ="market",
        food="true",
        violation=st.sampled_from(["label", "hygiene", "nothing"]),
        penalty_kind=st.sampled_from(["fine", "warning"]),
        fine=st.sampled_from(["1", "much"]),
    ),
    record("enterprise", enterprise=WHO, name=st.sampled_from(["禾沐餐饮店", "福记面馆"])),
    record("lifecycle", enterprise=WHO, of="penalty", change="withdrawn"),
    record("ban", enterprise=WHO, person=st.sampled_from(["甲", "乙", "丙"]), type="lifetime"),
    record(
        "complaint",
        enterprise=st.sampled_from([ALPHA, None]),
        type="complaint",
        food="true",
        longitude="114.1",
        latitude=st.sampled_from(["22.5", "22.6", "x"]),
    ),
)
SOUGHT = record("penalty", enterprise=st.none(), by_name="禾沐餐饮店", organ="market", food="true")
RECORD = st.integers(0, 15).flatmap(lambda n: PLAIN if n else SOUGHT)
POSTINGS = st.lists(st.lists(RECORD, min_size=1, max_size=2), min_size=1, max_size=8)


def source_of(folder: Path, toml: str = MANY) -> Source:
    return read_source(department(folder, source__toml=toml))


def moments(count: int) -> list[datetime]:
    return [RECEIVED + timedelta(seconds=n) for n in range(count)]


def one_by_one(archive: Archive, told: Sequence[Told]) -> list[Posted]:
    pairs = zip(told, moments(len(told)), strict=True)
    return [archive.post_told(each, at) for each, at in pairs]


def together(archive: Archive, told: Sequence[Told], sizes: Sequence[int]) -> list[Posted]:
    """Take postings in as whoever folds them in does, so many at once at most."""
    found: list[Posted] = []
    at = moments(len(told))
    for size in (*sizes, *[len(told)] * len(told)):
        begun = len(found)
        stop = min(len(told), begun + size)
        if begun < stop:
            landed = archive.post_together(told[begun:stop], at[begun:stop])
            found += landed or [archive.post_told(told[begun], at[begun])]
    return found


def content(archive: Archive) -> dict[str, Any]:
    """Return everything that an archive holds, with all of its numbers, in its order."""
    found: dict[str, Any] = {}
    for name in TABLES:
        snapshot = archive._store.snapshot(name)
        rows = snapshot.read().to_pylist() if snapshot else []
        found[name] = sorted(rows, key=repr)
    found |= {fate: archive.held(fate).to_pylist() for fate in ("quarantined", "review")}
    view = archive.events()
    found["view"] = view.table.to_pylist(), view.vocabulary
    where = {"tables", "folded", "journal", "within"}
    found["deliveries"] = [each.model_dump(exclude=where) for each in archive.deliveries()]
    for number in range(1, archive.sequence + 1):
        found[f"{number}"] = (
            archive.touched(number - 1, number).tolist(),
            archive.events(upto=number).table.to_pylist(),
            archive.digest(number),
        )
    return found


def answers(posted: Sequence[Posted]) -> list[Any]:
    return [
        (receipt.landed, receipt.useful, receipt.delivery.sequence, receipt.delivery.received, rows)
        for receipt, rows in ((each.receipt, each.rows) for each in posted)
    ]


@settings(deadline=None, max_examples=int(os.environ.get("CONVOYS", "6")))
@given(
    before=POSTINGS,
    postings=POSTINGS,
    sizes=st.lists(st.integers(1, 5), max_size=6),
    toml=st.sampled_from([MANY, MANY, RELAYED]),
)
def test_any_grouping_of_any_postings_leaves_what_they_leave_one_by_one(
    before: Any, postings: Any, sizes: list[int], toml: str
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        other, source = source_of(folder / "other"), source_of(folder / "bureau", toml)
        earlier = [told_by_kind(other, each) for each in before[:2]]
        told = [told_by_kind(source, each) for each in postings]
        archives = Archive(folder / "alone"), Archive(folder / "together")
        for archive in archives:
            one_by_one(archive, earlier)
        alone, landed = one_by_one(archives[0], told), together(archives[1], told, sizes)
        assert answers(alone) == answers(landed)
        assert content(archives[0]) == content(archives[1])
        for archive in archives:
            assert archive.verify() == []
            archive.fold(RECEIVED)
        assert content(archives[0]) == content(archives[1])


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return source_of(tmp_path / "bureau")


def fine(number: int, **more: str) -> dict[str, str | None]:
    said = {"kind": "penalty", "enterprise": ALPHA, "number": f"F{number}", "organ": "market"}
    clocks = {"occurred": "2026-01-05", "known": "2026-01-20"}
    what = {"food": "true", "violation": "label", "penalty_kind": "fine", "fine": "1"}
    return {**said, **clocks, **what, **more}


def fines(source: Source, count: int) -> list[Told]:
    return [told_by_kind(source, [fine(number)]) for number in range(count)]


def test_a_convoy_has_one_journal_and_each_member_an_entry(tmp_path: Path, source: Source) -> None:
    archive = Archive(tmp_path / "archive")
    posted = archive.post_together(fines(source, 5), moments(5))
    assert [each.receipt.delivery.sequence for each in posted] == [1, 2, 3, 4, 5]
    assert [path.name for path in (tmp_path / "archive" / "journal").iterdir()] == [
        "00000005.arrow"
    ]
    assert archive.unfolded == 1
    assert all(archive.has(each.receipt.delivery.digest) for each in posted)


def test_a_later_state_of_a_record_comes_in_the_next_convoy_and_wins(
    tmp_path: Path, source: Source
) -> None:
    archive = Archive(tmp_path / "archive")
    told = [*fines(source, 2), told_by_kind(source, [fine(0, fine="9")]), *fines(source, 9)[5:]]
    assert len(archive.post_together(told, moments(7))) == 2
    assert len(archive.post_together(told[2:], moments(5))) == 5
    rows = archive.records("penalty").to_pylist()
    stands = max((each for each in rows if each["number"] == "F0"), key=lambda e: e["version"])
    assert (stands["version"], stands["fine"], stands["sequence"]) == (1, 9.0, 3)


@pytest.mark.parametrize("at", [0, 1])
def test_what_landed_before_is_left_to_whoever_tells_what_became_of_it(
    tmp_path: Path, source: Source, at: int
) -> None:
    archive, told = Archive(tmp_path / "archive"), fines(source, 4)
    archive.post_told(told[at], RECEIVED)
    assert archive.post_together(told, moments(4)) == []
    assert archive.sequence == 1


def test_one_that_is_of_another_day_comes_in_the_next_convoy(
    tmp_path: Path, source: Source
) -> None:
    archive = Archive(tmp_path / "archive")
    days = [RECEIVED, RECEIVED, RECEIVED + timedelta(days=1)]
    assert len(archive.post_together(fines(source, 3), days)) == 2


@pytest.mark.parametrize("left", range(1, 5))
def test_a_writer_that_dies_before_the_first_entry_leaves_nothing(
    tmp_path: Path, source: Source, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    """However many entries were written, nobody sees one, and the next writer begins anew."""
    archive, told, link, made = Archive(tmp_path / "archive"), fines(source, 5), os.link, []
    archive.post_told(told[0], RECEIVED)

    def dying(one: Path, other: Path) -> None:
        if len(made) >= left and other.parent.name == "manifest":
            raise KeyboardInterrupt
        made.append(other)
        link(one, other)

    monkeypatch.setattr(os, "link", dying)
    with pytest.raises(KeyboardInterrupt):
        archive.post_together(told[1:], moments(4))
    monkeypatch.undo()
    other = Archive(tmp_path / "archive")
    assert (other.sequence, other.has(told[2].opened.digest)) == (1, False)
    assert other.post_told(told[4], RECEIVED).receipt.delivery.sequence == 2
    assert len(other.post_together(told[1:4], moments(3))) == 3
    assert other.verify() == []
    assert sorted(other.records("penalty")["number"].to_pylist()) == [f"F{n}" for n in range(5)]


def test_no_more_are_published_at_once_than_a_dead_writers_are_looked_for(
    tmp_path: Path, source: Source
) -> None:
    archive = Archive(tmp_path / "archive")
    assert len(archive.post_together(fines(source, MOST + 2), moments(MOST + 2))) == MOST


@given(postings=POSTINGS)
@settings(deadline=None, max_examples=8)
def test_whom_records_are_about_is_read_as_when_they_land(postings: Any) -> None:
    with TemporaryDirectory() as name:
        source, archive = source_of(Path(name) / "bureau"), Archive(Path(name) / "archive")
        for each in postings:
            told = told_by_kind(source, each)
            if told.is_plain:
                meant = archive.meant(told, RECEIVED)
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(Told, "is_plain", False)
                    assert archive.meant(told, RECEIVED) == meant
