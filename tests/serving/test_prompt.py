"""What is answered promptly is what would have been answered in the usual way."""

from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinheng.serving.routes import prompt

from ..archive.department import ALPHA, BETA
from .asked import GETS, ONE

OWN = {"date", "x-request-id", "ratelimit", "ratelimit-policy"}
ROUTES = ("grade", "grades", "explanation", "records", "movement", "remedies")
NAMES = st.sampled_from(["as_of", "lang", "detail", "since", "after", "limit", "more"])
VALUES = st.sampled_from(
    ["2026-03-01", "2026-02-30", "2026-13-01", "2027-01-01", "20260301", "zh", "en", "de", "full",
     "short", "", "5", "-1", "%32026-03-01", "2026-03-01 "]
)  # fmt: skip
QUERIES = st.lists(st.tuples(NAMES, VALUES), max_size=3)
WHO = st.sampled_from(
    [ALPHA, BETA, f"USCC:{ALPHA}", "nobody", "a%2Fb", "%E4%BC%81", "x" * 101, "%07"]
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept-Language": st.sampled_from(["en", "zh-CN, en;q=0.5", "de", ""]),
        "If-None-Match": st.sampled_from(["*", '"a"', ""]),
    },
)


def told(answer):
    headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    body = answer.content.replace(answer.headers["x-request-id"].encode(), b"ID")
    return answer.status_code, headers, body


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(route=st.sampled_from(ROUTES), who=WHO, query=QUERIES, headers=HEADERS)
def test_both_ways_give_the_same_answer(client, route, who, query, headers):
    url = f"/v1/enterprises/{who}/{route}?" + "&".join(f"{name}={value}" for name, value in query)
    promptly = client.get(url, headers=headers)
    with mock.patch.object(prompt, "_plain", return_value=None):
        usual = client.get(url, headers=headers)
    assert told(promptly) == told(usual)


@pytest.mark.parametrize(
    "asked",
    [each for each in GETS if each.url.startswith(ONE) and "profile" not in each.url],
    ids=str,
)
def test_a_plain_question_is_not_asked_in_the_usual_way(client, asked):
    with mock.patch("fastapi.routing.solve_dependencies", side_effect=AssertionError):
        assert asked.send(client).status_code == 200


@pytest.mark.parametrize(
    "query", ["as_of=2026-02-30", "as_of=2026-03-01&as_of=2026-03-01", "more=1"]
)
def test_whatever_is_not_plain_is(client, query):
    with mock.patch("fastapi.routing.solve_dependencies", side_effect=AssertionError):
        assert client.get(f"/v1/enterprises/{ALPHA}/grade?{query}").status_code == 500
