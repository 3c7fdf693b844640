"""Rates: a worked city of three enterprises, and any history against brute force."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from threading import Barrier
from time import sleep
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.errors import DeclarationError, NotFoundError
from xinheng.features import Rate, References, own_rate
from xinheng.features.dated import Asked
from xinheng.features.expression import leaves_of
from xinheng.features.rates import Outcomes
from xinheng.features.spans import Spans
from xinheng.features.steps import Steps

from . import reference
from .histories import DAYS, NAN, VOCABULARY, Record, build, histories, withdrawn
from .leaves import values_of

SHARE = Rate(
    group="category",
    streams=("inspection.critical:routine",),
    above=("value", 0),
    strength=2,
)
BAKERY, BAR = 11, 22
THREADS = 6


def values(
    rate: Rate, records: list[Record], as_of: int, enterprises: tuple[int, ...] = (0, 1, 2)
) -> list[float]:
    events = build(records, VOCABULARY)
    references = References.build([rate], [events])
    who = np.array(enterprises, np.int32)
    when = np.full(len(who), as_of, np.int32)
    return values_of(rate, events, who, when, references)


def category(enterprise: int, case: int, occurred: int = 0, **more: Any) -> Record:
    return Record("enterprise.category", occurred, enterprise=enterprise, case=case, **more)


def inspection(enterprise: int, occurred: int, found: float, **more: Any) -> Record:
    return Record(
        "inspection.critical",
        occurred,
        code="routine",
        enterprise=enterprise,
        value=found,
        **more,
    )


CITY = [
    category(0, BAKERY),
    category(1, BAKERY),
    category(2, BAR),
    inspection(0, 10, 0),
    inspection(0, 20, 3),
    inspection(1, 30, 1),
    inspection(2, 40, 0),
    inspection(2, 50, NAN),
]


def test_a_row_asked_for_alone_has_the_same_value_each_time_and_no_other_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("xinheng.features.references.ANSWERS", 5)
    found = References.build([SHARE, SHARE.city], [build(CITY, VOCABULARY)])
    rows = [(key, day, member) for key in (BAKERY, BAR) for day in (15, 35, 60)
            for member in (True, False)]  # fmt: skip
    keys, days, members = (np.array(column) for column in zip(*rows, strict=True))
    for leaf in (SHARE, SHARE.city):
        together = found.values(leaf, Asked(keys, days.astype(np.int32), members))
        for _ in range(2):
            alone = [
                found.values(leaf, Asked(keys[[i]], days[[i]].astype(np.int32), members[[i]]))
                for i in range(len(rows))
            ]
            np.testing.assert_array_equal(np.concatenate(alone), together)
        first = Asked(keys[:1], days[:1].astype(np.int32), members[:1])
        found.values(leaf, first)[:] = -1
        np.testing.assert_array_equal(found.values(leaf, first), together[:1])
    assert len(set(together.tolist())) > 1


def test_a_group_is_shrunk_towards_the_city_of_the_same_day() -> None:
    # city 2 of 4; bakeries (2 + 2 x .5) / (3 + 2); the bar (0 + 2 x .5) / (1 + 2)
    assert values(SHARE, CITY, 41) == [0.6, 0.6, pytest.approx(1 / 3)]
    # as of day 30 only the first two are known: city 1 of 2
    assert values(SHARE, CITY, 30) == [0.5, 0.5, 0.5]
    assert values(SHARE, CITY, 31) == [pytest.approx((2 + 2 * 2 / 3) / 5)] * 2 + [
        pytest.approx(2 / 3)
    ]


def test_before_any_outcome_there_is_no_rate() -> None:
    assert np.isnan(values(SHARE, CITY, 10)).all()


def test_an_enterprise_without_a_group_has_the_citys_rate() -> None:
    assert values(SHARE, CITY, 41, (9,)) == [0.5]
    assert values(SHARE.city, CITY, 41, (0, 9)) == [0.5, 0.5]


def test_an_outcome_leaves_the_window_and_a_withdrawn_one_leaves_for_good() -> None:
    windowed = replace(SHARE.city, window=10)
    assert values(windowed, CITY, 30, (0,)) == [1.0]
    assert values(windowed, CITY, 31, (0,)) == [1.0]
    assert np.isnan(values(windowed, CITY, 61, (0,))).all()
    gone = [*CITY[:5], replace(CITY[5], happened=(withdrawn(35),))]
    assert values(SHARE.city, gone, 35, (0,)) == values(SHARE.city, CITY[:-2], 35, (0,))
    assert values(SHARE.city, gone, 36, (0,)) == [0.5]


def test_an_enterprise_that_changes_its_category_takes_its_outcomes_along() -> None:
    moved = [*CITY, category(1, BAR, occurred=45)]
    assert values(SHARE, moved, 45) == values(SHARE, CITY, 45)
    # bakeries: 1 of 2, bars: 1 of 2, city: 2 of 4
    assert values(SHARE, moved, 46) == [0.5, 0.5, 0.5]


def test_a_mean_adds_values() -> None:
    mean = Rate(group="city", streams=("inspection.critical",), measure="mean")
    assert values(mean, CITY, 41, (0,)) == [1.0]
    assert values(mean, CITY, 21, (0,)) == [1.5]


def test_positive_streams_are_counted_among_all() -> None:
    failed = Rate(group="city", streams=("sampling",), positive=("sampling:fail.*",))
    lots = [Record("sampling", 10, code=c) for c in ("pass", "fail.0401.lead", "pass", "pass")]
    assert values(failed, lots, 11, (0,)) == [0.25]


def test_the_own_rate_is_shrunk_to_the_citys() -> None:
    tree = own_rate("inspection.critical:routine", above=("value", 0), strength=2)
    events = build(CITY[:-1], VOCABULARY)
    found = tuple(leaves_of(tree))
    references = References.build([leaf for leaf in found if isinstance(leaf, Rate)], [events])
    asked = np.array([0], np.int32), np.array([41], np.int32)
    # one of two of its own, the city 2 of 4: (1 + 2 x .5) / (2 + 2)
    assert values_of(tree, events, *asked, references) == [0.5]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            {"group": "street"},
            "no group 'street'.*There are: area_1km, .*, city",
        ),
        ({"measure": "median"}, "There are: mean, share"),
        ({"unit": "lot"}, "There are: case, event"),
        ({"strength": 0}, "needs one over 0"),
        ({"strength": float("inf")}, "needs one over 0"),
        ({"group": "city"}, "the city itself has none"),
        ({"streams": ("inspections",)}, "did you mean 'inspection'"),
        ({"positive": ("inspections",)}, "did you mean 'inspection'"),
        ({"above": ("occurred", 3)}, "reads value or severity"),
        ({"window": 0}, "window 0 must be"),
    ],
)
def test_a_wrong_rate_is_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        replace(SHARE, **parts)


def test_references_answer_only_for_what_they_were_built_for() -> None:
    references = References.build([SHARE], [build(CITY)])
    with pytest.raises(NotFoundError, match="rate in these references"):
        references.counts(replace(SHARE, window=3), 0, 0)


def test_the_strength_is_no_part_of_the_tables() -> None:
    references = References.build([SHARE], [build(CITY)])
    rate = replace(SHARE, strength=9)
    found = [references.counts(rate, group, 41) for group in (BAKERY, BAR, 5)]
    assert found == [(3, 2.0), (1, 0.0), (0, 0.0)]


def test_what_is_kept_of_a_group_is_of_its_day() -> None:
    references = References.build([SHARE], [build(CITY)])
    days = [*range(0, 60, 7), 41]
    kept = [references.counts(SHARE, BAKERY, day) for day in days * 2]
    anew = [References.build([SHARE], [build(CITY)]).counts(SHARE, BAKERY, day) for day in days * 2]
    assert kept == anew
    assert len(set(kept)) > 1


FAILED = Rate(
    group="category",
    streams=("sampling",),
    positive=("sampling:fail.*",),
    unit="case",
    strength=2,
    window=30,
)


def item(enterprise: int, occurred: int, lot: int, code: str = "fail.0401.lead") -> Record:
    return Record("sampling", occurred, code=code, enterprise=enterprise, case=lot)


def test_a_case_is_one_outcome_however_many_events_it_has() -> None:
    lots = [
        *CITY[:3],
        item(0, 10, 1),
        item(0, 10, 1),  # its other item
        item(0, 20, 2, "pass"),
        item(1, 10, 1, "pass"),  # a lot of another enterprise, though of the same number
        item(2, 10, 3, "pass"),
        item(2, 20, 3),
    ]
    # city 2 of 4 lots; bakeries (1 + 2 x .5) / (3 + 2); the bar (1 + 2 x .5) / (1 + 2)
    assert values(FAILED, lots, 21) == [0.4, 0.4, pytest.approx(2 / 3)]
    # as of day 20 the lot of the bar has not failed yet, and lot 2 is not known: city 1 of 3
    assert values(FAILED.city, lots, 20, (0,)) == [pytest.approx(1 / 3)]
    # as of day 41 only what was seen on day 20 is in the window: city 1 of 2
    assert values(FAILED.city, lots, 41, (0,)) == [0.5]
    assert values(FAILED.city, lots, 50, (0,)) == [0.5]
    assert np.isnan(values(FAILED.city, lots, 51, (0,))).all()


def test_a_mean_over_cases_is_refused() -> None:
    with pytest.raises(DeclarationError, match="which value of a case"):
        Rate(group="city", streams=("sampling",), measure="mean", unit="case")


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    group = draw(st.sampled_from(["city", "category", "brand"]))
    measure, unit = draw(
        st.sampled_from([("share", "event"), ("mean", "event"), ("share", "case")])
    )
    return Rate(
        group=group,
        streams=draw(st.sampled_from([("inspection.critical",), ("sampling",), ("*",)])),
        positive=draw(st.sampled_from([(), ("sampling:fail.*", "inspection.critical")])),
        above=draw(st.sampled_from([None, ("value", 0.0), ("severity", 2.0)])),
        measure=measure,
        unit=unit,
        strength=0 if group == "city" else draw(st.sampled_from([0.5, 3.0])),
        window=draw(st.one_of(st.none(), st.integers(1, 40))),
    )


@given(histories(), rates(), DAYS)
def test_a_rate_agrees_with_brute_force(records: list[Record], rate: Rate, as_of: int) -> None:
    rows = reference.rows_of(build(records, VOCABULARY))
    expected = [reference.rate(rate, rows, enterprise, as_of) for enterprise in range(3)]
    np.testing.assert_array_equal(values(rate, records, as_of), expected)


@given(histories(), rates(), DAYS)
def test_blocks_of_enterprises_give_the_same_references(
    records: list[Record], rate: Rate, as_of: int
) -> None:
    whole = build(records, VOCABULARY)
    together = References.build([rate], [whole])
    apart = References.build([rate], [whole.of(e) for e in range(3)])
    for key in (1, 2, 3):
        assert together.counts(rate, key, as_of) == apart.counts(rate, key, as_of)


def asked_together(references: References) -> list[Any]:
    """Ask for a table from several threads at once, and return what each has, or its error."""
    start = Barrier(THREADS)

    def ask(_: int) -> Any:
        start.wait()
        try:
            return references._table(SHARE, SHARE.tables[0])
        except MemoryError as error:
            return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(ask, range(THREADS)))


def test_a_table_is_built_once_however_many_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[object] = []
    summed = Outcomes.summed

    def slowly(spans: Spans) -> Steps:
        built.append(spans)
        sleep(0.05)
        return summed(spans)

    monkeypatch.setattr(Outcomes, "summed", staticmethod(slowly))
    references = References.build([SHARE], [build(CITY)])
    assert built == []
    tables = asked_together(references)
    assert len(built) == 1
    assert all(table is tables[0] for table in tables)


def test_copies_of_references_answer_whatever_was_built_before() -> None:
    asked = SHARE, BAKERY, 41
    references = References.build([SHARE], [build(CITY)])
    before = deepcopy(references)
    found = references.counts(*asked)
    for copy in (before, deepcopy(references)):
        assert copy.counts(*asked) == found


def test_an_error_in_building_reaches_all_who_ask_and_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_: Spans) -> Steps:
        raise MemoryError

    references = References.build([SHARE], [build(CITY)])
    with monkeypatch.context() as patch:
        patch.setattr(Outcomes, "summed", staticmethod(full))
        assert [type(error) for error in asked_together(references)] == [MemoryError] * THREADS
    assert references.counts(SHARE, BAKERY, 41)[0] == 3
