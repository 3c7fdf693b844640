"""What happened to records that are not here yet is accepted, and told until they come."""

from pathlib import Path

import pytest

from xinheng.archive import awaiting as module

from .city import City
from .department import ALPHA, BETA

FINE = f"{ALPHA},P1,2026-01-10,2026-01-12,additive,fine,3,"
OTHER = f"{BETA},P1,2026-01-10,2026-01-12,additive,fine,3,"
ENDED = f"{ALPHA},P1,2026-02-10,2026-02-12,,,,ended"
REPAIRED = f"{ALPHA},P2,2026-02-10,2026-02-12,,,,repaired"


@pytest.fixture
def city(tmp_path: Path) -> City:
    city = City(tmp_path)
    for name in ("bureau", "court"):
        city.add(name)
    return city


def told(city: City) -> list[tuple[str, str]]:
    return [(row["number"], row["change"]) for row in city.archive.awaiting().to_pylist()]


def counts(city: City) -> dict[str, dict[str, int]]:
    return {each.source: dict(each.awaiting) for each in city.archive.overview()}


def test_what_awaits_its_record_is_told_until_it_comes(city: City) -> None:
    assert told(city) == []
    city.deliver("court", ENDED, REPAIRED)
    city.deliver("bureau", OTHER)  # the same number, of another enterprise
    assert told(city) == [("P1", "ended"), ("P2", "repaired")]
    assert counts(city) == {"court": {"penalty": 2}, "bureau": {}}
    city.deliver("bureau", FINE)
    assert told(city) == [("P2", "repaired")]
    assert counts(city) == {"court": {"penalty": 1}, "bureau": {}}
    assert city.archive.verify() == []


def test_what_comes_with_its_record_awaits_nothing(city: City) -> None:
    city.deliver("bureau", FINE, ENDED)
    assert told(city) == []


def test_only_one_kind_is_counted_where_it_is_asked_for(city: City) -> None:
    city.deliver("court", ENDED)
    [status] = city.archive.overview(kind="penalty")
    assert (status.source, dict(status.awaiting)) == ("court", {"penalty": 1})
    assert city.archive.overview(kind="award") == ()


def test_many_parts_find_the_same(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"{code},P{n},2026-02-10,2026-02-12,,,,ended" for code in (ALPHA, BETA)
            for n in range(6)]  # fmt: skip
    city.deliver("court", *rows)
    city.deliver("bureau", FINE, OTHER)
    whole = sorted(told(city))
    assert len(whole) == 10
    monkeypatch.setattr(module, "PART", 2)
    assert sorted(told(city)) == whole
