"""The standard indicators: their texts, that every one is worked by hand, and what holds of all.

The cases of the 63 stand in a module for each dimension; those of the others stand here.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.time import Event
from xinheng.features import (
    POPULATIONS,
    Catalogue,
    Indicator,
    Rate,
    build_references,
    compute,
    evidence,
    recompute,
)
from xinheng.features.expression import leaves_of
from xinheng.features.reads import readings
from xinheng.features.streams import matching

from . import test_bc, test_cc, test_ea, test_pn, test_rl
from .histories import Record, build, happenings
from .misread import misread
from .others import CASES as CODES
from .others import NONE
from .test_bc import HUNDRED, reported
from .test_matrix import PLACES, rows
from .test_ties_by_hand import CASES as OTHERS
from .worked import (
    CATALOGUE,
    SHOWS,
    TODAY,
    Case,
    Table,
    ago,
    case,
    check,
    late,
    needed,
    undone,
    worked,
)

MONTH = 365.25 / 12
DEFINITIONS = Path(__file__).parents[3] / "shared" / "indicators63.csv"
MANY = {"BC": 12, "RL": 11, "PN": 16, "CC": 16, "EA": 8}
THE_63 = [f"{dimension}{n + 1:02}" for dimension, many in MANY.items() for n in range(many)]
SAME = {"PN11": ["window 1826 as 1827"]}
"""Mistakes that change nothing: after 60 months the value is at its bound."""
ELSEWHERE = {name for name, *_ in OTHERS}
"""Those that rest on other enterprises or on a category, which are worked with them."""

TABLES: Table = {
    name: shown
    for module in (test_bc, test_rl, test_pn, test_cc, test_ea)
    for name, shown in module.CASES.items()
}


def found(days: int, severity: str, number: float, purpose: str = "routine") -> Record:
    return ago(days, f"inspection.{severity}", purpose, value=number)


def scored(days: int, points: float, purpose: str = "routine") -> Record:
    return ago(days, "inspection.score", purpose, value=points)


def visit(days: int, code: str = "routine.pass") -> Record:
    return ago(days, "inspection", code)


def licence(days: int, code: str, **more: Any) -> Record:
    return ago(days, "licence", code, **more)


CASES: dict[str, Mapping[str, Sequence[Case]]] = {
    "IH_CRITICAL_1Y": {"value": [case(2, found(365, "critical", 2), found(366, "critical", 4))]},
    "IH_CRITICAL_3Y": {"value": [case(6, found(365, "critical", 2), found(1096, "critical", 4))]},
    "IH_MINOR_ALL": {
        "value": [case(2, found(5000, "minor", 2), found(9, "minor", 4, "complaint"))]
    },
    "IH_LAST_SERIOUS": {
        "value": [
            case(0, found(9, "serious", 0), found(30, "serious", 4)),
            case(3, found(9, "serious", 3), found(30, "serious", 4)),
        ]
    },
    "IH_COMPLAINT_1Y": {
        "value": [case(2, *(visit(d, "complaint.unrecorded") for d in (9, 365, 366)))]
    },
    "IH_RATE_OWN": {
        "value": [case((1 + 3 * 0.5) / 5, found(9, "critical", 1), found(30, "critical", 0))],
        "missing": [case(0.15)],
    },
    "IH_RATE_SITE": {"value": [case(1, found(9, "critical", 1))]},
    "IH_ROUTINE_1Y": {"value": [case(2, *map(visit, (9, 365, 366)))]},
    "IH_ROUTINE_ALL": {"value": [case(2, visit(9), visit(5000))]},
    "IH_FAIL_ALL": {
        "value": [case(1, *(visit(9, f"routine.{r}") for r in ("fail", "pass", "corrected")))]
    },
    "IH_CORRECTED_ALL": {"value": [case(1, visit(9, "routine.corrected"))]},
    "IH_SINCE_ROUTINE": {"value": [case(30 / MONTH, visit(30), visit(99))], "missing": [case(60)]},
    "IH_SINCE_FIRST": {"value": [case((TODAY - 1) / MONTH)]},
    "IH_LICENCE_AGE": {"value": [case(731 / 365.25, licence(731, "main:a.", ended=TODAY - 99))]},
    "IH_OTHER_LICENCES": {
        "value": [
            case(
                1,
                licence(9, "other:tobacco."),
                licence(400, "other:tobacco."),
                licence(9, "other:tavern.", ended=TODAY - 1),
                licence(9, "main:a."),
            )
        ]
    },
    "IH_TIER": {"value": [case(3, ago(9, "enterprise.tier", value=3))], "missing": [case(2)]},
    "CX_MONTH": {"value": [case(3)]},
}


def among(record: Record, enterprise: int) -> Record:
    """Return a record as that of another enterprise."""
    return replace(record, enterprise=enterprise)


def around(group: str, days: int, last: int) -> Sequence[Case]:
    """Work out a rate of those who are where the enterprise is, over so many days.

    Two are there and one is elsewhere: of four routine inspections in the window, three found
    something, two of them there.
    """
    kind = f"enterprise.{group}"
    members = [among(ago(last, kind, case=n // 2), n) for n in range(3)]
    seen = [
        among(found(days, "critical", 1), 1),
        among(found(9, "critical", 3), 1),
        found(days + 1, "critical", 1),
        found(9, "critical", 1, "complaint"),
        late(found(9, "critical", 1)),
        undone(found(9, "critical", 1)),
        among(found(days, "critical", 2), 2),
        among(found(9, "critical", 0), 2),
    ]
    nowhere = [replace(member, available=TODAY) for member in members[:1]]
    return [
        case((2 + 10 * 3 / 4) / (2 + 10), *members, *seen),
        case(3 / 4, *nowhere, *members[1:], *seen),
        case(3 / 4, *seen),
    ]


def city(days: int) -> Sequence[Case]:
    """Work out the city's rate over so many days."""
    seen = [found(days, "critical", 2), among(found(9, "critical", 0), 1)]
    passed = [found(days + 1, "critical", 1), found(9, "critical", 1, "complaint")]
    return [case(1 / 2, *seen, *passed)]


