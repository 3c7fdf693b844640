"""The matrix: order of rows, missing values, populations, and the whole standard catalogue."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings

from xinheng.core.errors import InvalidError
from xinheng.features import (
    Catalogue,
    Places,
    Rate,
    build_references,
    compute,
    count,
    days_since,
    latest,
    standard_catalogue,
)

from .histories import DAYS, VOCABULARY, Record, build, histories
from .others import CASES, NONE
from .test_indicator import CITY, NEAR, declare

REGISTERED = "enterprise.population"
ONE = Catalogue((declare(),))


def rows(enterprise: list[int], as_of: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"enterprise": enterprise, "as_of": as_of})


def column(indicator: dict[str, Any], records: list[Record], **asked: list[int]) -> list[float]:
    catalogue = Catalogue((declare(**indicator),))
    asked = {"enterprise": [0], "as_of": [100], **asked}
    return compute(catalogue, build(records), rows(**asked))["XX01"].tolist()


def test_rows_keep_their_order_and_become_the_index() -> None:
    events = build([Record("penalty", 10, enterprise=1), Record("penalty", 20, enterprise=2)])
    found = compute(ONE, events, rows([2, 1, 2, 7], [100, 15, 20, 100]))
    assert found["XX01"].tolist() == [1, 1, 0, 0]
    assert found.index.names == ["enterprise", "as_of"]
    assert found.index.tolist() == [(2, 100), (1, 15), (2, 20), (7, 100)]
    assert found.dtypes.tolist() == [np.float64]


def test_what_is_missing_holds_the_declared_value_and_the_rest_is_cut() -> None:
    since = {"expression": days_since("penalty"), "missing": 60, "bounds": (5, 50)}
    events = [Record("penalty", day, enterprise=e) for e, day in enumerate((99, 80, 10))]
    assert column(since, events, enterprise=[0, 1, 2, 3], as_of=[100] * 4) == [5, 20, 50, 60]


def test_an_indicator_that_does_not_apply_is_not_missing() -> None:
    records = [
        Record("penalty", 10, enterprise=0),
        Record("penalty", 10, enterprise=1),
        Record("penalty", 10, enterprise=2),
        Record(REGISTERED, 5, code="operator", enterprise=1),
        Record(REGISTERED, 5, code="operator", enterprise=2),
        Record(REGISTERED, 40, code="producer", enterprise=2),
    ]
    asked = {"enterprise": [0, 1, 2, 2], "as_of": [100, 100, 40, 41]}
    nan = np.nan
    for populations, expected in (
        (("entity",), [1, 1, 1, 1]),
        (("operator",), [nan, 1, 1, nan]),
        (("producer",), [nan, nan, nan, 1]),
        (("producer", "operator"), [nan, 1, 1, 1]),
    ):
        np.testing.assert_array_equal(
            column({"populations": populations}, records, **asked), expected
        )


def test_who_an_enterprise_is_may_be_read_as_of_a_later_day_than_what_it_did() -> None:
    records = [
        Record("enterprise.category", 60, case=7),
        Record("enterprise.category", 5, case=7, enterprise=1),
        Record("enterprise.tier", 60, value=3),
        Record("inspection.critical", 40, code="routine", enterprise=1, value=1),
        Record("inspection.critical", 55, code="routine", value=1),
        Record("inspection.critical", 70, code="routine", enterprise=1, value=1),
        Record("inspection.critical", 20, code="routine", enterprise=2, value=0),
    ]
    critical = ("inspection.critical:routine",)
    same = Rate(group="category", streams=critical, above=("value", 0), strength=1)
    catalogue = Catalogue(
        (
            declare(id="TIER", expression=latest("enterprise.tier")),
            declare(id="DONE", expression=count(*critical)),
            declare(id="SAME", expression=same, use="scheduling"),
        )
    )
    events = build(records)
    references = build_references(catalogue, events)
    asked = rows([0, 0, 0], [50, 50, 65]).assign(registered=[50, 65, 65])
    found = compute(catalogue, events, asked, references=references)
    assert found["TIER"].tolist() == [0, 3, 3]
    assert found["DONE"].tolist() == [0, 0, 1]
    # On day 50, one of the two outcomes of the city was found in its category, which has one.
    assert found["SAME"].tolist() == pytest.approx([1 / 2, (1 + 1 / 2) / 2, (2 + 2 / 3) / 3])
    plain = compute(catalogue, events, asked[["enterprise", "as_of"]], references=references)
    pd.testing.assert_frame_equal(plain.iloc[[0, 2]], found.iloc[[0, 2]])
    with pytest.raises(InvalidError, match="registered of the rows is float64"):
        compute(catalogue, events, asked.astype({"registered": float}), references=references)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (pd.DataFrame({"enterprise": [1]}), "the rows lack as_of; they have: enterprise"),
        (rows([1], [1]).astype(float), "enterprise of the rows is float64"),
        (pd.DataFrame({"enterprise": [1], "as_of": ["2026-03-01"]}), "as_of of the rows is str"),
    ],
)
def test_rows_that_cannot_be_used_are_refused(asked: pd.DataFrame, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        compute(ONE, build([Record("penalty", 10)]), asked)


def test_what_a_catalogue_needs_besides_events_is_asked_for() -> None:
    events = build([Record("penalty", 10)])
    city = Catalogue((declare(expression=CITY, use="scheduling"),))
    with pytest.raises(InvalidError, match="pass references=build_references"):
        compute(city, events, rows([0], [100]))
    near = Catalogue((declare(expression=NEAR, use="scheduling"),))
    with pytest.raises(InvalidError, match=r"pass places=.*select\(use='grade'\)"):
        compute(near, events, rows([0], [100]))


WHOLE = standard_catalogue()
PLACES = Places.from_table(
    pa.table(
        {
            "kind": ["complaint"],
            "code": ["complaint.sanitation"],
            "longitude": [114.0],
            "latitude": [22.5],
            "occurred": pa.array([30], pa.int32()),
            "available": pa.array([30], pa.int32()),
            "withdrawn": pa.array([99], pa.int32()),
        }
    )
)
EXTRA = (("enterprise.population", "producer"), ("licence", "main:food.0401"))
FULL = (*VOCABULARY, *EXTRA)
REGISTER = [Record("enterprise.population", 0, code="producer", enterprise=e) for e in range(3)]


def whole(records: list[Record], as_of: int, enterprises: tuple[int, ...]) -> pd.DataFrame:
    events = build([*REGISTER, *records], FULL)
    references = build_references(WHOLE, events, cases=CASES, bans=NONE)
    asked = rows(list(enterprises), [as_of] * len(enterprises))
    return compute(WHOLE, events, asked, references=references, places=PLACES, threads=2)


@settings(max_examples=25, deadline=None)
@given(histories(), histories(), DAYS)
def test_no_indicator_sees_the_future_or_what_is_not_yet_known(
    records: list[Record], more: list[Record], as_of: int
) -> None:
    known = [
        r.as_known(as_of) for r in records if (r.available or 0) < as_of and r.occurred < as_of
    ]
    later = [r for r in more if (r.available or 0) >= as_of or r.occurred >= as_of]
    pd.testing.assert_frame_equal(
        whole(known, as_of, (0, 1, 2)),
        whole([*records, *later], as_of, (0, 1, 2)),
        check_exact=True,
    )


@settings(max_examples=25, deadline=None)
@given(histories(), DAYS)
def test_a_single_enterprise_has_the_values_of_the_batch_bit_for_bit(
    records: list[Record], as_of: int
) -> None:
    events = build([*REGISTER, *records], FULL)
    references = build_references(WHOLE, events, cases=CASES, bans=NONE)
    batch = whole(records, as_of, (2, 0, 1))
    for enterprise in range(3):
        alone = compute(
            WHOLE,
            events.of(enterprise),
            rows([enterprise], [as_of]),
            references=references,
            places=PLACES,
        )
        assert alone.to_numpy().tobytes() == batch.loc[[enterprise]].to_numpy().tobytes()


@settings(max_examples=25, deadline=None)
@given(histories(), DAYS)
def test_the_standard_catalogue_leaves_nothing_missing_where_it_applies(
    records: list[Record], as_of: int
) -> None:
    found = whole(records, as_of + 1, (0, 1, 2))
    assert found.notna().all(axis=None)
    assert tuple(found.columns) == WHOLE.ids


def test_all_populations_are_computed_without_an_error() -> None:
    catalogue = WHOLE.select(use="grade")
    events = build([Record(REGISTERED, 5, code="operator", enterprise=1)])
    references = build_references(catalogue, events, cases=CASES, bans=NONE)
    found = compute(catalogue, events, rows([0, 1], [100, 100]), references=references)
    applies = {i.id: i.populations for i in catalogue}
    for name, populations in applies.items():
        assert found[name].notna().tolist() == [
            "entity" in populations,
            "entity" in populations or "operator" in populations,
        ]


@pytest.mark.parametrize("indicator", [i for i in WHOLE if i.disclosure], ids=lambda i: i.id)
def test_not_disclosing_never_gives_a_better_value_than_disclosing(indicator: Any) -> None:
    low, high = indicator.limits
    best, worst = (low, high) if indicator.direction > 0 else (high, low)
    assert indicator.direction * indicator.missing >= indicator.direction * worst
    assert indicator.direction * worst > indicator.direction * best


def test_a_capital_of_nearly_nothing_is_no_worse_than_none_disclosed() -> None:
    capital = {"expression": latest("enterprise.capital")}
    assert column(capital, [Record("enterprise.capital", 5, value=1)]) == [1]
    catalogue = Catalogue((WHOLE["BC02"],))
    disclosed = [
        Record("enterprise.capital", 5, value=v, enterprise=e) for e, v in enumerate((1e-9, 0, 50))
    ]
    found = compute(catalogue, build(disclosed), rows([0, 1, 2, 3], [100] * 4))["BC02"]
    assert found.tolist() == [-2, -2, pytest.approx(np.log10(50)), -2]
    assert replace(WHOLE["BC02"], missing=-3).missing == -3
