"""Warnings in force: runs take them in by their days, say so, and are the same without any."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pytest

from xinheng.core.time import SHANGHAI, show
from xinheng.grading import Bundle, Level
from xinheng.grading.dynamic import Gradings, advance, rebuild, write_csv
from xinheng.grading.dynamic.store import GradeStore
from xinheng.ledger import Ledger, Run
from xinheng.ledger.downgrades import Act, Downgrades, Warnings
from xinheng.ledger.reviews import Act as ReviewAct
from xinheng.ledger.reviews import Opening

from ...ledger.downgrades.world import draft
from ...ledger.reviews.world import decision
from .world import Town, on, record, town

START, END = on("2024-01-15"), on("2024-04-10")
SHOP = "S007"


def at(text: str, hour: int = 15):
    return pd.Timestamp(f"{text} {hour}:00", tz=SHANGHAI).to_pydatetime()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, Bundle]]:
    accident = record("incident", "S012", "2024-03-20", "death")
    found, bundle = town(tmp_path_factory.mktemp("town"), accident)
    yield found, bundle
    found.ledger.close()


@dataclass(frozen=True, eq=False)
class Warned(Gradings):
    """Gradings with the ledger that warnings are served in."""

    ledger: Ledger = field(kw_only=True)

    @property
    def downgrades(self) -> Downgrades:
        return self.ledger.downgrades


def setup(place: tuple[Town, Bundle], folder: Path) -> Warned:
    ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}")
    return Warned(
        place[0].gradings.city,
        ledger.history,
        GradeStore(folder / "grades"),
        place[0].read,
        overrides=ledger.reviews.overrides,
        warnings=ledger.downgrades.warnings,
        ledger=ledger,
    )


def serve(here: Warned, level: str, when: str, due: str, days: int, shop: str = SHOP) -> int:
    """Serve a warning, and return its number."""
    number = here.city.archive.enterprise(shop)
    told = replace(draft(number=number, level=level, days=days), as_of=on(when), enterprise=shop)
    [made] = here.downgrades.draft([told], at=at(when), actor="rule")
    service = {"document": "1", "method": "mail", "delivered": when, "due": due}
    for act, who, detail in (
        (Act.CONFIRM, "li", {"second": True}),
        (Act.AGREE, "wang", {}),
        (Act.SERVE, "li", service),
    ):
        here.downgrades.act(made.case.id, act, at=at(when), actor=who, detail=detail)
    return made.case.id


def runs_of(here: Gradings, bundle: Bundle, until: int = END) -> list[Run]:
    start = None if here.history.runs() else START
    advance(here, bundle, until, at=at("2026-06-02"), actor="li", start=start)
    return here.history.runs()


def told(here: Gradings, shop: str = SHOP) -> dict[str, tuple[str, str, str | None]]:
    """Return level, cause and level of the warning by the day of the run."""
    number, found = here.city.archive.enterprise(shop), {}
    columns = ["level", "cause", "warning"]
    for run in here.history.runs():
        rows = here.store.read(run.digest, columns=columns, enterprise=number).to_pylist()
        found |= {show(run.as_of): (row["level"], row["cause"], row["warning"]) for row in rows}
    return found


def plain(place, folder: Path) -> dict[str, tuple[str, str, str | None]]:
    without = setup(place, folder)
    runs_of(without, place[1])
    return told(without)


def test_what_is_drafted_or_confirmed_changes_no_byte(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    number = here.city.archive.enterprise(SHOP)
    here.downgrades.draft([draft(number=number, level="E")], at=at("2024-02-01"), actor="rule")
    here.downgrades.act(1, Act.CONFIRM, at=at("2024-02-02"), actor="li", detail={})
    without = replace(setup(place, tmp_path / "other"), warnings=Warnings)
    assert [run.digest for run in runs_of(here, place[1])] == [
        run.digest for run in runs_of(without, place[1])
    ]


def test_a_run_is_due_when_a_warning_begins_and_ends_and_says_why(place, tmp_path: Path) -> None:
    here, before = setup(place, tmp_path), plain(place, tmp_path / "plain")
    serve(here, "E", "2024-02-05", "2024-02-10", days=29)
    runs_of(here, place[1], on("2024-03-05"))  # the rest goes on from what is kept of it
    runs = runs_of(here, place[1])
    days = [show(run.as_of) for run in runs if run.reason == "downgrade_warning"]
    assert days == ["2024-02-11", "2024-03-11"]
    found = told(here)
    assert before["2024-02-01"][0] != "E"
    assert found["2024-02-01"] == before["2024-02-01"]
    assert found["2024-02-11"] == ("E", "downgrade_warning", "E")
    assert found["2024-03-01"] == ("E", "", "E")
    assert found["2024-03-11"][1:] == ("downgrade_warning", None)
    changes = here.history.changes(number=here.city.archive.enterprise(SHOP))
    details = [c.detail["downgrade_warning"] for c in changes if c.cause == "downgrade_warning"]
    assert details == [[None, "E"], ["E", None]]


def test_a_milder_warning_than_the_model_changes_no_level(place, tmp_path: Path) -> None:
    here, before = setup(place, tmp_path), plain(place, tmp_path / "plain")
    serve(here, "A+", "2024-02-05", "2024-02-10", days=29)
    runs_of(here, place[1])
    found = told(here)
    assert {day: found[day][0] for day in before} == {day: each[0] for day, each in before.items()}
    assert found["2024-02-11"][2] == "A+"
    assert not [each for each in found.values() if "downgrade_warning" in each[1]]


def test_a_level_that_people_set_hides_no_warning(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    serve(here, "D", "2024-02-05", "2024-02-19", days=40)
    number = here.city.archive.enterprise(SHOP)
    opening = Opening(number=number, enterprise=SHOP, cause="worse", as_of=START, level="D")
    reviews = here.ledger.reviews
    case = reviews.open(opening, at=at("2024-02-24"), actor="policy", detail={})
    said = decision(level="A", until="2024-04-09", second=False)
    for act, detail in ((ReviewAct.TAKE, {}), (ReviewAct.DECIDE, said)):
        reviews.act(case.id, act, at=at("2024-02-24"), actor="li", detail=detail)
    runs_of(here, place[1])
    found = told(here)
    assert found["2024-02-25"][::2] == ("D", "D")
    assert found["2024-03-31"] == ("A", "downgrade_warning", None), "theirs, once the warning ends"


def test_it_stops_when_the_enterprise_states_something_and_when_it_is_lifted(
    place, tmp_path: Path
) -> None:
    here = setup(place, tmp_path)
    case = serve(here, "E", "2024-02-05", "2024-02-19", days=60)
    received = {"received": "2024-02-19"}
    here.downgrades.act(case, Act.STATE, at=at("2024-02-22"), actor="li", detail=received)
    answer = {"answer": "upheld", "reason": "as found"}
    here.downgrades.act(case, Act.ANSWER, at=at("2024-03-04"), actor="li", detail=answer)
    lifted = {"reason": "put right"}
    here.downgrades.act(case, Act.LIFT, at=at("2024-03-12"), actor="li", detail=lifted)
    runs_of(here, place[1])
    days = {day: warning for day, (_, _, warning) in told(here).items()}
    turns = ("2024-02-20", "2024-02-23", "2024-03-05", "2024-03-13")
    assert [days[day] for day in turns] == ["E", None, "E", None]


def test_what_takes_effect_after_the_run_of_its_day_is_taken_in_next(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    runs_of(here, place[1], on("2024-02-08"))
    serve(here, "E", "2024-02-05", "2024-02-06", days=60)
    late = replace(here, history=here.history)
    advance(late, place[1], on("2024-02-12"), at=at("2024-02-12"), actor="li")
    assert ("E", "downgrade_warning", "E") in told(here).values()


def test_a_past_grade_is_made_again_with_the_warnings_of_then(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    case = serve(here, "E", "2024-02-05", "2024-02-19", days=60)
    runs_of(here, place[1])
    lifted = {"reason": "put right"}
    here.downgrades.act(case, Act.LIFT, at=at("2024-04-12"), actor="li", detail=lifted)
    number = here.city.archive.enterprise(SHOP)
    again = rebuild(here, on("2024-03-05"), number)
    assert again.different == ()
    assert again.grades[0].level is Level.E
    assert rebuild(here, on("2024-03-05")).different == ()


def test_the_file_of_grades_says_which_warnings_count(place, tmp_path: Path) -> None:
    here = setup(place, tmp_path)
    runs_of(here, place[1], on("2024-02-03"))
    write_csv(here, on("2024-02-03"), tmp_path / "none.csv")
    assert "warning" not in pd.read_csv(tmp_path / "none.csv").columns
    serve(here, "E", "2024-02-05", "2024-02-19", days=60)
    runs_of(here, place[1])
    write_csv(here, on("2024-03-05"), tmp_path / "some.csv")
    rows = pd.read_csv(tmp_path / "some.csv").set_index("id")
    assert rows.loc[SHOP, ["level", "warning"]].tolist() == ["E", "E"]
    assert rows["warning"].notna().sum() == 1
    assert "override" not in rows.columns