ELSEWHERE_50, LONG_AGO = among(scored(400, 50), 1), among(scored(1097, 10), 1)
SCORES: Table = {
    "IH_SCORE_LAST": {
        "value": [
            case(90 - 70, scored(9, 90), scored(30, 70), ELSEWHERE_50, LONG_AGO),
            case(70 - 60, scored(9, 90, "complaint"), scored(30, 70), ELSEWHERE_50),
            case(-70 + 60, scored(9, -70), among(scored(9, -50), 1)),
        ],
        "edge": [case(90 - 50, scored(1097, 90), ELSEWHERE_50)],
        "late": [case(0, late(scored(9, 90)), ELSEWHERE_50)],
        "withdrawn": [case(70 - 60, undone(scored(9, 90)), scored(30, 70), ELSEWHERE_50)],
        "missing": [case(0), case(0, ELSEWHERE_50), case(0, scored(1097, 90))],
    },
    "IH_SCORE_3Y": {
        "value": [
            case((20 + 0) / (2 + 3), scored(9, 90), scored(30, 70), ELSEWHERE_50, LONG_AGO),
            case(10 / (1 + 3), scored(9, 90, "complaint"), scored(30, 70), ELSEWHERE_50),
        ],
        "edge": [
            case(20 / (1 + 3), scored(1096, 90), ELSEWHERE_50),
            case(0, scored(1097, 90), ELSEWHERE_50),
        ],
        "late": [case(0, late(scored(9, 90)), ELSEWHERE_50)],
        "withdrawn": [case(10 / (1 + 3), undone(scored(9, 90)), scored(30, 70), ELSEWHERE_50)],
        "missing": [case(0), case(0, ELSEWHERE_50)],
    },
}
CASES |= SCORES
AREAS = {"1KM": "area_1km", "3KM": "area_3km", "DISTRICT": "district"}
SURROUNDINGS: Table = {
    **{
        f"CX_RATE_{label}": {"value": around(group, 180, 400), "missing": [case(0.15)]}
        for label, group in AREAS.items()
    },
    "CX_CITY_RATE": {"value": city(365), "missing": [case(0.15)]},
}
CASES |= SURROUNDINGS


