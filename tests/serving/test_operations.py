"""Metrics and jobs over HTTP: who may ask, what they tell, and what they never tell."""

import os
import re
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from xinheng.core.time import day_of, show
from xinheng.ledger import Ledger
from xinheng.ledger.reviews import Opening
from xinheng.serving import create_app
from xinheng.serving.access.needs import NEEDS
from xinheng.serving.middleware import METHODS

from ..archive.department import ALPHA
from .asked import READS
from .installation import HOSTS, NOW

TODAY = day_of(NOW)
RUNS = "/v1/jobs/grades/runs"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@pytest.fixture(scope="module")
def local(settings):
    """A program of this machine, without a key."""
    app = create_app(settings, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, client=("127.0.0.1", 50_000), raise_server_exceptions=False) as found:
        yield found


def families(text: str) -> dict[str, list]:
    return {each.name: each.samples for each in text_string_to_metric_families(text)}


def value(text: str, name: str, **labels: str) -> float:
    found = [
        each.value
        for samples in families(text).values()
        for each in samples
        if each.name == name and labels.items() <= each.labels.items()
    ]
    return sum(found)


def test_requests_are_counted_by_route_and_status(local, client):
    name = "xinheng_requests_total"
    before = local.get("/metrics").text
    client.get(f"/v1/enterprises/{ALPHA}/grade?as_of=2026-03-01")
    client.get("/v1/enterprises/no-such/grade")
    client.get("/nowhere")
    after = local.get("/metrics").text

    def more(**labels):
        return value(after, name, **labels) - value(before, name, **labels)

    assert more(route="grade", method="GET", status="200") == 1
    assert more(route="grade", method="GET", status="404") == 1
    assert more(route="none", status="404") == 1
    refused = "xinheng_refused_total"
    told = {"reason": "unknown-enterprise"}
    assert value(after, refused, **told) - value(before, refused, **told) == 1
    assert value(after, "xinheng_request_seconds_count", route="grade") >= 2


def test_only_routes_methods_and_problems_are_told_and_no_enterprise(local, client):
    for each in READS:
        each.send(client)
    client.request("BREW", f"/v1/enterprises/{ALPHA}/grade")
    text = local.get("/metrics").text
    assert ALPHA not in text
    labels = [each.labels for samples in families(text).values() for each in samples if each.labels]
    routes = {each["route"] for each in labels if "route" in each}
    pages = {each for each in routes if each.startswith("console ")}
    assert routes - pages <= {*NEEDS, "none"}
    assert {each["method"] for each in labels if "method" in each} <= {*METHODS, "other"}


def test_the_state_of_the_installation_is_told(local, settings):
    text = local.get("/metrics").text
    assert value(text, "xinheng_ledger_up") == value(text, "xinheng_audit_writable") == 1
    assert value(text, "xinheng_book_sequence") == value(text, "xinheng_archive_sequence") == 1
    assert value(text, "xinheng_champion_in_force") == 1
    assert value(text, "xinheng_job_last_success_seconds", job="grades") == 0
    [bundle] = [each.name for each in settings.bundles.iterdir()]
    assert value(text, "xinheng_book_info", bundle=bundle) == 1


def test_reviews_that_wait_are_told_by_why_and_where_and_those_that_are_overdue(own_town, tmp_path):
    installed = own_town(tmp_path)
    opening = Opening(number=1, enterprise=ALPHA, cause="objection", as_of=TODAY - 30, level="D")
    with closing(Ledger(installed.ledger)) as ledger:
        for number, days in ((1, -1), (2, 0), (3, 9)):
            due = {"due": show(TODAY + days)}
            whose = replace(opening, number=number)
            ledger.reviews.open(whose, at=NOW, actor="li", detail=due)
        by_hand = replace(opening, number=4, cause="by_hand")
        ledger.reviews.open(by_hand, at=NOW, actor="li", detail={"due": show(TODAY + 5)})
    app = create_app(installed, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, client=("127.0.0.1", 50_000)) as local:
        text = local.get("/metrics").text
    told = {"cause": "objection", "state": "received"}
    assert value(text, "xinheng_reviews_open", **told) == 3
    assert value(text, "xinheng_reviews_open", cause="by_hand", state="open") == 1
    assert value(text, "xinheng_reviews_overdue", **told) == 1
    assert value(text, "xinheng_reviews_overdue", cause="by_hand") == 0
    assert ALPHA not in text


