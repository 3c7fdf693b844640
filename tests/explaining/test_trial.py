"""Trials: levels carried on from run to run, as grades of a city are."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from xinheng.core.time import day
from xinheng.explaining import Actions
from xinheng.explaining.law.steps import Step, possible_steps
from xinheng.explaining.remedies.taking import worlds
from xinheng.explaining.remedies.trial import Trial
from xinheng.explaining.remedies.turn import Turn
from xinheng.features import Catalogue, count, known_before, standard_catalogue
from xinheng.grading import Level, Policy, Scorer
from xinheng.grading.dynamic.calendar import monthly

from ..grading.world import TODAY, indicator, record, rows_of
from .duties import MANY, scorer, town
from .spans import events_with


@pytest.fixture(scope="module")
def steady() -> Scorer:
    """The scorer under a hysteresis that holds many."""
    text = Policy.default().text.replace("better = 0.15", "better = 0.6")
    return Scorer(replace(scorer().bundle, policy=Policy.parse(text, "steady.toml")))


def carried(steady: Scorer, number: int, days: list[int], level: int) -> list[Level]:
    """Levels that count, of one run after the other."""
    found = []
    for when in days:
        own = known_before(town().of(number), TODAY)
        [grade] = steady.run(own, rows_of((number, when)), previous=[level]).itertuples()
        level = int(Level.of(grade.model_level))
        found.append(Level.of(grade.level))
    return found


def test_each_run_starts_from_the_level_of_the_one_before(steady: Scorer) -> None:
    days = monthly(steady.bundle.policy, TODAY, TODAY + 400)
    everybody = rows_of(*((number, TODAY) for number in range(1, MANY + 1)))
    starts = steady.run(town(), everybody)["model_level"].cat.codes.to_numpy()
    differs = 0
    for number, start in list(enumerate(starts.tolist(), 1))[:30]:
        own = known_before(town().of(number), TODAY)
        [told] = Trial(steady, own, number, None, TODAY, days[-1]).runs([()], start)
        assert [when for when, _, _ in told] == days
        rows = rows_of(*((number, when) for when in days))
        plain = steady.run(own, rows, previous=np.full(len(days), start))["level"]
        if [level for _, level, _ in told] != [Level.of(each) for each in plain]:
            differs += 1
            assert [level for _, level, _ in told] == carried(steady, number, days, start)
    assert differs


def test_a_grade_between_runs_carries_nothing_on(steady: Scorer) -> None:
    """The run of next month starts from that of this month, whatever is asked in between."""
    between = TODAY + 14
    [ahead] = monthly(steady.bundle.policy, between, between + 31)
    known = known_before(town(), TODAY)

    def levels(when: int, before: npt.ArrayLike) -> npt.NDArray[np.int8]:
        rows = rows_of(*((number, when) for number in range(1, MANY + 1)))
        return steady.run(known, rows, previous=before)["model_level"].cat.codes.to_numpy()

    start = np.full(MANY, int(Level.D))
    plain, through = levels(ahead, start), levels(ahead, levels(between, start))
    assert (plain != through).any()
    for number in [*range(1, 5), *(np.flatnonzero(plain != through)[:3] + 1).tolist()]:
        trial = Trial(steady, known.of(number), number, None, between, ahead)
        _, before = trial.present([int(Level.D)])
        [[(_, told, _)]] = trial.runs([()], before)
        assert before == Level.D
        assert [told] == carried(steady, number, [ahead], before)


def test_on_another_scale_no_level_is_carried_on(steady: Scorer) -> None:
    top, mark, edition = steady.bundle.policy.text.partition("[[edition]]")
    old = edition.replace("effective_from", "effective_to = 2026-05-14\neffective_from", 1)
    new = edition.replace("better = 0.6", "better = 0.61").replace("design-1", "design-2")
    new = new.replace("effective_from = 2000-01-01", "effective_from = 2026-05-15")
    policy = Policy.parse(mark.join([top, old, new]), "two.toml")
    two, differs = Scorer(replace(steady.bundle, policy=policy)), 0
    days = monthly(policy, TODAY, TODAY + 100)
    fresh = [day("2026-06-01")]
    for number in range(1, 30):
        own = known_before(town().of(number), TODAY)
        [told] = Trial(two, own, number, None, TODAY, days[-1]).runs([()], int(Level.E))
        [[anew]] = [[level for when, level, _ in told if [when] == fresh]]
        assert [anew] == carried(two, number, fresh, -1)
        differs += carried(two, number, days, int(Level.E))[days.index(*fresh)] != anew
    assert differs


def steady_with(catalogue: Catalogue) -> Any:
    """What a trial reads of a scorer to tell what a step does to indicators."""
    bundle = SimpleNamespace(catalogue=catalogue, policy=Policy.default())
    return SimpleNamespace(bundle=bundle)


def test_many_worlds_at_once_are_as_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of enterprises with something to do, all sets of two steps."""
    seen = 0
    for number in range(1, 13):
        own = known_before(town().of(number), TODAY)
        steps = possible_steps(
            Actions.default().on(TODAY).actions, own, TODAY, frozenset({"entity", "producer"})
        )
        trial = Trial(scorer(), own, number, None, TODAY, TODAY + 490, ("inspection.*",))
        sets = list(Turn(own, steps, TODAY).sets(steps, 2))
        alone = [next(trial.runs([each], int(Level.C))) for each in sets]
        assert list(trial.runs(sets, int(Level.C))) == alone
        monkeypatch.setattr("xinheng.explaining.remedies.trial.AT_ONCE", 3 * len(own))
        assert list(trial.runs(sets, int(Level.C))) == alone
        seen += len(sets)
    assert seen > 100


