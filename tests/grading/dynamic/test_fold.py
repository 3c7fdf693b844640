"""The fold: runs due made in order, named events between months, and hysteresis carried on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xinheng.core.errors import IntegrityError, InvalidError
from xinheng.core.time import day, show
from xinheng.grading.dynamic import advance
from xinheng.ledger import Run

from ..world import parts
from .world import AT, Town, change, on, record, town

LISTED = record("list_entry", "S007", "2024-02-10", "serious_dishonesty")
ACCIDENT = record("incident", "S013", "2024-03-20", "death")
HAPPENED = (
    LISTED,
    change(LISTED, "withdrawn", "2024-04-15"),
    ACCIDENT,
    record("incident", "S012", "2024-03-20", "outbreak"),  # which policy does not name
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, list[Run]]]:
    """Half a year of runs."""
    place, bundle = town(tmp_path_factory.mktemp("town"), *HAPPENED)
    runs = advance(
        place.gradings, bundle, on("2024-06-10"), at=AT, actor="li", start=on("2024-01-15")
    )
    yield place, runs
    place.ledger.close()


def test_runs_are_monthly_and_on_the_day_after_a_named_event(made: tuple[Town, list[Run]]) -> None:
    place, runs = made
    assert [(show(run.as_of), run.reason, run.enterprises) for run in runs] == [
        ("2024-01-15", "start", 60),
        ("2024-02-01", "monthly", 60),
        ("2024-02-11", "serious_dishonesty", 1),
        ("2024-03-01", "monthly", 60),
        ("2024-03-21", "fatal_food_accident", 1),
        ("2024-04-01", "monthly", 60),
        ("2024-04-16", "serious_dishonesty", 1),
        ("2024-05-01", "monthly", 60),
        ("2024-06-01", "monthly", 60),
    ]
    assert [run.after for run in runs] == [0, *(run.id for run in runs[:-1])]
    assert place.gradings.history.runs() == runs


def test_a_rule_met_and_lifted_is_the_cause_and_says_which(made: tuple[Town, list[Run]]) -> None:
    place, _ = made
    changes = place.gradings.history.changes
    seven, thirteen = map(place.gradings.city.archive.enterprise, ("S007", "S013"))
    listed = [each for each in changes(number=seven) if "rule" in each.cause]
    assert [(show(each.as_of), each.level, each.cause) for each in listed] == [
        ("2024-02-11", "E", "rule_met"),
        ("2024-04-16", listed[0].previous, "rule_lifted"),
    ]
    assert listed[0].detail["rule_met"] == ["serious_dishonesty"]
    assert listed[1].detail["rule_lifted"] == ["serious_dishonesty"]
    [accident] = [each for each in changes(number=thirteen) if "rule" in each.cause]
    assert accident.detail["rule_met"] == ["fatal_food_accident"]


def test_every_change_is_in_the_ledger_and_every_count_is_true(
    made: tuple[Town, list[Run]],
) -> None:
    place, runs = made
    before: dict[str, str] = {}
    for run in runs:
        grades = place.levels(run)
        assert run.enterprises == len(grades)
        assert run.first == sum(name not in before for name in grades.index)
        assert {k: (grades["level"] == k).sum() for k in run.levels} == run.levels
        assert run.held == (grades["model_level"] != grades["plain_level"]).sum()
        moved = {n: row for n, row in grades.iterrows() if before.get(n, row.level) != row.level}
        changes = {each.enterprise: each for each in place.gradings.history.changes(run=run.id)}
        assert run.changed == len(moved)
        assert changes.keys() == moved.keys()
        for name, each in changes.items():
            assert (each.previous, each.level) == (before[name], moved[name].level)
            assert each.cause == moved[name].cause != ""
        before |= grades["level"].to_dict()


def test_the_level_before_is_the_model_s_of_the_run_before(made: tuple[Town, list[Run]]) -> None:
    place, runs = made
    carried: dict[str, str] = {}
    for run in runs:
        grades = place.levels(run)
        said = grades["previous"].astype(object).where(grades["previous"].notna(), None)
        assert said.to_dict() == {name: carried.get(name) for name in grades.index}
        carried |= grades["model_level"].to_dict()


@pytest.mark.parametrize("stops", [["2024-02-20", "2024-06-10"], ["2024-02-11", "2024-05-01"]])
def test_however_often_it_is_run_the_grades_are_the_same(
    made: tuple[Town, list[Run]], tmp_path: Path, stops: list[str]
) -> None:
    place, whole = made
    again, bundle = town(tmp_path, *HAPPENED)
    advance(again.gradings, bundle, on("2024-01-15"), at=AT, actor="li")
    for stop in stops:
        advance(again.gradings, bundle, on(stop), at=AT, actor="wang")
    runs = again.gradings.history.runs()
    names = ("after", "as_of", "reason", "levels", "changed", "digest")
    for one, other in zip(runs, whole, strict=False):
        assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]
    assert advance(again.gradings, bundle, on(stops[-1]), at=AT, actor="li") == []
    again.ledger.close()
    assert place.gradings.history.runs() == whole


def test_a_start_is_given_once_and_lies_not_ahead(
    made: tuple[Town, list[Run]], tmp_path: Path
) -> None:
    place, runs = made
    bundle = place.read(runs[0].bundle)
    with pytest.raises(InvalidError, match="first run was as of 2024-01-15"):
        advance(place.gradings, bundle, on("2024-06-10"), at=AT, actor="li", start=1)
    empty, bundle = town(tmp_path)
    with pytest.raises(InvalidError, match="start 2024-06-11 lies after 2024-06-10"):
        advance(empty.gradings, bundle, on("2024-06-10"), at=AT, actor="li", start=on("2024-06-11"))
    empty.ledger.close()


def test_two_cannot_continue_one_run(made: tuple[Town, list[Run]]) -> None:
    place, runs = made
    with pytest.raises(IntegrityError, match=f"another run continued run {runs[0].id} meanwhile"):
        place.gradings.history.record(replace(runs[1], id=0), [])


def test_a_new_scale_begins_anew_and_a_new_effect_does_not(tmp_path: Path) -> None:
    place, bundle = town(tmp_path, LISTED)
    advance(place.gradings, bundle, on("2024-02-15"), at=AT, actor="li", start=on("2024-01-01"))
    start = "effective_from = 2000-01-01"
    first = parts().policy.text.split("[[edition]]")
    ended = first[1].replace(start, f"effective_to = 2024-02-29\n{start}")
    softer = (
        first[1]
        .replace(start, "effective_from = 2024-03-01\neffective_to = 2024-03-31")
        .replace("design-1", "design-2")
        .replace('serious_dishonesty = "at least E"', 'serious_dishonesty = "at least D"')
    )
    wider = (
        softer.replace(
            "effective_from = 2024-03-01\neffective_to = 2024-03-31", "effective_from = 2024-04-01"
        )
        .replace("design-2", "design-3")
        .replace('"B" = 0.15', '"B" = 0.10')
    )
    text = "[[edition]]".join([first[0], ended, softer, wider])
    policy = type(parts().policy).parse(text, "editions.toml")
    later = place.sign(replace(parts(), policy=policy))
    effect, scale = advance(place.gradings, later, on("2024-04-01"), at=AT, actor="li")
    assert (effect.policy, scale.policy) == ("default design-2", "default design-3")
    assert place.levels(effect)["previous"].notna().all()
    assert place.levels(scale)["previous"].isna().all()
    softened = {each.enterprise: each for each in place.gradings.history.changes(run=effect.id)}
    assert place.levels(effect).loc["S007", "model_level"] < "D"
    assert (softened["S007"].previous, softened["S007"].level) == ("E", "D")
    assert softened["S007"].cause == "policy"
    assert softened["S007"].detail["policy"] == ["design-1", "design-2"]
    stricter = place.gradings.history.changes(run=scale.id)
    assert any(each.cause == "policy" and each.level == "B" for each in stricter)
    place.ledger.close()


def test_a_calibration_that_followed_and_a_new_model_are_causes(tmp_path: Path) -> None:
    place, bundle = town(tmp_path)
    advance(place.gradings, bundle, on("2024-01-01"), at=AT, actor="li")
    moved = replace(parts(), calibrator=parts().calibrator.shifted(0.6))
    [run] = advance(place.gradings, place.sign(moved), on("2024-02-01"), at=AT, actor="li")
    causes = [each.cause for each in place.gradings.history.changes(run=run.id)]
    assert causes.count("calibration") >= 5
    assert not any("model" in cause for cause in causes)
    assert place.levels(run)["previous"].notna().all()
    other = replace(moved, blend=replace(parts().blend, booster=rounds(parts().blend.booster, 8)))
    [run] = advance(place.gradings, place.sign(other), on("2024-03-01"), at=AT, actor="li")
    causes = [each.cause for each in place.gradings.history.changes(run=run.id)]
    assert any(cause == "model" for cause in causes)
    place.ledger.close()


def rounds(booster: object, most: int) -> object:
    """The booster with its first rounds only."""
    import lightgbm as lgb

    return lgb.Booster(model_str=booster.model_to_string(num_iteration=most))


def test_who_comes_later_is_graded_first_in_the_month_after(tmp_path: Path) -> None:
    late = [record("enterprise", "S900", "2024-01-20", "")]
    place, bundle = town(tmp_path, *late)
    runs = advance(
        place.gradings, bundle, on("2024-02-01"), at=AT, actor="li", start=on("2024-01-15")
    )
    assert [run.first for run in runs] == [60, 1]
    grades = place.levels(runs[1])
    assert grades.loc["S900", "cause"] == "first"
    assert grades["level_before"].isna().sum() == 1
    late_one = place.gradings.city.archive.enterprise("S900")
    assert place.gradings.history.changes(number=late_one) == []
    assert np.array_equal(grades["enterprise"], np.sort(grades["enterprise"]))
    assert day("2024-02-01") == runs[1].as_of
    place.ledger.close()
