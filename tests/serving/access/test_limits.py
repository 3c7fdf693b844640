"""Limits: never more than the burst and the rate allow, told in headers, in bounded memory."""

import math
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import InvalidError, LimitError
from xinheng.serving.access import Bucket, Limit, Limiter

SLOW = Limit(rate=0.5, burst=3)


class Hand:
    """A clock of seconds."""

    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


@pytest.fixture
def hand():
    return Hand()


@pytest.fixture
def limiter(hand):
    return Limiter(hand)


def key(which="a1", limit=SLOW):
    return Bucket("key", which, limit)


def test_a_bucket_is_emptied_and_fills_up(limiter, hand):
    assert [limiter.take([key()]).passed for _ in range(4)] == [True, True, True, False]
    hand.at += 2
    assert [limiter.take([key()]).passed for _ in range(2)] == [True, False]
    hand.at += 100
    assert [limiter.take([key()]).passed for _ in range(4)] == [True, True, True, False]


def test_headers_tell_what_is_left_and_when_to_come_back(limiter, hand):
    assert limiter.take([key()]).headers == {
        "RateLimit-Policy": '"key";q=3;w=6',
        "RateLimit": '"key";r=2;t=2',
    }
    limiter.take([key()], cost=2)
    hand.at += 0.5
    assert limiter.take([key()]).headers == {
        "RateLimit-Policy": '"key";q=3;w=6',
        "RateLimit": '"key";r=0;t=6',
        "Retry-After": "2",
    }


def test_whoever_waits_as_told_is_let_through(limiter, hand):
    for _ in range(50):
        verdict = limiter.take([key()], cost=2)
        hand.at += verdict.wait
        if not verdict.passed:
            assert limiter.take([key()], cost=2).passed


def test_a_request_takes_from_all_its_buckets_or_from_none(limiter):
    channel = Bucket("channel", "app", Limit(rate=1, burst=1))
    assert limiter.take([key(), channel]).bucket == channel
    refused = limiter.take([key(), channel])
    assert (refused.passed, refused.bucket.what) == (False, "channel")
    assert limiter.take([key()]).left == 1


def test_one_caller_does_not_use_up_what_is_anothers(limiter):
    while limiter.take([key("a1")]).passed:
        pass
    assert limiter.take([key("a2")]).left == 2


def test_a_refusal_teaches(limiter):
    limiter.take([key()], cost=3)
    with pytest.raises(LimitError, match=r"this key asks too often.*wait 2 s") as found:
        limiter.take([key()]).require()
    assert found.value.seconds == 2


@given(
    st.floats(0.1, 100),
    st.integers(1, 50),
    st.lists(st.tuples(st.floats(0, 5), st.integers(1, 50)), max_size=60),
)
def test_never_more_than_burst_and_rate_allow(rate, burst, asked):
    hand = Hand()
    limiter, limit = Limiter(hand), Limit(rate, burst)
    taken, start = 0, hand.at
    for pause, cost in asked:
        hand.at += pause
        verdict = limiter.take([key(limit=limit)], cost=min(cost, burst))
        taken += min(cost, burst) if verdict.passed else 0
        assert taken <= burst + rate * (hand.at - start) + 1e-4
        assert 0 <= verdict.left <= burst
        assert verdict.passed == (verdict.wait == 0)


def test_memory_is_bounded_and_what_is_full_again_is_forgotten(hand):
    limiter = Limiter(hand, most=100)
    for number in range(1_000):
        hand.at += 0.5
        limiter.take([key(f"k{number}")])
        assert len(limiter) <= 101
    assert limiter.take([key("late")]).left == SLOW.burst - 1


def test_a_flood_of_new_callers_does_not_make_us_forget_an_old_one(hand):
    limiter = Limiter(hand, most=100)
    while limiter.take([key("greedy")]).passed:
        pass
    passed = sum(limiter.take([key(f"k{number}")]).passed for number in range(10_000))
    assert passed == 99 + SLOW.burst
    assert not limiter.take([key("greedy")]).passed
    assert len(limiter) == 101


def test_many_threads_get_no_more_than_one():
    limiter, passed = Limiter(lambda: 0.0), []
    limit = Limit(rate=1, burst=500)

    def ask():
        passed.extend(limiter.take([key(limit=limit)]).passed for _ in range(300))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 500


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0), (math.inf, 1), (math.nan, 1)])
def test_a_limit_that_lets_nothing_through_is_refused(rate, burst):
    with pytest.raises(InvalidError, match="lets nothing"):
        Limit(rate, burst)


@pytest.mark.parametrize(("buckets", "cost"), [([], 1), ([key()], 4), ([key()], 0)])
def test_a_request_that_could_never_pass_is_refused(limiter, buckets, cost):
    with pytest.raises(InvalidError):
        limiter.take(buckets, cost)


def test_workers_share_a_limit():
    assert Limit(rate=10, burst=2).among(4) == Limit(rate=2.5, burst=1)