@pytest.mark.parametrize(("name", "each"), worked(CASES))
def test_an_indicator_has_the_value_worked_out_by_hand(name: str, each: Case) -> None:
    check(name, each)


def test_every_indicator_that_is_not_one_of_a_family_is_worked_out_by_hand() -> None:
    families = ("IH_CRITICAL", "IH_SERIOUS", "IH_MINOR", "IH_LAST", "IH_RATE", "IH_REINSPECTION")
    families = (*families, "IH_LICENCE", "IH_COMPLAINT", "CX_COMPLAINTS")
    left = {i.id for i in CATALOGUE if i.dimension in ("IH", "CX")} - set(CASES)
    assert [name for name in left if not name.startswith(families)] == []


def test_the_standard_has_all_of_the_63_in_their_order() -> None:
    assert [i.id for i in CATALOGUE if i.dimension in MANY] == THE_63
    assert set(THE_63) == set(TABLES) | ELSEWHERE


@pytest.mark.parametrize("name", [name for name in THE_63 if name not in ELSEWHERE])
def test_each_of_the_63_is_worked_by_hand_in_all_that_may_befall_it(name: str) -> None:
    shown = TABLES[name]
    assert set(shown) <= set(SHOWS)
    assert all(shown.values())
    lacking = needed(CATALOGUE[name]) - set(shown)
    assert not lacking, f"{name} has no case that shows: {', '.join(sorted(lacking))}"


def valued(indicator: Indicator, cases: Sequence[Case]) -> list[float]:
    """Return the value of each case, as of an enterprise of its own."""
    registered = [
        Record("enterprise.population", 1, code=each.population, enterprise=n)
        for n, each in enumerate(cases)
    ]
    told = [
        replace(r, enterprise=n + len(cases) * r.enterprise)
        for n, each in enumerate(cases)
        for r in each.records
    ]
    catalogue, events = Catalogue((indicator,)), build([*registered, *told])
    references = build_references(catalogue, events)
    asked = rows(list(range(len(cases))), [each.as_of for each in cases])
    found = compute(catalogue, events, asked, references=references)
    return [float(x) for x in found[indicator.id]]


@pytest.mark.parametrize("name", [*TABLES, *SURROUNDINGS])
def test_a_declaration_misread_in_any_part_fails_a_case(name: str) -> None:
    shown = TABLES.get(name) or SURROUNDINGS[name]
    indicator, cases = CATALOGUE[name], list(chain.from_iterable(shown.values()))
    groups = [cases]
    if any(isinstance(leaf, Rate) for leaf in leaves_of(indicator.expression)):
        groups = [[each] for each in cases]  # what is usual is told by who else is there
    unnoticed = [
        what
        for what, wrong in misread(indicator)
        if all(
            valued(wrong, group) == pytest.approx([c.expected for c in group], nan_ok=True)
            for group in groups
        )
    ]
    assert unnoticed == SAME.get(name, [])


