"""The clients ask a service that listens: typed answers, pages, tags, problems."""

import asyncio
import subprocess
import sys
from datetime import date

import pytest

from xinheng.client import ApiError, AsyncClient, Client, ConnectionFailedError, Retries, to_frame
from xinheng.serving.answers import GradeAnswer, ShortExplanationAnswer

from ..archive.department import ALPHA, BETA
from ..serving.asked import SUPPOSED

DAY = date(2026, 3, 1)


def test_answers_are_typed(client):
    grade = client.grade(ALPHA, DAY)
    assert isinstance(grade, GradeAnswer)
    assert (grade.enterprise, grade.as_of) == (ALPHA, DAY)
    assert isinstance(client.short_explanation(ALPHA, DAY), ShortExplanationAnswer)
    assert client.explanation(ALPHA, "2026-03-01").grade.level == grade.level


def test_everything_about_one_enterprise(client):
    assert client.records(ALPHA, DAY).enterprise == ALPHA
    assert client.movement(ALPHA, "2026-02-01", DAY)
    assert client.remedies(ALPHA, DAY).enterprise == ALPHA
    found = client.what_if(ALPHA, SUPPOSED["records"], DAY)
    assert len(found.levels) == 2


def test_a_list_is_graded_and_its_frame_has_a_row_each(client):
    frame = to_frame(client.scores([ALPHA, "x", BETA], "2026-06-01"))
    assert frame["enterprise"].tolist() == [ALPHA, "x", BETA]
    assert frame["grade.level"].isna().tolist() == [False, True, False]


def test_the_language_is_that_of_the_client(url, key):
    with Client(url, key, language="en") as english, Client(url, key, language="zh") as chinese:
        assert english.indicators().indicators[0].name != chinese.indicators().indicators[0].name


def test_a_problem_is_an_error_that_says_what_to_do(client):
    with pytest.raises(ApiError) as refused:
        client.grade("no such enterprise")
    error = refused.value
    assert (error.status, error.kind) == (404, "unknown-enterprise")
    assert len(error.request_id) == 36
    with pytest.raises(ApiError, match=r"see errors.*query\.as_of") as refused:
        client.grade(ALPHA, "2026-02-30")
    assert refused.value.errors[0].value == "2026-02-30"


def test_without_a_purpose_no_grade_is_read_and_with_another_it_is(url, key):
    with Client(url, key) as client:
        with pytest.raises(ApiError, match="X-Purpose"):
            client.grade(ALPHA, DAY)
        assert client.about("complaint:深市监〔2026〕17号").grade(ALPHA, DAY).enterprise == ALPHA


def test_an_answer_that_still_holds_is_not_sent_again(client, monkeypatch):
    statuses = []
    send = client._http.send

    def watched(request, **how):
        response = send(request, **how)
        statuses.append(response.status_code)
        return response

    monkeypatch.setattr(client._http, "send", watched)
    first, second = client.grade(ALPHA, DAY), client.grade(ALPHA, DAY)
    assert statuses == [200, 304]
    assert first == second
    client.about("review").grade(ALPHA, DAY)
    assert len(statuses) == 3


def test_pages_follow_each_other(town_url, town_key):
    with Client(town_url, town_key, purpose="routine") as client:
        whole = [*client.every_change()]
        assert whole
        by_one = []
        after, more = 0, True
        while more:
            page = client.changes(after, 1)
            by_one += page.changes
            after, more = page.next, page.more
        assert by_one == whole
        assert [*client.every_change(whole[-1].id)] == []
        given = [*client.every_grade(whole[0].enterprise)]
        assert len(given) > 1
        assert to_frame(given)["run.id"].is_monotonic_increasing


def test_enterprises_are_found_page_by_page_and_their_profile_is_told(town_url, town_key):
    with Client(town_url, town_key, purpose="routine") as client:
        whole = [each.enterprise for each in client.every_enterprise(sort="code")]
        by_seven, after = [], 0
        while after is not None:
            page = client.enterprises(after=after, limit=7, sort="code")
            by_seven += page.enterprises
            after = page.next
        assert [each.enterprise for each in by_seven] == whole
        assert len(whole) == page.total > 7
        levels = {each.level for each in client.every_enterprise(level=["D", "E"])}
        assert levels <= {"D", "E"}
        one = client.profile(whole[0])
        assert one.enterprise == whole[0]
        assert client.enterprises(code=whole[0]).total == 1


def test_a_search_that_there_is_not_is_refused_instead_of_ignored(client):
    with pytest.raises(TypeError, match="levels"):
        client.enterprises(levels="D")


def test_a_webhook_is_asked_for_listed_and_removed(town_url, town_key):
    with Client(town_url, town_key, purpose="routine") as client:
        made = client.subscribe("https://hooks.example/grades")
        assert client.webhooks().webhooks == [made]
        assert client.webhook(made.id) == made
        assert client.resume(made.id).state == "delivering"
        assert [*client.every_delivery(made.id)] == []
        assert client.unsubscribe(made.id).id == made.id
        with pytest.raises(ApiError) as refused:
            client.webhook(made.id)
        assert refused.value.kind == "unknown-webhook"
        assert all(each.startswith("whpk_") for each in client.webhook_keys().keys)


def test_jobs_are_listed_asked_for_and_their_runs_told(url, operating):
    with Client(url, operating) as client:
        assert "grades" in [each.name for each in client.jobs().jobs]
        asked = client.run_job("backup")
        assert client.run_job("backup").request == asked.request
        assert [*client.every_job_run("backup")] == []
        assert client.job_runs("backup").next is None
        assert "xinheng_job_requests_waiting 1.0" in client.operations_metrics()
        assert client.state().sequence == 1
        with pytest.raises(ApiError, match="did you mean 'backup'"):
            client.run_job("backups")


def test_who_may_not_is_told_so(client):
    with pytest.raises(ApiError, match="run jobs") as refused:
        client.run_job("grades")
    assert refused.value.kind == "forbidden"


def test_health_needs_no_permission(client):
    assert (client.health().status, client.ready().status) == ("ok", "ready")
    assert client.model().bundle


def test_the_asynchronous_client_asks_many_at_once(url, key, town_url, town_key):
    async def ask():
        async with AsyncClient(url, key, purpose="routine") as client:
            grades = await asyncio.gather(*(client.grade(each, DAY) for each in [ALPHA] * 8))
            with pytest.raises(ApiError):
                await client.grade("x")
        async with AsyncClient(town_url, town_key, purpose="routine") as client:
            changes = [each async for each in client.every_change()]
        return grades, changes

    grades, changes = asyncio.run(ask())
    assert {each.enterprise for each in grades} == {ALPHA}
    assert changes


def test_a_service_that_is_not_there_is_said_to_be_gone(key):
    with (
        Client("http://127.0.0.1:1", key, retries=Retries(most=1, first=0.01)) as client,
        pytest.raises(ConnectionFailedError, match=r"127\.0\.0\.1:1 could not be reached"),
    ):
        client.health()


def test_the_client_needs_nothing_of_the_service():
    heavy = "fastapi starlette uvicorn sqlalchemy lightgbm numba pandas pyarrow duckdb deltalake"
    code = f"import sys, xinheng.client; print(*set({heavy.split()!r}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
