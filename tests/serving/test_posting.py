"""Records that a program posts are durable at once, count a moment later, and land once."""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock
from sqlalchemy.exc import OperationalError

from xinheng.archive import Archive
from xinheng.core.errors import StorageError
from xinheng.core.settings import Settings
from xinheng.ledger import Ledger
from xinheng.ledger.postings import Postings
from xinheng.serving.access import Grant, Permission, Role
from xinheng.serving.intake import intake
from xinheng.serving.intake.foldin import FoldIn

from ..archive.department import ALPHA, BETA
from .installation import NOW
from .keyed import asking, bearer, issue, rotate
from .posting import (
    FUTIAN,
    GAMMA,
    NOWHERE,
    STOPPED,
    URL,
    by_file,
    by_kind,
    department,
    fresh,
    level,
    penalty,
    registered,
    row,
    send,
    settle,
)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return fresh(tmp_path)


@pytest.fixture
def poster(own: Settings) -> Iterator[TestClient]:
    with asking(own, department("bureau")) as found:
        yield found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return fresh(tmp_path_factory.mktemp("posting"))


@pytest.fixture(scope="module")
def client(shared: Settings) -> Iterator[TestClient]:
    """For what is refused, so that nothing of it is there afterwards."""
    with asking(shared, department("bureau")) as found:
        yield found


@pytest.mark.parametrize("form", [by_kind(penalty()), by_file(row())], ids=["kind", "file"])
def test_what_is_posted_is_answered_with_the_fate_of_each_row(poster, form) -> None:
    answer = send(poster, form)
    told = answer.json()
    assert (answer.status_code, told["state"], told["delivery"]) == (200, "folded", 3)
    assert answer.headers["Location"] == f"{URL}/{told['receipt']}"
    assert answer.headers["Preference-Applied"] == "wait=5"
    assert [(each["row"], each["fate"]) for each in told["fates"]] == [(1, "accepted")]
    assert poster.get(answer.headers["Location"]).json() == told


def test_the_grade_is_there_with_the_receipt_and_the_past_stays(poster) -> None:
    before = {day: level(poster, day, BETA) for day in ("2026-06-30", "2026-07-01")}
    told = send(poster, by_kind(penalty(code=BETA, **STOPPED))).json()
    after = {day: level(poster, day, BETA) for day in ("2026-06-30", "2026-07-01")}
    same = {"sequence": 0}
    assert after["2026-06-30"] | same == before["2026-06-30"] | same
    assert (before["2026-07-01"]["level"], after["2026-07-01"]["level"]) == ("D", "E")
    assert told["enterprises"] == [
        {
            "enterprise": BETA,
            "as_of": "2026-07-01",
            "level_before": "D",
            "level": "E",
            "probability": after["2026-07-01"]["probability"],
        }
    ]


def test_the_next_day_may_be_asked_for_and_none_after_it(poster) -> None:
    assert level(poster, "2026-07-01")["as_of"] == "2026-07-01"
    answer = poster.get(f"/v1/enterprises/{ALPHA}/grade?as_of=2026-07-02")
    assert answer.status_code == 422
    assert "the next day in Shanghai is 2026-07-01" in answer.json()["errors"][0]["message"]


def test_the_key_in_the_place_of_another_posts_nothing_twice_and_has_its_receipts(own) -> None:
    text, body = issue(own, department("bureau")), by_kind(penalty())
    with asking(own) as client:
        client.headers = bearer(text)
        told = send(client, body, "once").json()
        client.headers = bearer(rotate(own, text))
        assert send(client, body, "once").json() == told
        assert client.get(f"{URL}/{told['receipt']}").json() == told
        client.headers = bearer(issue(own, department("bureau")))
        assert client.get(f"{URL}/{told['receipt']}").status_code == 404


@pytest.mark.slow
def test_what_others_grades_rest_on_is_as_if_opened_anew(own, poster) -> None:
    send(poster, by_kind(penalty("H1"), penalty("H2", BETA)))
    send(poster, by_kind(penalty("H3", BETA, penalty_kind="warning", fine=0)))
    mine = [level(poster, "2026-07-01", code) for code in (ALPHA, BETA)]
    with asking(own, department("bureau")) as other:
        assert [level(other, "2026-07-01", code) for code in (ALPHA, BETA)] == mine


