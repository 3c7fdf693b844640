"""What was told after a day is undone, and an indicator that sees it is found out."""

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.time import NEVER
from xinheng.features import Events, Indicator, compute, count, hindsight, known_before
from xinheng.features.catalogue import Catalogue

from .histories import VOCABULARY, Record, build, ended, histories, repaired, withdrawn

PENALTIES = Indicator(
    id="PENALTIES",
    zh="处罚",
    en="penalties",
    dimension="PN",
    expression=count("penalty", window=1000),
    missing=0,
    basis="test",
    formula="count",
)
CATALOGUE = Catalogue((PENALTIES,))


def test_what_was_told_later_is_undone() -> None:
    events = build(
        [
            Record("penalty", occurred=10, available=12, happened=(withdrawn(40),)),
            Record("penalty", occurred=11, available=13, happened=(repaired(41), ended(42))),
            Record("penalty", occurred=12, available=14, happened=(withdrawn(20),)),
            Record("penalty", occurred=13, available=15, ended=90),  # known from the start
            Record("penalty", occurred=14, available=30),
        ]
    )
    then = known_before(events, 30)
    assert then.occurred.tolist() == [10, 11, 12, 13]
    assert then.withdrawn.tolist() == [NEVER, NEVER, 20, NEVER]
    assert then.repaired.tolist() == [NEVER] * 4
    assert then.ended.tolist() == [NEVER, NEVER, NEVER, 90]
    assert then.ended_available.tolist() == [NEVER, NEVER, NEVER, 15]


@given(histories(), st.integers(0, 80))
def test_events_before_a_day_read_as_records_known_by_then(
    history: list[Record], as_of: int
) -> None:
    catalogue = Catalogue(
        tuple(
            Indicator(
                id=f"K{number}",
                zh="-",
                en="-",
                dimension="PN",
                expression=count(kind, window=1000),
                missing=0,
                basis="-",
                formula="-",
            )
            for number, kind in enumerate(dict.fromkeys(kind for kind, _ in VOCABULARY))
        )
    )
    rows = pd.DataFrame({"enterprise": np.arange(3), "as_of": as_of})
    whole = build(history, VOCABULARY)
    known = build([each.as_known(as_of) for each in history], VOCABULARY)
    then = known_before(whole, as_of)
    pd.testing.assert_frame_equal(compute(catalogue, then, rows), compute(catalogue, known, rows))
    assert len(known_before(then, as_of)) == len(then)
    assert hindsight(catalogue, whole, as_of) == {}


def test_an_indicator_that_sees_the_future_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    events = build(
        [
            Record("penalty", occurred=10, available=12),
            Record("penalty", occurred=20, available=60),
            Record("penalty", occurred=20, available=22, enterprise=1),
        ]
    )
    assert hindsight(CATALOGUE, events, 50) == {}

    def leaky(_: Catalogue, seen: Events, rows: pd.DataFrame, **__: object) -> pd.DataFrame:
        counts = np.bincount(seen.enterprise, minlength=2)
        return pd.DataFrame({"PENALTIES": counts[rows["enterprise"]].astype(float)})

    monkeypatch.setattr(sys.modules[hindsight.__module__], "compute", leaky)
    assert hindsight(CATALOGUE, events, 50) == {"PENALTIES": 1}