def test_without_the_ledger_the_rest_is_told(local, monkeypatch):
    from xinheng.ledger import Jobs

    def gone(*_):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(Jobs, "last", gone)
    text = local.get("/metrics").text
    assert value(text, "xinheng_ledger_up") == 0
    assert value(text, "xinheng_book_sequence") == 1


@pytest.mark.parametrize("header", FORWARDED)
def test_whoever_comes_through_a_proxy_is_not_local(local, header):
    assert local.get("/metrics").status_code == 200
    refused = local.get("/metrics", headers={header: "127.0.0.1"})
    assert refused.status_code == 404
    assert "/v1/metrics for keys" in refused.json()["detail"]


@pytest.mark.parametrize("address", ["10.0.0.7", "203.0.113.1", "::2", "unknown"])
def test_another_machine_is_not_local(settings, address):
    app = create_app(settings, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, client=(address, 1)) as found:
        assert found.get("/metrics").status_code == 404


def test_metrics_can_be_turned_off(settings):
    off = settings.model_copy(update={"metrics": "off"})
    app = create_app(off, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, client=("127.0.0.1", 1)) as found:
        assert found.get("/metrics").status_code == 404


def test_a_key_that_may_read_operations_reads_them_from_anywhere(client, operator):
    assert client.get("/v1/metrics").status_code == 403
    told = client.get("/v1/metrics", headers=operator)
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "xinheng_ledger_up 1.0" in told.text


def test_jobs_are_told_with_when_and_how(client, operator):
    [job] = [
        each
        for each in client.get("/v1/jobs", headers=operator).json()["jobs"]
        if each["name"] == "grades"
    ]
    assert job["rhythm"] == "daily at 04:00"
    assert job["next"] == "2026-07-01T04:00:00+08:00"
    assert client.get("/v1/jobs").status_code == 403


def test_asking_for_a_run_is_recorded_and_asks_once_while_it_waits(client, operator):
    first = client.post(RUNS, headers=operator)
    assert first.status_code == 202
    assert client.post(RUNS, headers=operator).json() == first.json()
    assert client.post(RUNS).status_code == 403
    missing = client.post("/v1/jobs/none/runs", headers=operator)
    assert missing.status_code == 404
    assert missing.json()["detail"].startswith("There is no job 'none'")


WORKERS = """
import sys
from xinheng.serving.counters import IN_FLIGHT, REQUESTS, REFUSED
REQUESTS.labels("grade", "GET", "200").inc(int(sys.argv[1]))
IN_FLIGHT.inc(5)
"""


def test_several_workers_tell_their_sum_and_what_is_gone_has_nothing_in_flight(tmp_path: Path):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for count in (3, 4):
        subprocess.run([sys.executable, "-c", WORKERS, str(count)], env=environment, check=True)
    asked = (
        "from prometheus_client.registry import Collector\n"
        "from xinheng.serving.counters import exposition\n"
        "class Nothing(Collector):\n"
        "    def collect(self):\n        return []\n"
        "print(exposition(Nothing()).decode())"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
    )
    assert value(done.stdout, "xinheng_requests_total", route="grade") == 7
    assert value(done.stdout, "xinheng_requests_in_flight") == 0


ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["prometheus/alerts.yml", "grafana/xinheng.json"])
def test_every_metric_that_is_looked_at_exists(local, client, name):
    client.get(f"/v1/enterprises/{ALPHA}/grade?as_of=2026-03-01")
    client.get("/nowhere")
    there = {
        each.name for samples in families(local.get("/metrics").text).values() for each in samples
    }
    there |= {"xinheng_run_as_of_seconds", "xinheng_run_made_seconds"}  # once there is a run
    there |= {"xinheng_reviews_open", "xinheng_reviews_overdue"}  # once there is a review
    named = set(re.findall(r"\bxinheng_\w+", (ROOT / "deploy" / name).read_text("utf-8")))
    assert named
    assert named - there == set()
