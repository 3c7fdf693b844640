"""What runs gave: the history of an enterprise, changes of levels, and why a grade moved."""

import pytest

from xinheng.core.time import day, show
from xinheng.features import City
from xinheng.grading.dynamic import GradeStore, Gradings, grade_given, run_of
from xinheng.grading.stored import read_stored
from xinheng.ledger import Ledger

from .test_reads import as_described, models  # noqa: F401

S002 = "/v1/enterprises/S002"


@pytest.fixture(scope="module")
def gradings(town):
    from xinheng.archive import Archive

    ledger = Ledger(town.ledger)
    yield Gradings(
        city=City.of(Archive(town.archive)),
        history=ledger.history,
        store=GradeStore(town.grades),
        read=lambda digest: read_stored(town, digest),
        kept=town.kept,
    )
    ledger.close()


def pages(client, url, name, limit):
    """Follow a list to its end."""
    found, after, count = [], 0, 0
    while True:
        page = client.get(url, params={"after": after, "limit": limit}).json()
        found += page[name]
        count += 1
        assert len(page[name]) <= limit
        if not page.get("more", page["next"] is not None):
            return found, page, count
        assert page["next"] > after
        after = page["next"]


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_the_grades_that_runs_gave_are_read_page_by_page(town_client, gradings, limit):
    found, last, _ = pages(town_client, f"{S002}/grades", "grades", limit)
    number = gradings.city.archive.enterprise("S002")
    given = []
    for run in gradings.history.runs():
        rows = gradings.store.read(run.digest, enterprise=number).to_pylist()
        given += [(run.id, show(run.as_of), row["level"], row["level_before"]) for row in rows]
    assert [
        (each["run"]["id"], each["run"]["as_of"], each["level"], each["level_before"])
        for each in found
    ] == given
    assert last["next"] is None
    assert len(given) > 5


def test_a_grade_given_tells_why_its_level_changed(town_client):
    found, *_ = pages(town_client, f"{S002}/grades", "grades", 1000)
    [listed] = [each for each in found if each["run"]["as_of"] == "2023-11-11"]
    assert "rule_met" in listed["causes"]
    assert listed["run"]["reason"] == "serious_dishonesty"
    assert not listed["run"]["everybody"]
    assert listed["rules"] == ["serious_dishonesty"]
    for each in found:
        first, moved = each["level_before"] is None, each["level_before"] != each["level"]
        assert (each["causes"] == ["first"]) == first
        assert bool(each["causes"]) == moved


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_every_change_comes_once_and_in_order(town_client, gradings, limit):
    found, last, count = pages(town_client, "/v1/changes", "changes", limit)
    kept = gradings.history.changes()
    assert [(each["id"], each["enterprise"], each["level"]) for each in found] == [
        (each.id, each.enterprise, each.level) for each in kept
    ]
    assert len(found) > 7
    assert count == -(-len(found) // limit)
    after = town_client.get("/v1/changes", params={"after": last["next"]}).json()
    assert after == {"changes": [], "next": last["next"], "more": False}


def test_changes_and_grades_are_as_described(town_client, models):  # noqa: F811
    as_described(town_client.get("/v1/changes"), models["/v1/changes"])
    one = "/v1/enterprises/{identifier:path}"
    as_described(town_client.get(f"{S002}/grades"), models[f"{one}/grades"])
    moved = town_client.get(f"{S002}/movement?since=2023-11-20&as_of=2024-06-09")
    as_described(moved, models[f"{one}/movement"])


def test_a_change_of_a_run_to_come_is_after_the_cursor_of_today(town, town_client):
    ledger = Ledger(town.ledger)
    last = ledger.history.changes()[-1]
    page = town_client.get("/v1/changes", params={"after": last.id - 1}).json()
    assert [each["id"] for each in page["changes"]] == [last.id]
    assert page["next"] == last.id
    ledger.close()


@pytest.mark.parametrize("shop", ["S001", "S002", "S008"])
def test_a_grade_tells_the_run_that_gave_it(town_client, gradings, shop):
    number = gradings.city.archive.enterprise(shop)
    run = run_of(gradings, day("2024-06-01"), number)
    url = f"/v1/enterprises/{shop}/grade"
    found = town_client.get(url, params={"as_of": show(run.as_of)}).json()
    given = grade_given(gradings, run, number)
    assert found["run"] == run.id
    assert (found["level"], found["margin"]) == (given["level"], given["margin"])
    assert town_client.get(url, params={"as_of": "2024-06-02"}).json()["run"] is None
    before = town_client.get(url, params={"as_of": "2024-01-01"}).json()
    assert before["run"] is None  # another champion gave that one
    question = {"enterprises": [shop], "as_of": show(run.as_of)}
    [score] = town_client.post("/v1/scores", json=question).json()["scores"]
    assert score["grade"] == found


def test_a_grade_moved_from_what_a_run_gave_to_what_is_now(town_client, gradings):
    url = f"{S002}/movement"
    found = town_client.get(url, params={"since": "2023-11-20", "as_of": "2024-06-09"}).json()
    run = run_of(gradings, day("2023-11-20"), gradings.city.archive.enterprise("S002"))
    assert (found["since"], found["as_of"]) == ("2023-11-20", "2024-06-09")
    assert (found["before"]["run"], found["before"]["as_of"]) == (run.id, "2023-11-11")
    assert (found["before"]["sequence"], found["after"]["sequence"]) == (1, 2)
    assert found["before"]["bundle"] != found["after"]["bundle"]
    assert {"rules", "calibration"} <= {each["cause"] for each in found["parts"]}
    odds = found["log_odds"]
    assert sum(each["log_odds"] for each in found["parts"]) == pytest.approx(odds[1] - odds[0])
    given = [each["level"] for each in pages(town_client, f"{S002}/grades", "grades", 1000)[0]]
    assert found["levels"][0] in given


def test_before_the_first_run_a_grade_moved_from_what_is_known_now(town_client):
    found = town_client.get(f"{S002}/movement?since=2023-10-01&as_of=2024-06-09").json()
    assert found["before"]["run"] is None
    assert found["before"]["as_of"] == "2023-10-01"
    assert found["before"]["bundle"] == found["after"]["bundle"]
