"""Identifiers and what is known of them, as a table worked by hand."""

import pyarrow as pa
import pytest

from xinheng.core.time import day
from xinheng.serving.live.register import Register

from ..grading.world import events_of, record

TABLE = pa.table(
    {
        "enterprise": pa.array([0, 1, 2, 3, 4], pa.int32()),
        "scheme": ["local", "uscc", "local", "uscc", "local"],
        "id": ["7", "A1", "B2", "B2", "later"],
    }
)
EVENTS = events_of(
    record(0, "award:city", "2026-01-01"),
    record(1, "award:city", "2026-01-05", available=day("2026-02-01")),
    record(1, "award:city", "2026-03-01"),
    record(2, "award:city", "2026-01-01"),
    record(3, "award:city", "2026-01-01"),
)


@pytest.fixture
def register():
    return Register(TABLE, EVENTS)


@pytest.mark.parametrize("typed", ["a1", " A1", "A1\t", "Ａ１", "ａ1", "uscc:a1"])
def test_what_was_typed_another_way_is_told_as_it_is_written(register, typed):
    _, problems = register.find([typed], day("2026-06-01"))
    problem = problems[typed]
    assert (problem.name, "Did you mean" in str(problem)) == ("unknown-enterprise", True)
    assert f"{'uscc:A1' if ':' in typed else 'A1'}'?" in str(problem)


def test_what_is_unknown_however_it_is_written_is_not_guessed_at(register):
    _, problems = register.find(["zz"], day("2026-06-01"))
    assert "Did you mean" not in str(problems["zz"])


@pytest.mark.parametrize(
    ("identifier", "number"),
    [("7", 0), ("local:7", 0), ("A1", 1), ("uscc:A1", 1), ("local:B2", 2), ("uscc:B2", 3)],
)
def test_an_enterprise_is_found_by_its_code_or_with_its_scheme(register, identifier, number):
    numbers, problems = register.find([identifier], day("2026-06-01"))
    assert (numbers.tolist(), problems) == ([number], {})


@pytest.mark.parametrize(
    ("identifier", "name", "words"),
    [
        ("B2", "unknown-enterprise", "several schemes; write local:B2 or uscc:B2"),
        ("uscc:7", "unknown-enterprise", "no record"),
        ("8", "unknown-enterprise", "before it, with a colon. There are: local, uscc."),
        ("ussc:8", "unknown-enterprise", "no scheme 'ussc' that could stand before it. There are:"),
        ("", "unknown-enterprise", "no record"),
        ("later", "unknown-enterprise", "no record"),
    ],
)
def test_an_enterprise_that_is_not_to_be_had(register, identifier, name, words):
    numbers, problems = register.find([identifier], day("2026-06-01"))
    assert numbers.tolist() == [-1]
    assert problems[identifier].fault.type.endswith(name)
    assert words in problems[identifier].fault.detail


def test_an_enterprise_is_known_from_the_day_after_its_first_record_came(register):
    assert register.find(["A1"], day("2026-02-02"))[0].tolist() == [1]
    numbers, problems = register.find(["A1"], day("2026-02-01"))
    assert numbers.tolist() == [-1]
    assert problems["A1"].fault.type.endswith("not-known-yet")
    assert "came on 2026-02-01" in problems["A1"].fault.detail


def test_many_are_found_in_their_order(register):
    numbers, problems = register.find(["A1", "x", "7", "A1", "uscc:B2"], day("2026-06-01"))
    assert numbers.tolist() == [1, -1, 0, 1, 3]
    assert list(problems) == ["x"]


def test_an_empty_register_knows_nobody():
    numbers, problems = Register(TABLE.slice(0, 0), events_of().take(slice(0, 0))).find(["7"], 1)
    assert (numbers.tolist(), list(problems)) == ([-1], ["7"])
