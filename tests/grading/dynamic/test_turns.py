"""Turns of named events: kept, brought to any delivery, and equal to those read anew."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.core.errors import IntegrityError
from xinheng.core.time import day
from xinheng.features import City
from xinheng.grading import Policy
from xinheng.grading.dynamic import turns
from xinheng.grading.dynamic.calendar import named
from xinheng.grading.dynamic.turns import CLOCKS, Turns, changed, turns_of
from xinheng.grading.updates import NamedEvent

from ..world import events_of
from ..world import record as event
from .world import Town, change, inspections, record

NAMED = named(Policy.default())
LISTED = record("list_entry", "S002", "2024-02-10", "serious_dishonesty")
LATE = record("incident", "S004", "2024-01-10", "death")
DELIVERIES = (
    [*inspections(20, 4), LISTED, record("incident", "S003", "2024-01-10", "death")],
    [LATE, record("enterprise", "S900", "2022-06-01", "")],
    [change(LISTED, "withdrawn", "2024-03-05"), record("inspection", "S005", "2024-03-01", "1")],
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town that three deliveries told of."""
    found = Town(tmp_path_factory.mktemp("town"))
    for rows in DELIVERIES:
        found.deliver(rows)
    yield found
    found.ledger.close()


def rows(found: pd.DataFrame) -> list[tuple]:
    return sorted(found.itertuples(index=False, name=None))


def test_turns_by_hand() -> None:
    listed = NamedEvent("listed", ("list_entry:serious*",))
    unsafe = NamedEvent("unsafe", ("sampling:fail*",), 3.0)
    events = events_of(
        event(1, "list_entry:serious.fake", 10, withdrawn=30, ended=20, ended_available=21),
        event(2, "sampling:fail.x", 11, severity=2.0),
        event(2, "sampling:fail.y", 12, severity=3.0, repaired=40),
        event(3, "list_entry:joint", 13),
    )
    found = turns_of((listed, unsafe), events)
    assert [(e, who, CLOCKS[clock], when) for e, who, _, clock, when, *_ in rows(found)] == [
        (0, 1, "available", 10),
        (0, 1, "withdrawn", 30),
        (0, 1, "ended_available", 21),
        (1, 2, "available", 12),
        (1, 2, "repaired", 40),
    ]
    said = found[["occurred", "stream"]].drop_duplicates().to_numpy().tolist()
    assert said == [[10, "list_entry:serious.fake"], [12, "sampling:fail.y"]]
    assert changed(found, found).empty
    assert len(changed(found, found[1:])) == len(changed(found[1:], found)) == 1
    other = events_of(event(1, "list_entry:serious.fake", 9, available=10))
    assert len(changed(turns_of((listed,), other), found[found["clock"] == 0][:1])) == 2


@pytest.mark.parametrize("order", [[1, 2, 3], [3, 2, 1], [2, 3, 1, 2], [3, 3]])
def test_what_is_brought_to_a_delivery_is_what_is_read_anew(
    place: Town, tmp_path: Path, order: list[int]
) -> None:
    city = City.of(place.archive)
    kept = Turns(city, NAMED, tmp_path)
    for sequence in order:
        events = replace(city, sequence=sequence).read(np.arange(city.enterprises, dtype=np.int32))
        anew = rows(turns_of(NAMED, events))
        assert rows(kept.at(sequence)) == rows(Turns(city, NAMED).at(sequence)) == anew


def test_only_whom_deliveries_told_of_is_read_again(
    place: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = City.of(place.archive)
    kept = Turns(city, NAMED, tmp_path)
    kept.at(1)
    monkeypatch.setattr(turns, "_of_part", None)
    assert kept.at(3)["day"].eq(day("2024-03-05")).any()
    assert {path.name for path in tmp_path.iterdir()} == {"1.parquet", "3.parquet"}
    kept.forget(3)
    assert [path.name for path in tmp_path.iterdir()] == ["3.parquet"]


def test_where_most_were_told_of_everything_is_read_again(
    place: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = City.of(place.archive)
    kept, anew = Turns(city, NAMED, tmp_path), Turns(city, NAMED).at(3)
    kept.at(1)
    monkeypatch.setattr(City, "enterprises", 1)
    monkeypatch.setattr(turns, "_of_some", None)
    assert rows(kept.at(3)) == rows(anew)


def test_what_is_kept_of_other_events_or_of_another_archive_is_not_used(
    place: Town, tmp_path: Path
) -> None:
    city = City.of(place.archive)
    Turns(city, NAMED[:1], tmp_path).at(3)
    assert rows(Turns(city, NAMED, tmp_path).at(3)) == rows(Turns(city, NAMED).at(3))
    other = Town(tmp_path / "other")
    other.deliver(DELIVERIES[0])
    away = City.of(other.archive)
    (tmp_path / "3.parquet").rename(tmp_path / "1.parquet")
    assert rows(Turns(away, NAMED, tmp_path).at(1)) == rows(Turns(away, NAMED).at(1))
    other.ledger.close()


def test_what_is_kept_and_not_whole_is_told(place: Town, tmp_path: Path) -> None:
    kept = Turns(City.of(place.archive), NAMED, tmp_path)
    kept.at(3)
    path = tmp_path / "3.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(IntegrityError, match=r"3\.parquet is not whole .*; remove the file"):
        kept.at(3)
