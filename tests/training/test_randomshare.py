"""The random share: where the lot fell, whatever other checks came before."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.errors import IntegrityError
from xinheng.core.time import NEVER
from xinheng.training import (
    Cohort,
    Outcome,
    OutcomeRule,
    PanelRule,
    Scores,
    Window,
    random_share,
    scores_of,
)

from ..features.histories import Record, build
from .test_panel import ALLOWANCE, CATALOGUE, HORIZON, T, registered

CHECKS = ("inspection.critical:routine", "inspection.critical:random_*")
LABEL = OutcomeRule(
    outcomes=(Outcome(streams=CHECKS, above=0),),
    horizon_days=HORIZON,
    allowance_days=ALLOWANCE,
    checks=CHECKS,
)
RULE = PanelRule(first=date(1970, 10, 1), every_months=3)
WINDOW = Window(first=date(1970, 12, 15), last=date(1971, 1, 31))


def check(occurred: int, code: str, items: float, enterprise: int = 0) -> Record:
    return Record("inspection.critical", occurred, None, code, enterprise=enterprise, value=items)


def share(records: Sequence[Record], window: Window = WINDOW) -> Cohort | None:
    known = [record for who in range(4) for record in registered(who)]
    heard = check(2000, "routine", 0)  # so that every row is settled
    given = build([*known, *records, heard]), RULE, LABEL, CATALOGUE, window, ("random_general",)
    return random_share(*given)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], None),
        ([check(T, "routine", 2)], None),
        ([check(T, "random_key", 2)], None),
        ([check(T, "random_general", 2)], [(0, 1)]),
        # what a visit before the lot found is not what the lot found
        ([check(T, "routine", 2), check(T + 5, "random_general", 0)], [(0, 0)]),
        ([check(T, "random_general", 0), check(T + 5, "random_general", 1)], [(0, 0)]),
        ([check(T + HORIZON, "random_general", 1)], None),
        (
            [check(T + 1, "random_general", 1, 2), check(T + 2, "random_general", 0, 1)],
            [(1, 0), (2, 1)],
        ),
    ],
)
def test_what_the_first_random_check_found_counts(
    records: list[Record], expected: list[tuple[int, int]] | None
) -> None:
    found = share(records)
    if expected is None:
        assert found is None
        return
    assert found is not None
    rows = zip(found.enterprise.tolist(), found.label.astype(int).tolist(), strict=True)
    assert list(rows) == expected
    assert set(found.as_of.tolist()) == {T}
    assert set(found.selection.tolist()) == {"random_general"}


def test_a_window_without_a_date_of_the_panel_has_no_share() -> None:
    records = [check(T, "random_general", 2)]
    assert share(records, Window(first=date(1971, 1, 2), last=date(1971, 1, 31))) is None


def cohort(pairs: Sequence[tuple[int, int]]) -> Cohort:
    who, when = (np.array(column, np.int32) for column in zip(*pairs, strict=True))
    empty, plain = np.full(who.size, "", object), np.zeros(who.size)
    late = np.full(who.size, NEVER, np.int32)
    return Cohort("x", who, when, plain, when, when, late, empty, empty, {})


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), unique=True, min_size=1))
def test_scores_come_in_the_order_of_the_share(rows: list[tuple[int, int]]) -> None:
    everybody = [(who, when) for when in range(3) for who in range(4)]
    told = np.array([10.0 * who + when for who, when in everybody])
    said = Scores(np.arange(len(everybody)), {"a": told}, {})
    found = scores_of(cohort(rows), cohort(everybody), said)
    assert found.probability["a"].tolist() == [10.0 * who + when for who, when in rows]


@pytest.mark.parametrize("row", [(1, 1), (1, 5), (9, 0), (9, 9)])
def test_a_row_of_the_share_never_gets_the_score_of_another(row: tuple[int, int]) -> None:
    scored = cohort([(0, 1), (2, 1), (1, 0)])
    said = Scores(np.arange(3), {"a": np.array([0.1, 0.2, 0.3])}, {})
    with pytest.raises(IntegrityError, match=rf"1 of 2 rows .* such as enterprise {row[0]} on "):
        scores_of(cohort([(2, 1), row]), scored, said)
