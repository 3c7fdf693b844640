"""Every gate, on futures made by hand, that it has to let pass and that it has to hold back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.core import time
from xinheng.grading import Calibrator, ModelCard
from xinheng.training import Draws, Migration
from xinheng.training.limits import Limits
from xinheng.training.promotion.calibrating import calibration_gate
from xinheng.training.promotion.fairness import contrast, fairness_gate
from xinheng.training.promotion.future import Future, fresh
from xinheng.training.promotion.gate import Gate, Status, held_back
from xinheng.training.promotion.moving import migration_gate
from xinheng.training.promotion.ranking import data_gate, loss_gate, ranking_gate
from xinheng.training.promotion.trial import recalibration_gates

from ...grading.world import parts
from ..world import cohort_of

LIMITS, DRAWS = Limits(), Draws(draws=200)
ROWS = 4_000


def future(
    champion: float = 0.0,
    challenger: float = 0.0,
    *,
    rows: int = ROWS,
    noise: tuple[float, float] = (0.0, 0.0),
    alarm: tuple[float, float] | None = None,
    north: float = 0.0,
    seed: int = 1,
) -> Future:
    """Make outcomes of a known chance, and two models off by so many log-odds or so much noise.

    Of the district "north", a third of the rows, the challenger is off by `north` besides. Alarms
    are all above a probability.
    """
    rng = np.random.default_rng(seed)
    logit = rng.normal(-1.5, 1.0, rows)
    label = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    district = np.where(np.arange(rows) % 3 == 0, "north", "south").astype(object)
    shift = np.where(district == "north", north, 0.0)
    chance = tuple(
        1 / (1 + np.exp(-(logit + off + extra + rng.normal(0, wild, rows))))
        for off, extra, wild in ((champion, 0.0, noise[0]), (challenger, shift, noise[1]))
    )
    cohort = cohort_of([20_000] * rows, label.tolist())
    one = np.full(rows, "", object)
    groups = {"population": np.full(rows, "operator", object), "district": district}
    groups |= dict.fromkeys(("category", "staff", "capital"), one)
    marks = None
    if alarm is not None:
        marks = (
            chance[0] >= alarm[0],
            chance[1] >= np.where(district == "north", alarm[1], alarm[0]),
        )
    return Future(cohort, groups, chance, marks)


# -------------------------------------------------------------------- rows


def card(**days: str) -> ModelCard:
    return replace(parts().card, **days)


@pytest.mark.parametrize(
    ("champion", "challenger", "at", "expected"),
    [
        ({"cut": "2020-02-01"}, {"cut": "2020-02-01"}, "2021-01-01", [0, 1, 1, 1]),
        ({"cut": "2020-02-01"}, {"cut": "2020-03-01"}, "2021-01-01", [0, 0, 1, 1]),
        ({"cut": "2020-03-01"}, {"cut": "2020-02-01"}, "2021-01-01", [0, 0, 1, 1]),
        # settled on the last day of each month's third: known the day after
        ({"cut": "2020-02-01"}, {"cut": "2020-02-01"}, "2020-05-31", [0, 1, 0, 0]),
        ({"cut": "2020-02-01"}, {"cut": "2020-02-01"}, "2020-06-01", [0, 1, 1, 0]),
        (
            {"cut": "2020-02-01", "followed_until": "2020-06-01"},
            {"cut": "2020-02-01"},
            "2021-01-01",
            [0, 0, 0, 1],
        ),
    ],
)
def test_only_what_neither_could_know_counts(
    champion: dict[str, str], challenger: dict[str, str], at: str, expected: list[int]
) -> None:
    days = [time.day(f"2020-0{month}-15") for month in (1, 2, 3, 4)]
    settled = [time.day(day) for day in ("2020-03-31", "2020-04-30", "2020-05-31", "2020-06-30")]
    cohort = cohort_of(days, [0, 1, 0, 1], settled=settled, available=settled)
    found = fresh(cohort, [card(**champion), card(**challenger)], time.day(at))
    assert found.astype(int).tolist() == expected


def test_enough_is_of_rows_and_of_either_outcome() -> None:
    assert data_gate(future(), LIMITS).status is Status.PASSED
    few = data_gate(future(rows=400), LIMITS)
    assert few.status is Status.UNDECIDED
    assert "500 are needed, and 50 of either kind" in few.says
    rare = Limits(violations=2_000)
    assert data_gate(future(), rare).status is Status.UNDECIDED


# ------------------------------------------------------------- paired tests


@pytest.mark.parametrize(
    ("made", "ranking", "loss"),
    [
        (future(), "passed", "passed"),
        (future(noise=(0.0, 0.1)), "passed", "passed"),
        (future(noise=(1.0, 0.0)), "passed", "passed"),
        (future(noise=(0.0, 1.0)), "failed", "failed"),
        (future(challenger=0.6), "passed", "failed"),
        (future(rows=200, noise=(0.7, 0.7)), "undecided", "undecided"),
    ],
    ids=["same", "a little noise", "better", "worse", "level off", "few rows"],
)
def test_not_worse_has_to_be_shown(made: Future, ranking: str, loss: str) -> None:
    assert ranking_gate(made, LIMITS, DRAWS).status == ranking
    assert loss_gate(made, LIMITS, DRAWS).status == loss


def test_the_figures_say_which_hypothesis_was_rejected() -> None:
    gate = ranking_gate(future(), LIMITS, DRAWS)
    assert "that it is worse by 0.0100 or more is rejected" in gate.says
    assert gate.figures["difference"] == [0.0, 0.0, 0.0]
    assert gate.figures["margin"] == -0.01


# ----------------------------------------------------------- kept promises


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (future(), "passed"),
        (future(challenger=0.5), "failed"),
        (future(champion=0.5, challenger=0.4), "passed"),  # off, but less than what is in force
        (future(challenger=0.05), "passed"),  # within the tolerance
        (future(rows=29), "undecided"),
    ],
    ids=["right", "promises too much", "less off than before", "a little off", "few rows"],
)
def test_as_many_have_to_come_as_were_promised(made: Future, status: str) -> None:
    assert calibration_gate(made, LIMITS).status == status


def test_what_is_off_is_named() -> None:
    says = calibration_gate(future(challenger=0.5), LIMITS).says
    assert says.startswith("population operator: 21.2% came, 30.1% promised; tenth ")


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (future(), "passed"),
        (future(challenger=0.5), "passed"),  # off alike for all: the other gate's business
        (future(north=0.5), "failed"),
        (future(north=-0.5), "failed"),
        (future(north=0.05), "passed"),
        (future(alarm=(0.5, 0.5)), "passed"),
        (future(alarm=(0.5, 0.3)), "failed"),
        (future(rows=60), "undecided"),
    ],
    ids=["alike", "all off", "up", "down", "a little", "alarms", "more alarms", "few rows"],
)
def test_no_group_is_treated_otherwise(made: Future, status: str) -> None:
    assert fairness_gate(made, LIMITS).status == status


def test_who_is_wrongly_alarmed_more_is_named() -> None:
    says = fairness_gate(future(alarm=(0.5, 0.3)), LIMITS).says
    assert says.startswith("district north: ")
    assert "wrongly on D or E" in says


def test_gates_on_groups_rarely_fail_by_chance() -> None:
    gates = [(calibration_gate, fairness_gate)[seed % 2] for seed in range(40)]
    failed = sum(
        gate(future(seed=seed, rows=1_500, noise=(0.3, 0.0)), LIMITS).status is Status.FAILED
        for seed, gate in enumerate(gates)
    )
    assert failed <= 4


def test_a_contrast_takes_rows_of_an_enterprise_together() -> None:
    values, inside = np.array([1.0, 0.0] * 20), np.arange(40) < 20
    apart = contrast(values, inside, np.arange(40, dtype=np.int32))
    twice = contrast(np.tile(values, 2), np.tile(inside, 2), np.tile(np.arange(40), 2))
    assert apart.value == twice.value == 0.0
    assert twice.upper == pytest.approx(apart.upper)  # the same again tells nothing new


# ----------------------------------------------------------------- movement


def moved(*jumps: int) -> Migration:
    """Of a hundred enterprises, so many on the diagonal as remain, and one for each jump."""
    counts = np.zeros((6, 6), np.int64)
    counts[1, 1] = 100 - len(jumps)
    for jump in jumps:
        counts[0, jump] += 1
    return Migration(counts)


@pytest.mark.parametrize(
    ("found", "status", "says"),
    [
        ({"": moved()}, "passed", "0.00% by two levels or more; 2.00% may"),
        ({"": moved(1, 1, 1, 1)}, "passed", "4.00% of 100 in business move, 0.00%"),
        ({"": moved(2, 2)}, "passed", "2.00% by two levels"),
        ({"": moved(2, 2, 5)}, "failed", "3.00% by two levels"),
        ({"": moved(), "producer": moved(2, 3, 4)}, "failed", "of producer 3.00%"),
    ],
)
def test_the_budget_is_for_all_and_for_each_population(
    found: dict[str, Migration], status: str, says: str
) -> None:
    gate = migration_gate(found, LIMITS)
    assert gate.status == status
    assert says in gate.says
    assert pd.DataFrame(gate.figures["levels"]["all"]).to_numpy().sum() == 100


# ------------------------------------------------------------ recalibration


@pytest.mark.parametrize(("shift", "held"), [(0.3, []), (-0.7, []), (0.8, ["step"])])
def test_a_recalibration_may_not_leap(shift: float, held: list[str]) -> None:
    before = Calibrator(np.array([-1.0, 1.0]), np.array([1.0, 2.0]), offset=-1.0)
    gates = recalibration_gates(before, before.shifted(shift), shift, LIMITS)
    assert [gate.name for gate in held_back(gates)] == held


def test_a_recalibration_that_bends_the_curve_is_none() -> None:
    before = Calibrator(np.array([-1.0, 1.0]), np.array([1.0, 2.0]), offset=-1.0)
    bent = replace(before, slopes=np.array([1.0, 1.5]))
    order, _ = recalibration_gates(before, bent, 0.0, LIMITS)
    assert (order.status, order.waivable) == (Status.FAILED, False)


def test_figures_are_plain_json() -> None:
    gate = Gate("a", Status.PASSED, "fine", {"x": (1.0, float("nan")), "y": {2: [float("inf")]}})
    assert gate.to_dict()["figures"] == {"x": [1.0, None], "y": {"2": [None]}}


@pytest.mark.slow
def test_the_page_has_the_rates_that_the_command_prints() -> None:
    from .rates import FUTURES, rates, table

    page = (Path(__file__).parents[3] / "docs" / "promotion.md").read_text("utf-8")
    assert table(rates(range(FUTURES)), FUTURES) in page
