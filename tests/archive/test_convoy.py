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
from xinheng.archive.manifest import MOST, Manifest

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
NUMBERS = st.sampled_from([f"N{n}" for n in range(12)])


def record(kind: str, **fields: Any) -> st.SearchStrategy[dict[str, str | None]]:
    said = {name: st.just(value) for name, value in fields.items() if isinstance(value, str)}
    drawn = {name: value for name, value in fields.items() if not isinstance(value, str)}
    common = {"number": NUMBERS, "known": DAYS, "occurred": st.just("2026-01-05")}
    return st.fixed_dictionaries({"kind": st.just(kind), **common, **said, **drawn})


RECORD = st.one_of(
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
    record("penalty", enterprise=st.none(), by_name="禾沐餐饮店", organ="market", food="true"),
)
POSTING = st.lists(RECORD, min_size=1, max_size=3)
POSTINGS = st.lists(POSTING, min_size=1, max_size=9)


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
        (each.receipt.landed, each.receipt.delivery.sequence, each.receipt.delivery.received)
        + (each.rows, each.receipt.useful)
        for each in posted
    ]


@settings(deadline=None, max_examples=int(os.environ.get("CONVOYS", "25")))
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
