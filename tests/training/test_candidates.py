"""Candidates: who could have been visited and who was, and weights of visits that stand for all."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from xinheng.core.time import NEVER
from xinheng.training import (
    Candidates,
    Cohort,
    CohortRule,
    Correction,
    Presence,
    Task,
    present,
    read_inputs,
    weights_of,
)

from ..features.histories import build
from .test_panel import CATALOGUE, failed, registered
from .world import archive_of, city, cohort_of

START = 400
SPAN = 30


def presence(cohort: Cohort, most: int = 100, last: int = START + 3 * SPAN) -> Presence:
    """Ask who of eight is present: one closed, one of another population, one founded later."""
    records = [record for who in range(5) for record in registered(who)]
    records += registered(5, status=1)
    records += registered(6, population=None)
    records += registered(7, on=START + SPAN + 1)
    population = np.full(len(cohort), "operator", object)
    everybody = np.arange(8, dtype=np.int32)
    given = cohort, population, build([*records, failed(2000)]), CATALOGUE
    return present(*given, among=everybody, last=last, most=most)


def test_whoever_is_in_business_is_a_candidate_visited_or_not() -> None:
    cohort = cohort_of([START, START + 40], [0, 1], enterprise=[0, 1])
    found = presence(cohort)
    shown = list(zip(found.as_of.tolist(), found.enterprise.tolist(), strict=True))
    assert shown == [
        *((START, who) for who in range(5)),
        *((START + SPAN, who) for who in range(5)),
        *((START + 2 * SPAN, who) for who in (0, 1, 2, 3, 4, 7)),
    ]
    visited = {
        (day, who) for (day, who), seen in zip(shown, found.seen, strict=True) if seen < NEVER
    }
    assert visited == {(START, 0), (START + SPAN, 1)}


@pytest.mark.parametrize(
    ("offset", "seen"), [(0, True), (SPAN - 1, True), (SPAN, False), (-1, False)]
)
def test_a_visit_counts_from_the_day_on_for_thirty_days(offset: int, seen: bool) -> None:  # noqa: FBT001
    # The first visit sets the days; the second is asked about.
    day = START + SPAN
    cohort = cohort_of([START, day + offset], [0, 1], enterprise=[0, 1], available=[0, 777])
    found = presence(cohort)
    known = found.seen[(found.enterprise == 1) & (found.as_of == day)].tolist()
    assert known == [777 if seen else NEVER]


def test_a_span_that_is_not_over_is_left_out() -> None:
    cohort = cohort_of([START], [0], enterprise=[0])
    assert set(presence(cohort, last=START + 2 * SPAN - 1).as_of.tolist()) == {START}
    assert presence(cohort, last=START + SPAN - 1).as_of.size == 0


def test_so_many_are_drawn_on_each_day_and_the_same_ones_again() -> None:
    cohort = cohort_of([START], [0], enterprise=[0])
    one, again = presence(cohort, most=2), presence(cohort, most=2)
    assert np.unique(one.as_of, return_counts=True)[1].tolist() == [2, 2, 2]
    np.testing.assert_array_equal(one.enterprise, again.enterprise)


def test_weighed_visits_stand_for_all_in_business() -> None:
    """Half are suspected, visited four times as often, and worse."""
    rng = np.random.default_rng(5)
    shops, days = 4_000, 12
    suspected = (rng.random(shops) < 0.5).astype(float)
    who, when = np.tile(np.arange(shops), days), np.repeat(START + SPAN * np.arange(days), shops)
    visited = rng.random(who.size) < 0.05 + 0.15 * suspected[who]
    label = (rng.random(who.size) < expit(suspected[who] - 1)).astype(float)
    seen = np.where(visited, when + 3, NEVER).astype(np.int32)
    matrix = pd.DataFrame({"A": suspected[who], "B": rng.normal(size=who.size)})
    candidates = Candidates.of_visits(
        Presence(who.astype(np.int32), when.astype(np.int32), seen), matrix
    )
    rows = matrix[visited].reset_index(drop=True)
    cut = START + SPAN * days + 1
    population = np.full(len(rows), "operator", object)
    given = rows, who[visited].astype(np.int32), population
    found = weights_of(candidates, *given, cut, Correction())
    plain, weighed = label[visited].mean(), np.average(label[visited], weights=found.weight)
    risk = expit(suspected - 1).mean()
    assert plain > risk + 0.05
    assert weighed == pytest.approx(risk, abs=0.02)
    assert found.chance[rows["A"] == 0].mean() == pytest.approx(0.05, abs=0.01)
    assert found.chance[rows["A"] == 1].mean() == pytest.approx(0.20, abs=0.01)


def test_a_task_of_inspections_reads_its_candidates(tmp_path: Path) -> None:
    archive = archive_of(city(shops=60, visits=5), tmp_path)
    task = Task(
        cohort=CohortRule(sources=("source",)), correction=Correction(candidates_per_date=20)
    )
    inputs = read_inputs(archive, task, CATALOGUE.select(use="grade"))
    candidates = inputs.candidates
    assert candidates is not None
    assert (candidates.until < inputs.test.cut).all()
    assert len(candidates.matrix) == candidates.enterprise.size
    looked = (candidates.seen < NEVER).mean()
    assert 0.02 < looked < 0.3  # five visits in some forty-six spans
    assert read_inputs(archive, Task(), CATALOGUE.select(use="grade")).candidates is None
