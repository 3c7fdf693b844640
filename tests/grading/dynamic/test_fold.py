"""The fold: runs due made in order, named events between months, and hysteresis carried on."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError
from xinheng.core.time import SHANGHAI, day, show
from xinheng.features import city
from xinheng.grading import Bundle
from xinheng.grading.dynamic import advance, matrices
from xinheng.grading.dynamic.inforce import read_in_force
from xinheng.grading.dynamic.matrices import Matrices
from xinheng.ledger import Run

from ..world import parts
from .world import AT, Town, change, counted, on, record, resting, town

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


def test_a_calibration_that_followed_computes_the_city_no_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, first = town(tmp_path)[0], resting(parts())
    advance(place.gradings, place.sign(first), on("2024-01-01"), at=AT, actor="li")
    computed = counted(monkeypatch)
    moved = replace(first, calibrator=first.calibrator.shifted(0.6))
    [run] = advance(place.gradings, place.sign(moved), on("2024-02-01"), at=AT, actor="li")
    assert run.changed >= 5
    assert computed == []
    other = replace(resting(parts(), 3.0), calibrator=first.calibrator.shifted(-0.6))
    [run] = advance(place.gradings, place.sign(other), on("2024-03-01"), at=AT, actor="li")
    assert run.changed >= 5
    assert computed == ["computed"], "another catalogue begins anew; what rests on others is shared"
    place.ledger.close()


LATE = record("incident", "S013", "2024-01-20", "death")
IN_TIME = record("list_entry", "S007", "2024-02-10", "serious_dishonesty")


def days(runs: list[Run]) -> list[tuple[str, str, int]]:
    return [(show(run.as_of), run.reason, run.enterprises) for run in runs]


@pytest.mark.parametrize("changes", [{}, {"kept": None}], ids=["kept", "anew"])
def test_a_named_event_delivered_late_leads_to_the_first_run_there_can_be(
    tmp_path: Path, changes: dict[str, None]
) -> None:
    place, bundle = town(tmp_path)

    def advanced(until: str, **more: int) -> list[Run]:
        gradings = replace(place.gradings, **changes)
        return advance(gradings, bundle, on(until), at=AT, actor="li", **more)

    advanced("2024-02-01", start=on("2024-01-15"))
    place.deliver([LATE, IN_TIME])
    assert advanced("2024-02-01") == []
    runs = advanced("2024-03-05")
    assert days(runs) == [
        ("2024-02-02", "fatal_food_accident", 1),
        ("2024-02-11", "serious_dishonesty", 1),
        ("2024-03-01", "monthly", 60),
    ]
    [found] = place.gradings.history.changes(run=runs[0].id)
    assert (found.enterprise, found.cause) == ("S013", "rule_met")
    assert advanced("2024-03-05") == []
    place.deliver([change(IN_TIME, "withdrawn", "2024-02-20")])
    [lifted, _] = advanced("2024-04-01")
    assert days([lifted]) == [("2024-03-02", "serious_dishonesty", 1)]
    place.ledger.close()


def test_one_call_after_everything_differs_only_by_what_was_late(tmp_path: Path) -> None:
    place, bundle = town(tmp_path, LATE, IN_TIME)
    runs = advance(
        place.gradings, bundle, on("2024-03-05"), at=AT, actor="li", start=on("2024-01-15")
    )
    assert days(runs) == [
        ("2024-01-15", "start", 60),
        ("2024-01-21", "fatal_food_accident", 1),
        ("2024-02-01", "monthly", 60),
        ("2024-02-11", "serious_dishonesty", 1),
        ("2024-03-01", "monthly", 60),
    ]
    place.ledger.close()


def test_what_is_late_is_graded_by_a_run_of_everybody_where_one_is_due_that_day(
    tmp_path: Path,
) -> None:
    place, bundle = town(tmp_path)
    advance(place.gradings, bundle, on("2024-01-31"), at=AT, actor="li")
    place.deliver([LATE])
    runs = advance(place.gradings, bundle, on("2024-02-20"), at=AT, actor="li")
    assert days(runs) == [("2024-02-01", "monthly", 60)]
    place.ledger.close()


def test_a_call_after_a_small_delivery_reads_only_whom_it_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, bundle = town(tmp_path)
    advance(place.gradings, bundle, on("2024-01-15"), at=AT, actor="li")
    read: list[int] = []
    some = city.City.read.fget
    monkeypatch.setattr(
        city.City, "read", property(lambda self: lambda who: (read.extend(who), some(self)(who))[1])
    )
    monkeypatch.setattr(city.City, "parts", None)
    assert advance(place.gradings, bundle, on("2024-01-16"), at=AT, actor="li") == []
    place.deliver([record("inspection", "S030", "2024-01-17", "1")])
    for until in ("2024-01-18", "2024-01-19"):
        assert advance(place.gradings, bundle, on(until), at=AT, actor="li") == []
    assert read == [place.number("S030")]
    place.ledger.close()


@pytest.mark.parametrize("few", [1, 10, 1_000])
def test_a_run_of_few_leaves_what_is_kept_of_everybody_where_little_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(matrices, "FEW", few)
    place = town(tmp_path)[0]
    bundle = place.sign(resting(parts()))
    advance(place.gradings, bundle, on("2024-01-02"), at=AT, actor="li")
    before = kept_state(place)
    happened = [record("inspection", f"S{n:03}", "2024-01-03", "1") for n in range(5)]
    place.deliver([record("incident", "S013", "2024-01-03", "death"), *happened])
    [run] = advance(place.gradings, bundle, on("2024-01-04"), at=AT, actor="li")
    assert (run.enterprises, kept_state(place) == before) == (1, few <= 10)
    who = np.array([place.number("S013")], np.int32)
    found = place.gradings.matrices(bundle).some(who, run.as_of)
    pd.testing.assert_frame_equal(found, Matrices(place.gradings.city, bundle).some(who, run.as_of))
    place.ledger.close()


def kept_state(place: Town) -> str:
    return (place.folder / "kept" / "current.json").read_text("utf-8")


def test_a_run_is_made_by_who_was_champion_when_its_day_began(tmp_path: Path) -> None:
    place, old = town(tmp_path)
    new = place.sign(replace(parts(), calibrator=parts().calibrator.shifted(0.6)))
    champion = partial(promotion, place)
    champion(old, "2024-01-10T09:00")
    champion(new, "2024-02-01T04:00")
    history = place.ledger.promotions.history("grade")
    runs = advance(
        place.gradings, new, on("2024-03-05"), at=AT, actor="li",
        start=on("2024-01-10"), promotions=history,
    )  # fmt: skip
    assert [(show(run.as_of), run.bundle) for run in runs] == [
        ("2024-01-10", new.digest),  # nobody was champion yet
        ("2024-02-01", old.digest),
        ("2024-03-01", new.digest),
    ]
    again, _ = town(tmp_path / "daily")
    again.sign(replace(parts(), calibrator=parts().calibrator.shifted(0.6)))
    for bundle, until in ((new, "2024-01-10"), (old, "2024-02-01"), (new, "2024-03-05")):
        advance(again.gradings, bundle, on(until), at=AT, actor="li")
    assert [run.digest for run in again.gradings.history.runs()] == [run.digest for run in runs]
    for each in (place, again):
        each.ledger.close()


def test_an_earlier_champion_s_days_are_never_asked_of_a_later_one(tmp_path: Path) -> None:
    """Between two terms of one bundle another graded, whose policy names no such event."""
    place, old = town(tmp_path, record("list_entry", "S007", "2024-03-05", "serious_dishonesty"))
    start = "effective_from = 2000-01-01"
    head, body = parts().policy.text.split("[[edition]]", 1)
    ended = body.replace(start, f"effective_to = 2024-02-01\n{start}")
    later = body.replace(start, "effective_from = 2024-02-02").replace("design-1", "design-2")
    quiet = later.split("[[edition.updates.event]]")[0]
    policy = type(parts().policy).parse(f"{head}[[edition]]{ended}[[edition]]{quiet}", "quiet")
    new = place.sign(replace(parts(), policy=policy))
    for bundle, moment in ((old, "01-01"), (new, "02-01"), (old, "03-10")):
        promotion(place, bundle, f"2024-{moment}T09:00")
    history = place.ledger.promotions.history("grade")
    runs = advance(
        place.gradings, old, on("2024-04-02"), at=AT, actor="li",
        start=on("2024-01-02"), promotions=history,
    )  # fmt: skip
    assert [(show(run.as_of), run.bundle) for run in runs] == [
        ("2024-01-02", old.digest),
        ("2024-02-01", old.digest),
        ("2024-03-01", new.digest),
        ("2024-04-01", old.digest),
    ]
    place.ledger.close()


def test_an_archive_that_holds_less_than_the_last_run_saw_is_refused(tmp_path: Path) -> None:
    place, bundle = town(tmp_path)
    before = place.gradings
    place.deliver([ACCIDENT])
    advance(place.gradings, bundle, on("2024-02-01"), at=AT, actor="li")
    with pytest.raises(IntegrityError, match="run 1 saw delivery 2, and this archive ends with"):
        advance(before, bundle, on("2024-03-01"), at=AT, actor="li")
    assert len(place.gradings.history.runs()) == 1
    place.ledger.close()


def test_a_level_that_is_not_as_it_was_given_has_no_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, bundle = town(tmp_path)
    advance(place.gradings, bundle, on("2024-01-01"), at=AT, actor="li")

    def tampered(*given: Any) -> Any:
        standing = read_in_force(*given)
        standing.level[5] = 0 if standing.level[5] else 5
        return standing

    monkeypatch.setattr("xinheng.grading.dynamic.fold.read_in_force", tampered)
    with pytest.raises(IntegrityError, match=r"such as those of number 5: what is known"):
        advance(place.gradings, bundle, on("2024-02-01"), at=AT, actor="li")
    assert len(place.gradings.history.runs()) == 1
    place.ledger.close()


def promotion(place: Town, bundle: Bundle, moment: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    place.ledger.promote(bundle.digest, purpose="grade", actor="li", reason="because", at=at)


def test_a_champion_that_is_gone_is_told(tmp_path: Path) -> None:
    place, old = town(tmp_path)
    new = place.sign(replace(parts(), calibrator=parts().calibrator.shifted(0.6)))
    promotion(place, old, "2024-01-01T09:00")
    promotion(place, new, "2024-01-20T09:00")
    shutil.rmtree(place.folder / "bundles" / old.digest)
    history = place.ledger.promotions.history("grade")
    ask = partial(advance, place.gradings, new, at=AT, actor="li", promotions=history)
    with pytest.raises(NotFoundError, match=old.digest[:12]):
        ask(on("2024-02-01"), start=on("2024-01-10"))
    [run] = ask(on("2024-01-31"), start=on("2024-01-21"))
    assert run.bundle == new.digest
    place.ledger.close()