@pytest.mark.slow
def test_a_level_that_changes_is_in_the_feed_once(poster) -> None:
    told = send(poster, by_kind(penalty(code=BETA, **STOPPED), penalty("H2"))).json()
    send(poster, by_kind(penalty(code=BETA, **STOPPED)))
    assert [each["enterprise"] for each in told["enterprises"]] == [ALPHA, BETA]
    [one] = poster.get("/v1/changes").json()["changes"]
    assert one == {
        "id": 1,
        "enterprise": BETA,
        "run": None,
        "as_of": "2026-07-01",
        "level_before": "D",
        "level": "E",
        "causes": ["posted"],
        "detail": {"posted": {"delivery": told["delivery"]}},
    }


@pytest.mark.slow
def test_faults_are_told_by_row_and_the_rows_wait_in_quarantine(own, poster) -> None:
    told = send(poster, by_kind(penalty("H1"), penalty("H2", fine="much", organ="nobody"))).json()
    assert told["counts"] == {
        "accepted": 1, "duplicate": 0, "quarantined": 1, "review": 0, "skipped": 0,
    }  # fmt: skip
    [_, second] = told["fates"]
    assert sorted(each["field"] for each in second["faults"]) == ["fine", "organ"]
    held = Archive(own.archive).held("quarantined").to_pylist()
    assert [(each["file"], each["row"]) for each in held] == [("posted_penalty", 2)]


@pytest.mark.slow
def test_the_same_key_and_records_are_answered_as_before(own, poster) -> None:
    body = by_kind(penalty())
    first = send(poster, body, "k-1")
    again = poster.post(
        URL,
        content=json.dumps(body, indent=3),
        headers={"Idempotency-Key": '"k-1"', "Content-Type": "application/json"},
    )
    assert again.status_code == 200
    assert again.json() == first.json()
    assert Archive(own.archive).sequence == 3


@pytest.mark.slow
def test_the_same_key_with_other_records_is_refused(poster) -> None:
    first = send(poster, by_kind(penalty()), "k-1").json()
    answer = send(poster, by_kind(penalty(fine=4)), "k-1")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:xinheng:problem:key-reused")
    assert first["receipt"] in answer.json()["detail"]


def test_what_no_contract_has_is_told_by_its_place(client) -> None:
    answer = send(client, by_kind(penalty(), penalty(finne="3"), {"kind": "penaltie"}))
    assert (answer.status_code, "2 faults" in answer.json()["detail"]) == (422, True)
    first, second = answer.json()["errors"]
    assert (first["where"], first["value"]) == ("body.records.1.finne", "3")
    assert "no field of penalty 'finne'; did you mean 'fine'?" in first["message"]
    assert (second["where"], second["value"]) == ("body.records.2.kind", "penaltie")


@pytest.mark.slow
def test_a_key_is_the_callers_own(own, poster) -> None:
    send(poster, by_kind(penalty("H1")), "k-1")
    with asking(own, department("bureau")) as other:
        answer = send(other, by_kind(penalty("H2")), "k-1")
        assert answer.status_code == 200
        assert poster.get(answer.headers["Location"]).status_code == 404
        assert poster.get(f"{URL}/nothing").status_code == 404


@pytest.mark.slow
def test_the_same_records_under_another_key_change_nothing(own, poster) -> None:
    first = send(poster, by_kind(penalty())).json()
    again = send(poster, by_kind(penalty())).json()
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert (again["delivery"], again["fates"]) == (first["delivery"], first["fates"])
    assert again["enterprises"] == []
    assert Archive(own.archive).sequence == 3


@pytest.mark.slow
def test_a_new_enterprise_is_known_as_soon_as_its_register_tells_of_it(own) -> None:
    grant = department("register", "bureau")
    with asking(own, grant) as client:
        assert client.get(f"/v1/enterprises/{GAMMA}/grade").status_code == 403
        refused = send(client, by_kind(penalty(code=GAMMA)))
        assert (refused.status_code, refused.json()["title"]) == (403, "Beyond reach")
        told = send(client, by_kind(registered(GAMMA, FUTIAN), source="register")).json()
        assert told["counts"]["accepted"] == 1
        assert level(client, "2026-06-30", GAMMA)["level"]
        assert send(client, by_kind(penalty(code=GAMMA))).json()["counts"]["accepted"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("code", [BETA, NOWHERE])
def test_an_enterprise_beyond_reach_is_refused_whether_it_is_known_or_not(own, code) -> None:
    with asking(own, department("bureau", districts=(FUTIAN,))) as client:
        answer = send(client, by_kind(penalty("H1"), penalty("H2", code)))
        assert (answer.status_code, answer.json()["title"]) == (403, "Beyond reach")
        assert send(client, by_kind(penalty("H1"))).status_code == 200
    assert Archive(own.archive).sequence == 3


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        (department("register"), "posts no records of the source 'bureau'; it posts those of reg"),
        (department(), "it posts none: its scope names none"),
        (Grant(Role.SUPERVISOR), "role supervisor has no permission to post records"),
        (department("bureau", permissions=frozenset({Permission.READ_GRADE})), "is narrowed"),
    ],
)
def test_a_key_posts_to_its_own_sources_only(shared, client, grant, words) -> None:
    headers = bearer(issue(shared, grant))
    answer = client.post(URL, json=by_kind(penalty()), headers={**headers, "Idempotency-Key": "k"})
    assert answer.status_code == 403
    assert words in answer.json()["detail"]