def test_a_step_that_moves_an_indicator_the_wrong_way_later_is_seen() -> None:
    """A certificate counts against its holder, after sixty days."""
    late = count("certificate:gmp", window=365, lag=60)
    gmp = next(each for each in Actions.default().on(TODAY).actions if each.id == "gmp")
    step = Step.beginning(gmp, -1, TODAY)
    catalogue = Catalogue((indicator("L", "滞后", "Later", expression=late, direction=1),))
    for until, wrong in ((TODAY + 30, []), (TODAY + 90, [step]), (TODAY + 800, [step])):
        trial = Trial(steady_with(catalogue), town().of(1), 1, None, TODAY, until)
        assert trial.reversing([step]) == wrong


def test_what_keeps_an_indicator_as_it_is_does_not_move_it() -> None:
    """Two categories go on by a renewal, which are none once the licence has run out."""
    own = events_with(
        record(7, "enterprise.population:producer", TODAY - 1800, record=50),
        *(
            record(7, f"{stream}{number}01", TODAY - 1700, record=int(number), case=9, value=8.0,
                   ended=TODAY + 90, ended_available=TODAY - 1700)
            for number in ("01", "02") for stream in ("licence:production.", "licence.category:")
        ),
    ).of(7)  # fmt: skip
    [renew] = possible_steps(Actions.default().on(TODAY).actions, own, TODAY, frozenset())
    catalogue = standard_catalogue().select(ids=["RL03", "RL04", "RL05", "RL06"])
    trial = Trial(steady_with(catalogue), own, 7, None, TODAY, TODAY + 490)
    assert trial.reversing([renew]) == []


def test_a_part_of_an_indicator_that_is_told_again_and_again_stays() -> None:
    """Complaints for each hundred insured, of whom nothing is told of the months ahead."""
    insured = [
        record(7, "insurance", TODAY - 20 - 30 * each, record=each, value=500.0)
        for each in range(9)
    ]
    complaints = [
        record(7, "complaint.accepted:food.quality", TODAY - ago, record=20 + ago)
        for ago in (30, 300)
    ]
    own = events_with(*insured, *complaints).of(7)
    catalogue = standard_catalogue().select(ids=["CC10"])
    days = np.array([TODAY, TODAY + 100, TODAY + 300], np.int32)
    for regular, told in ((("insurance",), [0.4, 0.2, 0.2]), ((), [0.4, 0.2, 1.0])):
        trial = Trial(steady_with(catalogue), own, 7, None, TODAY, TODAY + 490, regular)
        found = trial.ahead(worlds(own, [()]), np.zeros(3, np.int32), days)
        assert found[:, 0].tolist() == told
