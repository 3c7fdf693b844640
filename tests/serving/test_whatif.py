"""Records that are supposed count as if they had been delivered, and leave nothing behind."""

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from xinheng.archive import Archive

from ..archive.department import ALPHA, Bureau
from .asked import SUPPOSED
from .installation import NOW, ROWS, promote
from .keyed import asking
from .test_problems import check

REPAIR = {
    "kind": "lifecycle", "number": "P2", "of": "penalty", "change": "repaired",
    "occurred": "2026-05-01", "known": "2026-05-02",
}  # fmt: skip
PENALTY = SUPPOSED["records"][0]
WITHDRAWN = REPAIR | {"change": "withdrawn"}
CORRECTED = PENALTY | {
    "number": "P1", "occurred": "2025-12-03", "known": "2026-01-10", "penalty_kind": "stoppage",
    "fine": 9,
}  # fmt: skip


def ask(client, *records, as_of="2026-06-30", **more):
    question = {"enterprise": ALPHA, "as_of": as_of, "records": list(records)}
    return client.post("/v1/what-if", json=question | more)


def row(record):
    """The record as a row of the made-up department."""
    change = record.get("change")
    cells = [
        ALPHA, record["number"], record["occurred"], record["known"], record.get("violation"),
        record.get("penalty_kind"), record.get("fine"), change,
    ]  # fmt: skip
    return ",".join("" if cell is None else str(cell) for cell in cells)


def served(installed):
    return asking(installed)


@pytest.mark.parametrize(
    "records",
    [(PENALTY,), (WITHDRAWN,), (REPAIR,), (CORRECTED,), (PENALTY, REPAIR, CORRECTED)],
    ids=["new", "withdrawn", "repaired", "corrected", "all"],
)
def test_what_is_supposed_grades_as_what_is_delivered(tmp_path, records):
    bureau = Bureau(tmp_path)
    bureau.deliver(*ROWS)
    installed = _settings(tmp_path)
    promote(installed)
    with served(installed) as client:
        answer = ask(client, *records)
        before = client.get(f"/v1/enterprises/{ALPHA}/grade").json()
    assert answer.status_code == 200
    found = answer.json()
    assert found["before"] == before
    bureau.deliver(*map(row, records), at=NOW)
    with served(installed) as client:
        after = client.get(f"/v1/enterprises/{ALPHA}/grade").json()
        reasons = client.get(f"/v1/enterprises/{ALPHA}/movement?since=2026-06-30").json()
    assert found["after"] | {"sequence": 2} == after
    assert reasons["before"] == reasons["after"]
    assert found["known"] == []


def _settings(folder):
    from xinheng.core.settings import load_settings

    return load_settings(
        archive=folder / "archive",
        bundles=folder / "bundles",
        keys=folder / "keys",
        ledger=f"sqlite:///{folder}/ledger.db",
    )


def test_what_moved_is_told_and_sums_up(client):
    found = ask(client, WITHDRAWN).json()
    assert {each["cause"] for each in found["parts"]} <= {"withdrawn_records", "rules"}
    assert found["levels"] == [found["before"]["level"], found["after"]["level"]]
    assert found["levels"][0] != found["levels"][1]
    odds = found["log_odds"]
    assert sum(each["log_odds"] for each in found["parts"]) == pytest.approx(odds[1] - odds[0])


def test_nothing_is_stored(settings, client):
    def everything():
        return {
            path.relative_to(settings.archive): path.read_bytes()
            for path in settings.archive.rglob("*")
            if path.is_file()
        }

    archive, before = Archive(settings.archive), everything()
    grade = client.get(f"/v1/enterprises/{ALPHA}/grade").json()
    assert ask(client, PENALTY, REPAIR).status_code == 200
    assert everything() == before
    assert archive.sequence == 1
    assert client.get(f"/v1/enterprises/{ALPHA}/grade").json() == grade


def test_a_record_that_is_there_already_changes_nothing(client):
    same = PENALTY | {
        "number": "P2", "occurred": "2026-02-20", "known": "2026-02-24", "violation": "hygiene",
        "penalty_kind": "stoppage", "fine": 1.5,
    }  # fmt: skip
    found = ask(client, PENALTY, same).json()
    assert found["known"] == [1]
    found = ask(client, same).json()
    assert found["before"] == found["after"]
    assert found["parts"] == []


