"""Witnesses: who else told of a record, each once, and whether it says the same."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from xinheng.core.time import NEVER, day

from .city import RELAY, City
from .department import ALPHA, BETA, PENALTY, TOML

ROW = f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,1.5,"
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def more(number: int) -> str:
    """Return a row of another enterprise, so that no two deliveries are the same."""
    return f"{BETA},Q{number},2026-01-05,2026-01-20,label,fine,1,"


@pytest.fixture
def city(tmp_path: Path) -> City:
    city = City(tmp_path)
    for name in ("one", "two", "three"):
        city.add(name)
    for name in ("relay", "echo"):
        city.add(name, source__toml=RELAY)
    return city


def told(city: City) -> list[tuple[int, bool]]:
    """Return delivery and agreement of every witness to record P1, in order."""
    numbers = {row["record"]: row["number"] for row in city.table("penalty")}
    seen = [row for row in city.table("witness") if numbers[row["record"]] == "P1"]
    assert all(row["enterprise"] == ALPHA for row in seen)
    assert all(row["kind"] == "penalty" for row in seen)
    return sorted((row["sequence"], row["agrees"]) for row in seen)


def landed(city: City) -> list[tuple[int, int, float]]:
    """Return delivery, version and fine of every version of P1."""
    rows = [row for row in city.table("penalty") if row["number"] == "P1"]
    return sorted((row["sequence"], row["version"], row["fine"]) for row in rows)


def test_two_departments_tell_of_one_record_and_one_bears_witness(city: City) -> None:
    first = city.deliver("one", ROW)
    second = city.deliver("two", more(1), ROW)
    assert (first.delivery.witnesses, second.delivery.witnesses) == ({}, {"penalty": 1})
    assert landed(city) == [(1, 0, 1.5)]
    [witness] = city.table("witness")
    assert (witness["sequence"], witness["row"], witness["agrees"]) == (2, 3, True)
    assert (witness["known_day"], witness["available"]) == (day("2026-01-20"),) * 2
    assert witness["owner"] == city.table("penalty")[0]["owner"]
    assert second.delivery.files[0].duplicate == 1


def test_a_witness_counts_from_its_delivery_where_history_is_not_trusted(city: City) -> None:
    city.add("late", source__toml=TOML.replace('"trusted"', '"untrusted"'))
    city.deliver("one", ROW)
    city.deliver("late", ROW, at=datetime(2026, 5, 4, tzinfo=UTC))
    assert [row["available"] for row in city.table("witness")] == [day("2026-05-04")]


def test_monthly_deliveries_of_the_same_add_no_witness(city: City) -> None:
    for month in range(1, 6):
        for name in ("one", "two", "relay"):
            city.deliver(name, ROW, ROW, more(month))
    assert landed(city) == [(1, 0, 1.5)]
    assert told(city) == [(2, True), (3, True)]
    for month in range(1, 6):
        assert len({row["record"] for row in city.table("witness")}) <= 6, month


def test_what_says_otherwise_is_a_correction_but_a_relay_only_disagrees(city: City) -> None:
    city.deliver("one", ROW)
    city.deliver("relay", ROW.replace("1.5", "8"))
    city.deliver("echo", ROW)
    assert landed(city) == [(1, 0, 1.5)]
    assert told(city) == [(2, False), (3, True)]
    city.deliver("two", ROW.replace("1.5", "9"))
    assert landed(city) == [(1, 0, 1.5), (4, 1, 9.0)]
    assert told(city) == [(2, False), (3, True)]
    city.deliver("three", ROW)  # an old version that stays says the same
    assert told(city) == [(2, False), (3, True), (5, True)]


def test_who_passed_on_first_gives_way_to_the_issuer_and_is_no_witness(city: City) -> None:
    city.deliver("relay", ROW.replace("01-20", "03-20").replace("1.5", "8"))
    city.deliver("echo", ROW.replace("01-20", "03-25").replace("1.5", "8"))
    assert told(city) == [(2, True)]
    city.deliver("one", ROW)
    city.deliver("relay", ROW.replace("01-20", "04-20").replace("1.5", "8"))
    city.deliver("echo", ROW.replace("01-20", "04-20"))
    assert landed(city) == [(1, 0, 8.0), (3, 1, 1.5)]
    assert told(city) == [(2, True)]
    view = city.archive.events()
    spans = [
        (e["available"], e["withdrawn"], e["value"])
        for e in view.table.to_pylist()
        if view.vocabulary[e["stream"]] == ("penalty", "market.food.label")
    ]
    assert spans == [(day("2026-01-20"), NEVER, 1.5)]


def test_the_issuer_is_no_witness_to_what_was_passed_on(city: City) -> None:
    city.deliver("relay", ROW)
    city.deliver("one", ROW, more(1))
    city.deliver("one", ROW, more(2))
    assert landed(city) == [(1, 0, 1.5), (2, 1, 1.5)]
    assert told(city) == []


def test_a_row_that_is_set_aside_bears_no_witness(city: City) -> None:
    city.deliver("one", ROW)
    receipt = city.deliver("two", ROW, ROW.replace("1.5", "2"), ROW.replace("label", ""))
    assert receipt.delivery.files[0].quarantined == 2
    assert told(city) == [(2, True)]


def test_what_a_department_says_twice_in_a_delivery_is_no_witness(city: City) -> None:
    assert city.deliver("one", ROW, ROW).delivery.witnesses == {}
    assert city.deliver("two", ROW, ROW, more(1)).delivery.witnesses == {"penalty": 1}


def test_a_department_with_its_own_and_what_it_passes_on_keeps_them_apart(city: City) -> None:
    """Records of one kind, of which one file is its own and another is not."""
    second = 'kind = "penalty"\nrows = "penalties"\nsql = "lifecycle.sql"\nrelay = true\n\n'
    both = TOML.replace(TOML[TOML.index('kind = "lifecycle"') : TOML.index("[[skip]]")], second)
    mapping = """SELECT _row, code AS enterprise, document AS number, decided AS occurred,
        published AS known, 'market' AS organ, 'true' AS food, violation, kind AS penalty_kind,
        fine FROM penalties WHERE change IS {}"""
    city.add(
        "both",
        source__toml=both,
        penalty__sql=mapping.format("NULL"),
        lifecycle__sql=mapping.format("NOT NULL"),
    )
    passed_on = ROW.replace("P1", "P2")
    city.deliver("one", ROW, passed_on)
    changed = [row.replace("01-20", "02-20").replace("1.5", "9") for row in (ROW, passed_on)]
    city.deliver("both", changed[0], f"{changed[1]}relayed")
    assert landed(city) == [(1, 0, 1.5), (2, 1, 9.0)]
    others = [row["fine"] for row in city.table("penalty") if row["number"] == "P2"]
    assert others == [1.5]


@pytest.mark.parametrize("fine", ["1.5", "8"])
def test_what_one_delivery_tells_and_passes_on_lands_once(city: City, fine: str) -> None:
    """As if it were passed on by a later delivery: nothing stands against the issuer's word."""
    passed_on = '[[records]]\nkind = "penalty"\nrows = "penalties"\nsql = "relay.sql"\nrelay = true'
    toml = TOML.replace("[[skip]]", f"{passed_on}\n\n[[skip]]")
    own, other = (PENALTY + f" AND violation = '{name}'" for name in ("label", "additive"))
    other = other.replace("violation, kind", "'label' AS violation, kind")
    city.add("both", source__toml=toml, penalty__sql=own, relay__sql=other)
    said = ROW.replace("1.5", fine).replace("label", "additive")
    [file] = city.deliver("both", said, ROW).delivery.files
    assert (file.accepted, file.duplicate) == (1, 1)
    assert landed(city) == [(1, 0, 1.5)]
    assert told(city) == []
    city.deliver("one", ROW)
    assert told(city) == [(2, True)]
