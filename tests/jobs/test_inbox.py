"""The inbox: what lies in it is taken once, in order, and nothing of it is lost."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from xinheng.core.errors import NotFoundError
from xinheng.jobs import collect

from ..archive.department import ALPHA, RECEIVED, Bureau, delivery

ROWS = [f"{ALPHA},P{n},2025-12-0{n},2025-12-10,label,warning,0," for n in range(1, 5)]


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)


def lay(bureau: Bureau, name: str, *rows: str, minutes: int = 10, **more: str) -> Path:
    folder = delivery(bureau.folder / "inbox" / "bureau" / name, *rows, **more)
    then = (RECEIVED - timedelta(minutes=minutes)).timestamp()
    for each in folder.iterdir():
        os.utime(each, (then, then))
    return folder


def take(bureau: Bureau) -> list[tuple[str, str]]:
    inbox, sources = bureau.folder / "inbox", bureau.folder / "sources"
    found = collect(bureau.archive, inbox, sources, RECEIVED)
    return [(each.delivery, each.state) for each in found]


def test_deliveries_are_taken_in_order_and_put_aside_as_they_came(bureau):
    lay(bureau, "2026-02", ROWS[1])
    was = lay(bureau, "2026-01", ROWS[0]).joinpath("penalties.csv").read_bytes()
    assert take(bureau) == [("2026-01", "landed"), ("2026-02", "landed")]
    assert bureau.archive.sequence == 2
    aside = bureau.folder / "inbox" / ".taken" / "bureau" / "2026-01" / "penalties.csv"
    assert aside.read_bytes() == was
    assert take(bureau) == []


def test_the_same_files_again_land_once(bureau):
    lay(bureau, "a", ROWS[0])
    take(bureau)
    lay(bureau, "a", ROWS[0])
    assert take(bureau) == [("a", "known")]
    assert bureau.archive.sequence == 1
    assert {each.name for each in (bureau.folder / "inbox/.taken/bureau").iterdir()} == {"a", "a.2"}


def test_what_is_refused_stays_with_what_comes_after_it(bureau):
    lay(bureau, "1", ROWS[0])
    lay(bureau, "2", ROWS[1], header="other,columns")
    lay(bureau, "3", ROWS[2])
    assert take(bureau) == [("1", "landed"), ("2", "refused")]
    left = {each.name for each in (bureau.folder / "inbox" / "bureau").iterdir()}
    assert left == {"2", "3"}


def test_a_source_without_mapping_is_refused_and_others_go_on(bureau):
    delivery(bureau.folder / "inbox" / "another" / "1", ROWS[0])
    then = (RECEIVED - timedelta(hours=1)).timestamp()
    os.utime(bureau.folder / "inbox/another/1/penalties.csv", (then, then))
    lay(bureau, "1", ROWS[0])
    assert take(bureau) == [("1", "refused"), ("1", "landed")]


@pytest.mark.parametrize("name", ["1.part", "1.tmp"])
def test_a_folder_that_is_being_sent_waits(bureau, name):
    lay(bureau, name, ROWS[0])
    assert take(bureau) == [(name, "waiting")]


def test_files_that_changed_a_moment_ago_wait(bureau):
    lay(bureau, "1", ROWS[0], minutes=1)
    assert take(bureau) == [("1", "waiting")]
    assert bureau.archive.sequence == 0


def test_an_empty_folder_waits(bureau):
    (bureau.folder / "inbox" / "bureau" / "1").mkdir(parents=True)
    assert take(bureau) == [("1", "waiting")]


def test_an_inbox_that_is_not_there_is_said_to_be_none(bureau):
    with pytest.raises(NotFoundError, match=r"no inbox .*XINHENG_INBOX"):
        take(bureau)
