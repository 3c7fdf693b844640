"""Catalogues: selection, fingerprint, and the way through JSON."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from xinheng.core.errors import DeclarationError, InvalidError, NotFoundError
from xinheng.features import Aggregate, Catalogue, Indicator, codec, count, standard_catalogue
from xinheng.features.codec import decode, encode

from .histories import aggregates
from .test_indicator import NEAR, declare

TWO = Catalogue((declare(id="A", direction=1), declare(id="B", use="scheduling", expression=NEAR)))


def test_it_is_read_like_a_collection_of_indicators() -> None:
    assert TWO.ids == ("A", "B")
    assert len(TWO) == 2
    assert "A" in TWO
    assert "C" not in TWO
    assert [indicator.id for indicator in TWO] == ["A", "B"]
    assert TWO["B"].use == "scheduling"


def test_it_selects_by_use_and_by_name_in_the_order_named() -> None:
    assert TWO.select(use="grade").ids == ("A",)
    assert TWO.select(ids=["B", "A"]).ids == ("B", "A")
    assert TWO.select(use="scheduling", ids=["B", "A"]).ids == ("B",)


def test_what_does_not_exist_is_answered_with_what_does() -> None:
    with pytest.raises(NotFoundError, match=r"no indicator 'C'\. There are: A, B"):
        TWO["C"]
    with pytest.raises(NotFoundError, match="no indicator 'C'"):
        TWO.select(ids=["C"])
    with pytest.raises(NotFoundError, match="There are: grade, scheduling"):
        TWO.select(use="both")
    with pytest.raises(InvalidError, match=r"ids is the text 'A', not a list"):
        TWO.select(ids="A")


def test_an_id_is_declared_once() -> None:
    with pytest.raises(DeclarationError, match="'A' is declared twice"):
        TWO.extended(declare(id="A"))
    with pytest.raises(DeclarationError, match="made of indicators, not of list"):
        TWO.extended([declare(id="C")])  # type: ignore[arg-type]
    assert TWO.extended(declare(id="C")).ids == ("A", "B", "C")


def test_a_population_must_be_one_that_the_catalogue_knows() -> None:
    everyone = {"entity": TWO.populations["entity"]}
    with pytest.raises(DeclarationError, match=r"no population 'producer'\. There are: entity"):
        Catalogue((declare(populations=("producer",)),), everyone)
    with pytest.raises(DeclarationError, match="no population 'farmer'"):
        Catalogue((), {"farmer": TWO.populations["entity"]})


def test_the_monotone_constraints_follow_the_columns() -> None:
    assert TWO.monotone_constraints() == (1, 0)
    assert TWO.select(ids=["B", "A"]).monotone_constraints() == (0, 1)


def test_the_fingerprint_is_that_of_the_meaning() -> None:
    same = Catalogue((declare(id="A", direction=1), TWO["B"]))
    assert same.fingerprint == TWO.fingerprint
    assert len(TWO.fingerprint) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"id": "A2"},
        {"zh": "次数"},
        {"direction": -1},
        {"missing": 1},
        {"bounds": (0, None)},
        {"populations": ("operator",)},
        {"use": "scheduling"},
        {"basis": "law"},
        {"formula_zh": "行政处罚次数"},
        {"bands": "0:0"},
        {"expression": count("penalty", window=365)},
        {"expression": count("penalty", repaired="leaves")},
        {"expression": count("penalty") + 0},
    ],
)
def test_any_change_of_a_declaration_changes_the_fingerprint(change: dict[str, Any]) -> None:
    changed = Catalogue((replace(TWO["A"], **change), TWO["B"]))
    assert changed.fingerprint != TWO.fingerprint


def test_the_order_the_populations_and_the_semantics_are_part_of_the_meaning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = TWO.fingerprint
    populations = {**TWO.populations, "producer": count("licence", state="open")}
    assert Catalogue(TWO.indicators, populations).fingerprint != before
    assert TWO.select(ids=["B", "A"]).fingerprint != before
    monkeypatch.setattr("xinheng.features.catalogue.SEMANTICS", 2)
    assert TWO.fingerprint != before


def test_the_standard_catalogue_comes_back_from_json_exactly() -> None:
    catalogue = standard_catalogue()
    rebuilt = Catalogue.from_json(catalogue.to_json())
    assert rebuilt == catalogue
    assert rebuilt.fingerprint == catalogue.fingerprint
    assert rebuilt.leaves == catalogue.leaves


@given(aggregates())
def test_every_aggregate_comes_back_from_json_exactly(part: Aggregate) -> None:
    assert decode(json.loads(codec.canonical(encode(part)))) == part


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"node": "Mode"}, "no node 'Mode'"),
        ({"node": 3}, "is no node"),
        ({"operator": "median"}, "no operator 'median'"),
        ({"windows": 3}, "no part of Aggregate 'windows'; did you mean 'window'"),
        ({"window": "3"}, "window '3' must be"),
        ({"window": 3.0}, "window 3.0 must be"),
        ({"streams": "penalty"}, "must be a tuple"),
        ({"streams": [["penalty"]]}, "must be text"),
        ({"state": ["open"]}, "state of Aggregate"),
        ({"above": ["value", "3"]}, "such as"),
        ({"above": {"node": "AsOf"}}, "such as"),
    ],
)
def test_a_node_that_is_not_known_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        decode({**encode(count("penalty")), **change})


def test_a_part_that_is_absent_is_named() -> None:
    with pytest.raises(DeclarationError, match="Aggregate lacks 'streams'"):
        decode({"node": "Aggregate", "operator": "count"})


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("disclosure", 1, "disclosure of Indicator is 1, not bool"),
        ("unit_zh", 1, "unit_zh of Indicator is 1, not str"),
        ("formula_zh", 1, "formula_zh of Indicator is 1, not str"),
        ("missing", "0", "missing is '0'"),
        ("bounds", ["a", 1], "each a number or None"),
        ("above", 1, "there is no part of Indicator 'above'"),
        ("expression", 3, "build it from aggregates"),
        ("expression", {"node": "Constant", "number": "1"}, "is no number"),
    ],
)
def test_an_indicator_of_wrong_parts_is_refused(part: str, value: object, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        decode({**encode(declare()), part: value})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON"),
        ("[]", "exactly indicators, populations, semantics"),
        ('{"semantics": 1}', "exactly indicators"),
        ('{"semantics": 99, "populations": {}, "indicators": []}', "semantics 99, this program"),
        ('{"semantics": 1, "populations": [], "indicators": []}', "must be an object"),
        (
            '{"semantics": 1, "populations": {}, "indicators": [{"node": "AsOf"}]}',
            "expected Indicator, found AsOf",
        ),
    ],
)
def test_a_text_that_is_no_catalogue_is_refused(text: str, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Catalogue.from_json(text)


def test_a_catalogue_is_a_value() -> None:
    assert hash(TWO) == hash(Catalogue(TWO.indicators))
    assert isinstance(TWO["A"], Indicator)
