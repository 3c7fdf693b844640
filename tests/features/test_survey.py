"""The survey: who has a value, who lacks one and why, and how values are spread."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.features import (
    Catalogue,
    compute,
    count,
    days_since,
    latest,
    log10p1,
    survey,
    total,
)

from .histories import DAYS, VOCABULARY, Record, build, histories
from .test_indicator import declare
from .test_matrix import rows

REGISTERED = "enterprise.population"
LICENSED = ("operator", "producer")


def registered(enterprise: int, population: str) -> Record:
    return Record(REGISTERED, 5, code=population, enterprise=enterprise)


def test_missing_and_inapplicable_are_counted_apart_by_population() -> None:
    """Enterprises 0 and 1 operate, 2 produces, 3 is neither; 0 and 3 have a rating."""
    rated = declare(expression=latest("tax_rating"), populations=LICENSED)
    events = build(
        [
            *(registered(e, p) for e, p in ((0, "operator"), (1, "operator"), (2, "producer"))),
            Record("tax_rating", 10, value=2, enterprise=0),
            Record("tax_rating", 10, value=4, enterprise=3),
        ]
    )
    found = survey(Catalogue((rated,)), events, rows([0, 1, 2, 3], [100] * 4))
    assert found.statuses.loc["XX01"].to_dict("index") == {
        "entity": {"n": 4, "valued": 1, "missing": 2, "inapplicable": 1},
        "operator": {"n": 2, "valued": 1, "missing": 1, "inapplicable": 0},
        "producer": {"n": 1, "valued": 0, "missing": 1, "inapplicable": 0},
    }
    spread = found.spreads["XX01"]
    assert (spread.n, spread.mean) == (3, pytest.approx(2 / 3))
    assert spread.commonest == ((0.0, pytest.approx(2 / 3)), (2.0, pytest.approx(1 / 3)))


def test_values_are_spread_over_quantiles_bands_and_the_commonest() -> None:
    fines = declare(expression=log10p1(total("penalty")), bands="0:0; <1:.2; 1-5:.5; >=5:1; x:.5")
    amounts = [0, 0, 0.5, 1, 5, 5, 5, 99, 99, 99]
    events = build([Record("penalty", 9, value=v, enterprise=e) for e, v in enumerate(amounts)])
    spread = survey(Catalogue((fines,)), events, rows([*range(10)], [100] * 10)).spreads["XX01"]
    values = np.log10(1 + np.array(amounts))
    assert spread.bands == {"0": 0.2, "<1": 0.1, "1-5": 0.1, ">=5": 0.6}
    assert spread.mean == pytest.approx(values.mean())
    assert list(spread.quantiles) == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert spread.quantiles[0.5] == pytest.approx(np.log10(6))
    assert [share for _, share in spread.commonest] == [0.3, 0.3, 0.2, 0.1, 0.1]
    assert [value for value, _ in spread.commonest[:3]] == pytest.approx(np.log10([6, 100, 1]))


def test_a_value_on_the_end_of_a_band_is_not_moved_by_a_logarithm() -> None:
    fines = declare(expression=log10p1(total("penalty")), bands="0:0; <20:.5; >=20:1")
    events = build([Record("penalty", 9, value=20)])
    spread = survey(Catalogue((fines,)), events, rows([0], [100])).spreads["XX01"]
    assert spread.bands == {"0": 0, "<20": 0, ">=20": 1}


def test_nobody_to_whom_it_applies_has_no_mean() -> None:
    only = declare(populations=("producer",), bands="0:0; >=1:1")
    spread = survey(Catalogue((only,)), build([Record("penalty", 9)]), rows([0], [99])).spreads
    assert spread["XX01"].n == 0
    assert np.isnan(spread["XX01"].mean)
    assert spread["XX01"].commonest == ()


@settings(max_examples=50)
@given(histories(), st.lists(st.tuples(st.integers(0, 3), DAYS), min_size=1, max_size=8))
def test_what_is_counted_is_what_is_computed(
    records: list[Record], asked: list[tuple[int, int]]
) -> None:
    catalogue = Catalogue(
        (
            declare(id="SINCE", expression=days_since("penalty"), missing=-1),
            declare(id="COUNT", populations=LICENSED, expression=count("complaint")),
        )
    )
    people = [registered(0, "operator"), registered(1, "producer")]
    events = build([*records, *people], (*VOCABULARY, *((REGISTERED, p) for p in LICENSED)))
    frame = pd.DataFrame(asked, columns=["enterprise", "as_of"])
    found, matrix = survey(catalogue, events, frame), compute(catalogue, events, frame)
    for name, counts in found.statuses.iterrows():
        assert counts["n"] == counts[["valued", "missing", "inapplicable"]].sum(), name
    everyone = found.statuses.xs("entity", level="population")
    assert everyone["n"].tolist() == [len(asked)] * 2
    assert everyone["inapplicable"].tolist() == matrix.isna().sum().tolist()
    assert everyone.loc["SINCE", "missing"] == (matrix["SINCE"] == -1).sum()
    for name in catalogue.ids:
        values = matrix[name].dropna()
        assert found.spreads[name].n == len(values)
        if len(values):
            assert found.spreads[name].mean == pytest.approx(values.mean())