@pytest.mark.parametrize(
    ("record", "where", "words"),
    [
        ({}, "kind", "no kind of record None"),
        ({"kind": "penalties"}, "kind", "did you mean 'penalty'"),
        (PENALTY | {"fines": 3}, "fines", "did you mean 'fine'"),
        (PENALTY | {"enterprise": ALPHA}, "enterprise", "no field of penalty"),
        (PENALTY | {"number": None}, "number", "required but empty"),
        (PENALTY | {"occurred": "soon"}, "occurred", "expected a date"),
        (PENALTY | {"fine": "much"}, "fine", "expected a finite number"),
        (PENALTY | {"food": "perhaps"}, "food", "expected true or false"),
        (PENALTY | {"penalty_kind": "lashes"}, "penalty_kind", "lashes"),
        (PENALTY | {"known": "2026-02-09"}, "known", "known before it happened"),
        (PENALTY | {"known": "2026-06-30"}, "known", "does not count as of 2026-06-30"),
        (PENALTY | {"known": "2026-07-01"}, "known", "known only after it was delivered"),
    ],
)
def test_a_record_that_breaks_its_contract_is_refused_field_by_field(client, record, where, words):
    problem = check(ask(client, PENALTY | {"number": "H0"}, record), 422, "invalid-request")
    found = {each["where"]: each["message"] for each in problem["errors"]}
    assert words in found[f"body.records.1.{where}"]
    assert len(found) == 1


def test_all_faults_of_all_records_are_told_at_once(client):
    problem = check(ask(client, {"kind": "penalty"}, {"kind": "award"}), 422, "invalid-request")
    places = [each["where"].split(".")[2] for each in problem["errors"]]
    assert places == sorted(places)
    assert set(places) == {"0", "1"}
    many = check(ask(client, *[{"kind": "penalty"}] * 9), 422, "invalid-request")
    assert len(many["errors"]) == 20
    assert "the first 20 are listed" in many["detail"]


def test_records_that_contradict_each_other_are_refused(client):
    problem = check(ask(client, PENALTY, PENALTY | {"fine": 9}), 422, "invalid-request")
    [error] = problem["errors"]
    assert error["where"].startswith("body.records.1.")
    assert "row 0 has the same number" in error["message"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"records": []}, "body.records"),
        ({"records": [PENALTY] * 101}, "body.records"),
        ({"records": [{"kind": ["penalty"]}]}, "body.records.0.kind"),
        ({"records": ["penalty"]}, "body.records.0"),
        ({"enterprise": ""}, "body.enterprise"),
        ({"enterprise": None}, "body.enterprise"),
        ({"as_of": 0}, "body.as_of"),
        ({"as_of": "2099-01-01"}, "body.as_of"),
        ({"store": True}, "body.store"),
    ],
)
def test_a_question_that_cannot_be_used_is_refused(client, change, where):
    answer = client.post("/v1/what-if", json=deepcopy(SUPPOSED) | change)
    assert [each["where"] for each in check(answer, 422, "invalid-request")["errors"]] == [where]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"enterprise": "nobody"}, "unknown-enterprise"),
        ({"as_of": "2025-12-01"}, "not-known-yet"),
        ({"as_of": "1999-01-01"}, "no-policy"),
    ],
)
def test_a_question_about_nobody_is_refused(client, change, name):
    check(client.post("/v1/what-if", json=deepcopy(SUPPOSED) | change), 404, name)


TEXT = st.text(max_size=12) | st.sampled_from(["penalty", "lifecycle", "2026-01-01", "market"])
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
FIELDS = st.sampled_from([*PENALTY, "of", "change"]) | st.text(max_size=5)


@effort(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(FIELDS, VALUES, max_size=6), max_size=3), st.booleans())
def test_no_records_at_all_make_the_service_fail(client, records, whole):
    some = [PENALTY | each if whole else each for each in records]
    body = json.dumps({"enterprise": ALPHA, "records": some})
    answer = client.post("/v1/what-if", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 422}