def test_ids_names_and_directions_are_those_of_the_63() -> None:
    if not DEFINITIONS.exists():
        pytest.skip(f"{DEFINITIONS.name} is not beside the project")
    with DEFINITIONS.open(encoding="utf-8") as file:
        defined = {row["id"]: row for row in csv.DictReader(file)}
    assert list(defined) == THE_63
    for indicator in CATALOGUE:
        if indicator.dimension not in MANY:
            continue
        row = defined[indicator.id]
        assert (indicator.zh, indicator.en) == (row["name_zh"], row["name_en"])
        assert indicator.direction == {"+": 1, "-": -1}[row["direction"]], indicator.id
        # what is not disclosed has no band of its own: it counts as the worst
        bands = re.sub(r"; (undisclosed|missing):\S+$", "", row["default_bands_0_to_1"])
        if indicator.id == "EA05":
            bands = re.sub(r"[ABMCD](?=:)", lambda rating: str("ABMCD".index(rating[0])), bands)
        assert indicator.bands == bands, indicator.id
        assert indicator.window == row["window"], indicator.id
        for code in re.findall(r"R\d{6}", row["maps_to_platform_code"]):
            assert code in indicator.basis or "-R" in indicator.basis, indicator.id
        for law in re.findall(r"\w+§\d+", row["basis"]):
            assert law in indicator.basis, indicator.id


def test_context_is_kept_out_of_grades() -> None:
    context = {i.id for i in CATALOGUE if i.dimension == "CX"}
    assert {i.id for i in CATALOGUE if i.use == "scheduling"} == context
    assert context.isdisjoint(CATALOGUE.select(use="grade").ids)
    assert np.isfinite([i.missing for i in CATALOGUE]).all()


POOL = tuple(
    record
    for table in (TABLES, CASES)
    for cases in table.values()
    for each in chain.from_iterable(cases.values())
    for record in each.records
)
VOCABULARY = tuple(
    dict.fromkeys(
        [
            *(("enterprise.population", population) for population in POPULATIONS),
            *((record.kind, record.code) for record in POOL),
        ]
    )
)


def later(record: Record, happened: tuple[Event, ...]) -> Record:
    """Return a record to which something happened in the last two months."""
    moved = [Event(TODAY - e.available, TODAY - e.occurred, e.change) for e in happened]
    return replace(record, happened=tuple(moved))


def histories(pool: tuple[Record, ...] = POOL) -> st.SearchStrategy[list[Record]]:
    """Return records of the kinds that indicators read, whatever happened to them."""
    return st.lists(st.builds(later, st.sampled_from(pool), happenings()), max_size=40)


def holds_for(population: str, records: list[Record]) -> None:
    """Hold every indicator to its declaration and to its evidence."""
    registered = Record("enterprise.population", 1, code=population)
    events = build([registered, *records], VOCABULARY)
    others = build_references(CATALOGUE, events, cases=CODES, bans=NONE)
    more: dict[str, Any] = {"references": others, "places": PLACES}
    values = compute(CATALOGUE, events, rows([0], [TODAY]), **more).iloc[0]
    for indicator in CATALOGUE:
        value = values[indicator.id]
        applies = "entity" in indicator.populations or population in indicator.populations
        assert np.isnan(value) != applies, indicator.id
        low, high = indicator.limits
        if applies and value != indicator.missing:
            assert low <= value <= high, indicator.id
        again = recompute(evidence(CATALOGUE, indicator.id, events, 0, TODAY, **more))
        assert np.array_equal(again, value, equal_nan=True), indicator.id


@pytest.mark.parametrize("population", POPULATIONS)
def test_all_are_computed_of_those_of_whom_nothing_is_known(population: str) -> None:
    holds_for(population, [])


@settings(max_examples=12, deadline=None)
@given(histories(), st.sampled_from(POPULATIONS))
def test_all_are_computed_of_any_history(records: list[Record], population: str) -> None:
    holds_for(population, records)


ALL, ANY = "all or none", "any"
DISCLOSED: dict[str, tuple[str, str]] = {
    "BC01": ("enterprise.established", ALL),
    "BC02": ("enterprise.capital", ALL),
    "BC03": ("annual_report.paid_in", ANY),
    "BC04": ("insurance", ALL),
    "BC10": ("annual_report.leverage", ANY),
    "BC11": ("annual_report.revenue", ANY),
    "RL05": ("licence", ALL),
    "RL11": ("staff", ANY),
    "EA01": ("certificate", ANY),
    "EA02": ("certificate", ANY),
    "EA03": ("certificate", ANY),
    "EA04": ("award", ANY),
    "EA06": ("licence", ANY),
    "EA07": ("self_control:*.on_time", ANY),
}
"""What enterprises disclose of their own, and how much of it they may keep to themselves."""
REPORTED = {"BC03": "paid_in", "BC10": "leverage", "BC11": "revenue"}


