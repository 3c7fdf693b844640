"""What people set: runs take it in from the next day on, say so, and are the same without it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from xinheng.core.time import SHANGHAI, show
from xinheng.grading import Bundle
from xinheng.grading.dynamic import Gradings, advance, rebuild, write_csv
from xinheng.grading.dynamic.store import GradeStore
from xinheng.ledger import Ledger, Run
from xinheng.ledger.reviews import Act, Opening, Overrides, Reviews

from ...ledger.reviews.world import Desk, decision
from .world import Town, on, record, town

START, END = on("2024-01-15"), on("2024-04-10")
ACCIDENT = record("incident", "S012", "2024-03-20", "death")


def at(text: str, hour: int = 15):
    return pd.Timestamp(f"{text} {hour}:00", tz=SHANGHAI).to_pydatetime()


AT = at("2026-06-02")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, Bundle]]:
    found, bundle = town(tmp_path_factory.mktemp("town"), ACCIDENT)
    yield found, bundle
    found.ledger.close()


@dataclass(frozen=True, eq=False)
class Reviewed(Gradings):
    """Gradings with the reviews that the levels set by people are from."""

    reviews: Reviews = field(kw_only=True)


def setup(place: tuple[Town, Bundle], folder: Path) -> Reviewed:
    """A ledger and a store of their own beside the archive of the town."""
    ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}")
    return Reviewed(
        place[0].gradings.city,
        ledger.history,
        GradeStore(folder / "grades"),
        place[0].read,
        overrides=ledger.reviews.overrides,
        reviews=ledger.reviews,
    )


def set_level(gradings: Reviewed, shop: str, level: str, when: str, until: str) -> Desk:
    number = gradings.city.archive.enterprise(shop)
    opening = Opening(number=number, enterprise=shop, cause="worse", as_of=on(when), level="D")
    desk = Desk(gradings.reviews, opening, at(when))
    told = decision(level=level, until=until, second=False)
    for act, detail in (("take", {}), ("decide", told)):
        desk.case = gradings.reviews.act(
            desk.case.id, Act(act), at=at(when), actor="li", detail=detail
        )
    return desk


def runs_of(gradings: Gradings, bundle: Bundle, until: int = END) -> list[Run]:
    start = None if gradings.history.runs() else START
    advance(gradings, bundle, until, at=AT, actor="li", start=start)
    return gradings.history.runs()


def levels(gradings: Gradings, shop: str) -> list[tuple[str, str, str, str | None]]:
    number, found = gradings.city.archive.enterprise(shop), []
    for run in gradings.history.runs():
        columns = ["enterprise", "level", "cause", "model_level", "override"]
        rows = gradings.store.read(run.digest, columns=columns, enterprise=number).to_pylist()
        found += [(show(run.as_of), row["level"], row["cause"], row["override"]) for row in rows]
    return found


def model_level(gradings: Gradings, number: int, day: str) -> str:
    [run] = [run for run in gradings.history.runs() if show(run.as_of) == day]
    return gradings.store.read(run.digest, enterprise=number).to_pylist()[0]["model_level"]


def test_what_is_only_proposed_changes_no_byte(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    desk = Desk(here.reviews, at=at("2024-02-10"))
    desk.act("take")
    desk.act("decide", detail=decision())
    without = replace(setup(place, tmp_path / "other"), overrides=Overrides)
    assert [run.digest for run in runs_of(here, place[1])] == [
        run.digest for run in runs_of(without, place[1])
    ]


def test_a_run_is_due_when_a_level_begins_and_when_it_ends(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    model = runs_of(
        replace(here, overrides=Overrides, history=Ledger("sqlite://").history), place[1]
    )
    given = {show(run.as_of): run for run in model}
    number = here.city.archive.enterprise("S007")
    before = here.store.read(given["2024-02-01"].digest, enterprise=number).to_pylist()[0]["level"]
    other = "E" if before != "E" else "A"
    set_level(here, "S007", other, "2024-02-10", "2024-03-10")
    runs = runs_of(here, place[1])
    assert [(show(run.as_of), run.enterprises) for run in runs if run.reason == "override"] == [
        ("2024-02-11", 1),
        ("2024-03-11", 1),
    ]
    told = levels(here, "S007")
    assert told[:3] == [
        ("2024-01-15", told[0][1], "first", None),
        ("2024-02-01", before, told[1][2], None),
        ("2024-02-11", other, "override", other),
    ]
    assert ("2024-03-01", other, "", other) in told
    [ended] = [each for each in told if each[0] == "2024-03-11"]
    assert ended == ("2024-03-11", model_level(here, number, "2024-03-11"), "override", None)
    changes = here.history.changes(number=number)
    details = [each.detail["override"] for each in changes if each.cause == "override"]
    assert details == [[None, other], [other, None]]


def test_of_others_nothing_changes(place, tmp_path: Path) -> None:
    here, without = setup(place, tmp_path), setup(place, tmp_path / "other")
    set_level(here, "S007", "E", "2024-02-10", "2024-03-10")
    plain = {run.as_of: run for run in runs_of(without, place[1])}
    for run in runs_of(here, place[1]):
        if run.as_of in plain:
            one, other = (
                each.store.read(digest).to_pandas().set_index("id").drop("S007", errors="ignore")
                for each, digest in ((here, run.digest), (without, plain[run.as_of].digest))
            )
            pd.testing.assert_frame_equal(one.drop(columns="override", errors="ignore"), other)


def test_law_stands_over_what_people_set(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    set_level(here, "S012", "A", "2024-03-05", "2024-04-09")
    runs_of(here, place[1])
    told = {day: (level, cause) for day, level, cause, _ in levels(here, "S012")}
    assert told["2024-03-06"][0] == "A"
    assert told["2024-03-21"] == ("E", "rule_met")


def test_a_past_grade_is_made_again_with_the_decisions_of_then(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    set_level(here, "S007", "E", "2024-02-10", "2024-03-10")
    runs_of(here, place[1])
    set_level(here, "S007", "A+", "2024-05-10", "2024-06-10")
    number = here.city.archive.enterprise("S007")
    for day in ("2024-02-01", "2024-02-11", "2024-03-01", "2024-03-11"):
        found = rebuild(here, on(day), number)
        assert (found.enterprises, found.different) == (1, ())
    assert rebuild(here, on("2024-03-01")).different == ()


def test_daily_calls_make_the_runs_of_one_call(place, tmp_path: Path) -> None:
    daily, at_once = setup(place, tmp_path), setup(place, tmp_path / "other")
    for each in (daily, at_once):
        set_level(each, "S007", "E", "2024-02-10", "2024-02-20")
        set_level(each, "S008", "D", "2024-02-15", "2024-03-20")
    runs_of(daily, place[1], START)
    for day in range(START + 1, on("2024-03-25")):
        runs_of(daily, place[1], day)
    runs_of(at_once, place[1], on("2024-03-24"))
    assert [(run.as_of, run.digest) for run in daily.history.runs()] == [
        (run.as_of, run.digest) for run in at_once.history.runs()
    ]


def test_what_is_decided_after_a_run_of_its_day_counts_on_the_next(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    ahead = at("2024-02-09")
    start = on("2024-02-11")
    advance(here, place[1], start, at=ahead, actor="li", start=start)
    set_level(here, "S007", "E", "2024-02-10", "2024-02-20")
    more = advance(here, place[1], start + 1, at=ahead + timedelta(days=1), actor="li")
    assert [(show(run.as_of), run.reason) for run in more] == [("2024-02-12", "override")]
    assert levels(here, "S007")[-1][1] == "E"


def test_the_levels_in_force_are_written_out_with_what_people_set(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    set_level(here, "S007", "E", "2024-02-10", "2024-03-10")
    runs_of(here, place[1])
    for day, has in (("2024-02-15", True), ("2024-02-05", False)):
        write_csv(here, on(day), tmp_path / "all.csv")
        found = pd.read_csv(tmp_path / "all.csv", keep_default_na=False).set_index("id")
        assert ("override" in found) is has
    write_csv(here, on("2024-02-15"), tmp_path / "all.csv")
    found = pd.read_csv(tmp_path / "all.csv", keep_default_na=False).set_index("id")
    assert found.loc["S007", ["level", "override"]].tolist() == ["E", "E"]
    assert set(found["override"].drop("S007")) == {""}