@pytest.mark.slow
def test_whoever_may_read_no_grade_gets_none_with_the_receipt(own) -> None:
    grant = department("bureau", permissions=frozenset({Permission.POST_RECORDS}))
    with asking(own, grant) as client:
        [touched] = send(client, by_kind(penalty())).json()["enterprises"]
    assert (touched["enterprise"], touched["level"], touched["probability"]) == (ALPHA, None, None)


@pytest.mark.slow
def test_posting_and_asking_for_the_receipt_are_audited(own, poster) -> None:
    told = send(poster, by_kind(penalty())).json()
    poster.get(f"{URL}/{told['receipt']}")
    with closing(Ledger(own.ledger)) as ledger:
        [posted] = ledger.audited("bureau")
        assert (posted["action"], posted["detail"]["receipt"]) == ("post records", told["receipt"])
        assert (posted["purpose"], posted["detail"]["rows"]) == ("routine", 1)
        assert [each["action"] for each in ledger.audited(told["receipt"])] == ["read receipt"]


DEEP: Any = "x"
for _ in range(400):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"source": "bureau"}, "expected either files or records"),
        ({**by_kind(penalty()), **by_file(row())}, "expected either files or records"),
        (by_kind(), "expected 1 to 1,000 rows, found 0"),
        (by_file(*[row(f"H{n}") for n in range(1_001)]), "found 1,001"),
        (by_kind(penalty(), source="../bureau"), "match pattern"),
        (by_kind({"kind": "award", "enterprise": ALPHA}), "that bureau delivers 'award'"),
        (by_kind(penalty(fines=3)), "no field of penalty 'fines'; did you mean 'fine'"),
        (by_file({"code": ALPHA}), "the SQL does not run"),
        ({"source": "bureau", "files": {"fines": [row()]}}, "no file of bureau 'fines'"),
        (by_file(row(fine="9" * 1_001)), "at most 1000 characters"),
        (by_file({**row(), "DOCUMENT": "x"}), "has that name too"),
        (by_kind(penalty(fine=DEEP)), "valid string"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_and_nothing_is_kept(shared, client, body, words) -> None:
    answer = send(client, body)
    assert answer.status_code == 422
    assert words in json.dumps(answer.json(), ensure_ascii=False)
    assert Archive(shared.archive).sequence == 2
    with closing(Ledger(shared.ledger)) as ledger:
        assert ledger.postings.waiting() == 0


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"source": "bureau", "records": [' + b"[" * 100_000, 400),
        (b"\xff\xfe{", 400),
        (b'{"source": "bureau", "records": [{"kind": "\\ud83d"}]}', 422),
        (b'{"source": "bureau", "records": [{"fine": ' + b"9" * 5_000 + b"}]}", 400),
        (b" " * 1_000_001, 413),
    ],
)
def test_bodies_that_are_no_records_are_refused_before_anything_is_kept(
    client, content, status
) -> None:
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    answer = client.post(URL, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("key", "status"), [(None, 400), ("", 422), ("a" * 256, 422), ("键", 422)])
def test_a_key_that_is_none_is_refused(client, key, status) -> None:
    headers = {} if key is None else {"Idempotency-Key": key.encode()}
    answer = client.post(URL, json=by_kind(penalty()), headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.slow
def test_while_another_writes_to_the_archive_records_wait_and_say_so(own, poster) -> None:
    with FileLock(own.archive / ".lock"):
        answer = send(poster, by_kind(penalty()), wait=0)
        assert (answer.status_code, answer.json()["state"]) == (202, "accepted")
        assert answer.json()["counts"] == {}
    assert settle(poster, answer.json()["receipt"])["counts"]["accepted"] == 1


def test_without_room_nothing_is_accepted(shared, client, monkeypatch) -> None:
    monkeypatch.setattr(intake, "LEAST_ROOM", 1 << 62)
    answer = send(client, by_kind(penalty()))
    assert (answer.status_code, answer.json()["title"]) == (507, "No room is left")
    with closing(Ledger(shared.ledger)) as ledger:
        assert ledger.postings.waiting() == 0


def test_a_ledger_that_does_not_take_records_accepts_none(shared, client, monkeypatch) -> None:
    def gone(*_: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(Postings, "accept", gone)
    answer = send(client, by_kind(penalty()))
    assert (answer.status_code, answer.json()["title"]) == (503, "The service is not ready")
    monkeypatch.undo()
    with closing(Ledger(shared.ledger)) as ledger:
        assert ledger.postings.waiting() == 0


@pytest.mark.slow
def test_a_full_disk_between_acceptance_and_fold_in_loses_nothing(poster, monkeypatch) -> None:
    def full(*_: Any) -> None:
        raise StorageError("there is no room")

    monkeypatch.setattr(FoldIn, "_settle", full)
    told = send(poster, by_kind(penalty()), wait=0).json()
    time.sleep(0.3)
    assert poster.get(f"{URL}/{told['receipt']}").json()["state"] == "accepted"
    monkeypatch.undo()
    told = settle(poster, told["receipt"])
    assert (told["counts"]["accepted"], told["repeated"]) == (1, False)
    assert [each["enterprise"] for each in told["enterprises"]] == [ALPHA]


@pytest.mark.slow
def test_a_source_that_is_gone_refuses_what_was_accepted_and_says_why(own, poster) -> None:
    with FileLock(own.archive / ".lock"):
        told = send(poster, by_kind(penalty()), wait=0).json()
    (own.sources / "bureau" / "source.toml").rename(own.sources / "gone.toml")
    again = settle(poster, told["receipt"])
    assert again["state"] in {"refused", "folded"}


@pytest.mark.slow
def test_every_worker_answers_from_what_one_folded_in(own) -> None:
    with (
        asking(own, department("bureau")) as one,
        asking(own, department("bureau")) as other,
    ):
        for number in range(4):
            for client in (one, other):
                body = by_kind(penalty(f"H{number}{client is one}", BETA, **STOPPED))
                told = send(client, body).json()
                assert (told["state"], told["repeated"]) == ("folded", False)
        until = time.monotonic() + 2
        while level(one, "2026-07-01", BETA) != level(other, "2026-07-01", BETA):
            assert time.monotonic() < until
            time.sleep(0.02)
        assert level(one, "2026-07-01", BETA)["sequence"] == told["delivery"] == 10
        assert level(one, "2026-07-01", BETA)["level"] == "E"


@pytest.mark.slow
def test_a_clock_that_is_set_back_makes_nothing_available_before_it_was_accepted(own) -> None:
    with FileLock(own.archive / ".lock"), asking(own, department("bureau")) as client:
        told = send(client, by_kind(penalty()), wait=0).json()
    earlier = asking(own, department("bureau"), at=NOW - timedelta(days=3))
    with earlier, closing(Ledger(own.ledger)) as ledger:
        until = time.monotonic() + 10
        while ledger.postings.waiting():
            assert time.monotonic() < until
            time.sleep(0.02)
        found = ledger.postings.find(told["receipt"])
    assert found is not None
    assert found[1].at == found[0].at == NOW
    assert Archive(own.archive).deliveries()[-1].received == NOW


@pytest.mark.slow
def test_what_an_older_copy_of_the_archive_lacks_is_taken_in_again(own) -> None:
    copy = own.archive.with_name("copy")
    shutil.copytree(own.archive, copy)
    with asking(own, department("bureau")) as client:
        receipts = [send(client, by_kind(penalty(f"H{n}"))).json()["receipt"] for n in range(2)]
    shutil.rmtree(own.archive)
    copy.rename(own.archive)
    with asking(own, department("bureau")) as client:
        send(client, by_kind(penalty("H9")))
        numbers = Archive(own.archive).records("penalty")["number"].to_pylist()
        assert sorted(numbers)[:3] == ["H0", "H1", "H9"]
    assert len(receipts) == 2