THEIR_OWN = (
    "annual_report", "award", "certificate", "disclosure", "insurance", "product", "self_control",
    "staff",
)  # fmt: skip
"""Kinds that come of what an enterprise does or says itself."""
NO_DISCLOSURES = {
    "RL01": "a report that did not come is what is counted",
    "RL02": "a fact that was not published is a record of the authority",
    "RL10": "the city's watch puts the tags on products, whatever is declared",
    "CC10": "without heads insured complaints are divided by the least",
}


def test_what_enterprises_tell_themselves_is_a_disclosure_or_is_no_gain_to_keep_back() -> None:
    read = {
        indicator.id
        for indicator in CATALOGUE
        for reading in readings(indicator)
        if reading.kind in THEIR_OWN
    }
    assert {name for name in read if not CATALOGUE[name].disclosure} == set(NO_DISCLOSURES)


@pytest.mark.parametrize("name", ["RL01", "CC10"])
def test_what_is_counted_against_someone_is_no_less_without_what_they_tell(name: str) -> None:
    for each in chain.from_iterable(TABLES[name].values()):
        kept = [r for r in each.records if r.kind.partition(".")[0] not in THEIR_OWN]
        whole, part = valued(CATALOGUE[name], [each, replace(each, records=tuple(kept))])
        assert part >= whole


def test_it_is_told_of_every_disclosure_what_is_disclosed() -> None:
    assert set(DISCLOSED) == {i.id for i in CATALOGUE if i.disclosure}
    silent = {i.id: valued(i, [case(i.missing)]) for i in CATALOGUE if i.disclosure}
    assert silent == {name: [CATALOGUE[name].missing] for name in silent}


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(sorted(set(DISCLOSED) - set(REPORTED))))
def test_less_disclosed_never_has_a_better_value(data: st.DataObject, name: str) -> None:
    indicator, (pattern, how) = CATALOGUE[name], DISCLOSED[name]
    pool = tuple(r for cases in TABLES[name].values() for each in cases for r in each.records)
    records = data.draw(histories(pool))
    theirs = [n for n, r in enumerate(records) if matching([pattern], [(r.kind, r.code)])]
    kept_back = set(theirs)
    if how == ANY and theirs:
        kept_back = data.draw(st.sets(st.sampled_from(theirs)))
    less = [record for n, record in enumerate(records) if n not in kept_back]
    whole, part = valued(indicator, [case(0, *records), case(0, *less)])
    assert indicator.direction * (whole - part) <= 0


YEARS = (2022, 2023, 2024, 2025)
ALL_DUE = "2026-08-01"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(REPORTED)),
    st.fixed_dictionaries({year: st.sampled_from([0, 0.5, 1, 3, 100]) for year in YEARS}),
    st.sets(st.sampled_from(YEARS)),
    st.sets(st.sampled_from(YEARS)),
)
def test_a_figure_or_a_report_kept_back_never_has_a_better_value(
    name: str, figures: dict[int, float], bare: set[int], absent: set[int]
) -> None:
    indicator = CATALOGUE[name]
    reports = {year: reported(year, **{REPORTED[name]: x}) for year, x in figures.items()}
    less = {year: reported(year) if year in bare else reports[year] for year in YEARS}
    for year in absent:
        less.pop(year)
    told = (case(0, HUNDRED, *chain(*each.values()), as_of=ALL_DUE) for each in (reports, less))
    whole, part = valued(indicator, list(told))
    assert indicator.direction * (whole - part) <= 0
