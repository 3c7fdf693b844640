"""What is said with a call, when it is sent again, and what is never said."""

from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.client import (
    ApiError,
    Call,
    Client,
    ConnectionFailedError,
    Retries,
    calls,
    conversation,
)
from xinheng.client.call import parse
from xinheng.client.conversation import read_key
from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.serving.answers import GradeAnswer
from xinheng.serving.answers.grade import GRADE

KEY = "xhk_made-up"
OK = {"status": "ok"}
ONCE = Call("once", "POST", "/v1/once", dict[str, str], json={}, repeatable=False)


def answering(*responses, retries=None, **more):
    """A client to a service that answers with these in turn, and what it was asked."""
    left, asked = [*responses], []

    def answer(request):
        asked.append(request)
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    retries = retries or Retries(first=0.001)
    client = Client(key=KEY, transport=httpx2.MockTransport(answer), retries=retries, **more)
    return client, asked


def busy(status=503, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers=named, text="busy")


def test_it_says_who_asks_what_for_and_in_which_language():
    client, asked = answering(
        httpx2.Response(200, json=OK), purpose="case:2026-1 案", language="en"
    )
    client.health()
    headers = asked[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-purpose"] == "case:2026-1%20%E6%A1%88"
    assert headers["accept-language"] == "en"


def test_an_answer_that_still_holds_is_had_however_many_came_meanwhile(monkeypatch):
    """Many calls at once ask with their tags before the first of them is answered."""
    monkeypatch.setattr(conversation, "MOST", 1)
    tagged = httpx2.Response(200, json=OK, headers={"ETag": '"1"'})

    def answer(request):
        if "if-none-match" not in request.headers:
            return tagged
        client.conversation.memory.keep("another", '"2"', b"{}")
        return httpx2.Response(304)

    client = Client(key=KEY, transport=httpx2.MockTransport(answer))
    assert client.health() == client.health()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_service_is_asked_again(status):
    client, asked = answering(busy(status), busy(status), httpx2.Response(200, json=OK))
    assert client.health().status == "ok"
    assert len(asked) == 3


def test_a_broken_connection_is_tried_again():
    client, asked = answering(httpx2.ReadError("reset"), httpx2.Response(200, json=OK))
    assert client.health().status == "ok"
    assert len(asked) == 2


@pytest.mark.parametrize("first", [busy(503), busy(502)])
def test_what_may_not_come_twice_is_sent_once(first):
    client, asked = answering(first)
    with pytest.raises(ApiError):
        client.send(ONCE)
    assert len(asked) == 1


def test_what_may_not_come_twice_and_broke_off_is_told():
    client, asked = answering(httpx2.ReadError("reset"))
    with pytest.raises(ConnectionFailedError):
        client.send(ONCE)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "call", [calls.subscribe("https://hooks.example/x"), calls.unsubscribe("w")]
)
def test_webhooks_are_not_made_or_removed_twice(call):
    client, asked = answering(httpx2.ReadError("reset"))
    with pytest.raises(ConnectionFailedError):
        client.send(call)
    assert len(asked) == 1


def test_what_was_refused_for_coming_too_often_may_come_again():
    client, asked = answering(busy(429, retry_after="0"), httpx2.Response(200, json={}))
    client.send(ONCE)
    assert len(asked) == 2


def test_the_same_call_under_way_is_waited_for_and_a_conflict_is_not():
    client, asked = answering(busy(409, retry_after="0"), busy(409))
    with pytest.raises(ApiError):
        client.send(ONCE)
    assert len(asked) == 2


def test_retry_after_is_waited_for(monkeypatch):
    waited = []
    monkeypatch.setattr("time.sleep", waited.append)
    client, _ = answering(busy(429, retry_after="7"), httpx2.Response(200, json=OK))
    client.health()
    assert waited == [7.0]


def test_a_long_retry_after_is_the_callers_to_decide():
    client, asked = answering(busy(503, retry_after="3600"))
    with pytest.raises(ApiError) as refused:
        client.health()
    assert (refused.value.seconds, len(asked)) == (3600.0, 1)


def test_tries_come_to_an_end():
    client, asked = answering(*[busy()] * 9, retries=Retries(most=2, first=0.001))
    with pytest.raises(ApiError, match="something between here and the service answered: busy"):
        client.health()
    assert len(asked) == 3


@given(st.integers(0, 9), st.floats(0.01, 2), st.floats(0.01, 60))
def test_pauses_grow_and_stay_within_bounds(attempt, first, longest):
    retries = Retries(most=10, first=first, longest=longest)
    pause = retries.pause(attempt, None)
    bound = min(longest, first * 2**attempt)
    assert bound / 2 <= pause <= bound


@pytest.mark.parametrize("url", ["http://grades.example", "http://10.0.0.1:8000"])
def test_a_key_is_not_sent_in_the_clear(url):
    with pytest.raises(InvalidError, match="in the clear; use https://"):
        Client(url, KEY)


@pytest.mark.parametrize("url", ["grades.example", "ftp://x", ""])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(InvalidError, match="is no address"):
        Client(url, KEY)


def test_a_key_is_given_or_read_from_a_file_or_the_environment(tmp_path: Path, monkeypatch):
    (tmp_path / "key").write_text(f"{KEY}\n")
    monkeypatch.delenv("XINHENG_KEY", raising=False)
    assert read_key(KEY) == read_key(tmp_path / "key") == read_key(str(tmp_path / "key")) == KEY
    with pytest.raises(NotFoundError, match="xinheng keys issue"):
        read_key(None)
    monkeypatch.setenv("XINHENG_KEY", str(tmp_path / "key"))
    assert read_key(None) == KEY


def test_a_key_that_is_none_is_not_repeated_in_the_error():
    with pytest.raises(NotFoundError) as refused:
        read_key("secret-of-another-kind")
    assert "secret" not in str(refused.value)


def test_the_key_is_in_no_repr():
    with Client(key=KEY) as client:
        assert KEY not in repr(client) + repr(client.conversation)


def test_a_channel_that_leaves_fields_out_is_read_all_the_same():
    found = parse(GradeAnswer, b'{"level": "C", "rules": [{"zh": "x"}]}')
    assert (found.level, found.rules[0].zh) == ("C", "x")
    with pytest.raises(AttributeError):
        found.probability  # noqa: B018


def test_an_answer_of_another_form_is_refused():
    with pytest.raises(ApiError, match="an answer of another form"):
        parse(GradeAnswer, b'{"level": 3}')


def test_fields_that_a_newer_service_adds_are_passed_over():
    import json

    assert parse(GradeAnswer, json.dumps(GRADE | {"more": 1}).encode()).level == GRADE["level"]
