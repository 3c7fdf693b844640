"""Coverage: patterns that match nothing, and how many records can be read."""

from xinheng.features import (
    AS_OF,
    Catalogue,
    Rate,
    Unmatched,
    count,
    month,
    records_read,
    standard_catalogue,
    total,
    unmatched,
)
from xinheng.features.coverage import patterns_of

from .histories import Record, build, repaired, withdrawn
from .test_indicator import NEAR, declare

SHARE = Rate(group="category", streams=("sampling",), positive=("sampling:fail.*",), strength=5)


def test_a_pattern_that_matches_nothing_is_named_with_what_is_near() -> None:
    mistyped = count("penalty:markt.*") + total("penalty:market.*") + count("complaint")
    catalogue = Catalogue((declare(expression=mistyped),))
    vocabulary = [("penalty", "market.food.label"), ("sampling", "pass"), ("penalty", "market.x")]
    found = unmatched(catalogue, vocabulary)
    assert [(each.indicator, each.pattern) for each in found] == [
        ("XX01", "penalty:markt.*"),
        ("XX01", "complaint"),
    ]
    assert found[0].nearest[0] == "penalty:market.x"
    assert "'XX01': no record that came matches 'penalty:markt.*'" in str(found[0])
    assert str(Unmatched("A", "award", ())).endswith("matches 'award', so it counts nothing")


def test_what_indicators_read_of_their_own_records() -> None:
    ids = {
        "BOTH": count("penalty") + count("penalty", window=9) + count("award"),
        "RATE": SHARE,
        "NEAR": NEAR + count("ban"),
        "MONTH": month(AS_OF),
    }
    declared = (declare(id=n, expression=tree, use="scheduling") for n, tree in ids.items())
    catalogue = Catalogue(tuple(declared))
    assert patterns_of(catalogue["BOTH"]) == ("penalty", "award")
    assert patterns_of(catalogue["RATE"]) == ("sampling", "sampling:fail.*")
    events = build(
        [
            Record("penalty", 10, happened=(withdrawn(50),), code="x"),
            Record("penalty", 10, code="y"),
            Record("sampling", 10, code="fail.lead"),
            Record("sampling", 10, code="pass"),
        ]
    )
    assert records_read(catalogue, events) == {"BOTH": 2, "RATE": 2, "NEAR": 0, "MONTH": None}


def test_two_spans_of_a_record_are_one_record() -> None:
    events = build([Record("penalty", 10, happened=(repaired(20),)), Record("penalty", 30)])
    assert len(events) == 3
    assert records_read(Catalogue((declare(),)), events) == {"XX01": 2}


def test_the_standard_catalogue_on_nothing_matches_nothing() -> None:
    catalogue = standard_catalogue()
    lacking = {each.indicator for each in unmatched(catalogue, [])}
    assert set(catalogue.ids) - lacking == {"CX_COMPLAINTS_NEAR", "CX_MONTH"}
