"""Aggregates and streams: declarations that cannot be computed are refused with what exists."""

from typing import Any

import pytest

from xinheng.archive import KINDS as CONTRACTS
from xinheng.core.errors import DeclarationError
from xinheng.features import Aggregate, count, days_since, distinct, latest, repeat
from xinheng.features.expression import AS_OF
from xinheng.features.streams import KINDS, matching


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"operator": "median"}, "no operator 'median'. There are: count, distinct"),
        ({"streams": ()}, "at least one pattern"),
        ({"streams": "penalty"}, "must be a tuple"),
        ({"streams": (3,)}, "must be text"),
        ({"streams": ("penalities",)}, "did you mean 'penalty'"),
        ({"state": "opened"}, "did you mean 'open'"),
        ({"repaired": "gone"}, "There are: leaves, only, stays"),
        ({"field": "value"}, "count has no use for 'field'; what has is: total, smallest,"),
        ({"operator": "total"}, "total needs 'field'"),
        ({"operator": "total", "field": "amount"}, "no field 'amount'"),
        ({"operator": "distinct", "by": "lot"}, "There are: case, code, day"),
        ({"operator": "repeat"}, "repeat needs 'gap'"),
        ({"operator": "repeat", "gap": 0}, "gap 0 must be a whole number of days from 1 on"),
        ({"window": 0}, "window 0 must be"),
        ({"window": 1.5}, "window 1.5 must be"),
        ({"window": True}, "window True must be"),
        ({"lag": -1}, "lag -1 must be a whole number of days from 0 on"),
        ({"above": 3}, "such as"),
        ({"above": ("value", float("nan"))}, "such as"),
        ({"above": ("amount", 3)}, "no field 'amount'"),
    ],
)
def test_a_wrong_aggregate_is_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Aggregate(**{"operator": "count", "streams": ("penalty",), **parts})


def test_the_short_forms_declare_what_they_say() -> None:
    assert count("penalty", "complaint", window=5) == Aggregate(
        operator="count", streams=("penalty", "complaint"), window=5
    )
    assert distinct("sampling", by="case").by == "case"
    assert repeat("penalty", gap=365, lag=3).gap == 365
    assert latest("enterprise.tier").field == "value"
    assert days_since("penalty") == AS_OF - latest("penalty", field="occurred")


def test_a_threshold_is_a_number_whatever_way_it_was_written() -> None:
    assert count("penalty", above=("severity", 1)) == count("penalty", above=("severity", 1.0))


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (("inspection",), [0, 1]),
        (("inspection*",), [0, 1, 2]),
        (("inspection:routine.*",), [0]),
        (("licence:other:*",), [4]),
        (("licence:*.0[12]??",), [3]),
        (("enterprise.tier:",), [5]),
        (("inspection:ROUTINE.*",), []),
        (("licence", "inspection.critical"), [2, 3, 4]),
    ],
)
def test_a_pattern_finds_its_streams(patterns: tuple[str, ...], expected: list[int]) -> None:
    vocabulary = (
        ("inspection", "routine.pass"),
        ("inspection", "complaint.fail"),
        ("inspection.critical", "routine"),
        ("licence", "main:food.0101"),
        ("licence", "other:tobacco."),
        ("enterprise.tier", ""),
    )
    assert matching(patterns, vocabulary) == expected


def test_the_kinds_are_those_that_the_contracts_of_the_archive_yield() -> None:
    yielded = {stream.kind for contract in CONTRACTS.values() for stream in contract.streams}
    assert set(KINDS) == yielded
