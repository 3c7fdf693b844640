"""Passes: the ledger is asked once a second at most, and what is over is over within two."""

from dataclasses import replace
from datetime import timedelta

import pytest

from xinheng.core import CredentialError, OutageError
from xinheng.serving.access import Channels, Masks, Pass, Passes, Principal

from .world import START, SUPERVISOR, Clock

CHANNEL = Channels.default().on(START.date()).channel("program")
FOUND = Pass(
    Principal("key a1", SUPERVISOR, "program", "key"),
    CHANNEL,
    Masks(),
    (),
    "view",
    START + timedelta(days=1),
)


class Source:
    """A ledger that counts how often it is asked, and can be out."""

    def __init__(self):
        self.asked, self.seconds, self.clock = 0, 0.0, Clock()
        self.error, self.found = None, FOUND
        self.passes = Passes(self.look_up, self.clock, lambda: self.seconds, most=3)

    def look_up(self, _):
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.found

    def ask(self, which="one"):
        return self.passes.known(which) or self.passes.look_up(which)

    def wait(self, seconds):
        self.seconds += seconds
        self.clock.wait(seconds=seconds)


@pytest.fixture
def source():
    return Source()


def test_who_asks_a_thousand_times_a_second_is_looked_up_once_in_it(source):
    for _ in range(3_000):
        assert source.ask() is FOUND
        source.wait(0.001)
    assert source.asked <= 4


def test_while_one_request_looks_up_the_others_go_on(source):
    source.ask()
    source.wait(1.5)
    assert source.passes.known("one") is None
    assert [source.passes.known("one") for _ in range(5)] == [FOUND] * 5


def test_what_was_revoked_is_refused_within_two_seconds(source):
    source.ask()
    source.error = CredentialError("over")
    refused = None
    for step in range(40):
        source.wait(0.1)
        try:
            source.ask()
        except CredentialError:
            refused = (step + 1) / 10
            break
    assert refused is not None
    assert refused <= 2
    with pytest.raises(CredentialError):
        source.ask()


def test_a_grant_that_was_narrowed_is_narrow_within_two_seconds(source):
    source.ask()
    source.found = replace(FOUND, view="narrowed")
    source.wait(1.1)
    assert source.ask().view == "narrowed"


def test_who_was_seen_goes_on_while_the_ledger_is_out_for_a_quarter_of_an_hour(source):
    source.ask()
    source.error = OutageError("gone")
    for _ in range(899):
        source.wait(1)
        assert source.ask() is FOUND
    source.wait(1)
    with pytest.raises(OutageError):
        source.ask()
    with pytest.raises(OutageError):
        source.ask("another")


def test_what_expires_during_an_outage_is_over(source):
    source.found = replace(FOUND, expires=START + timedelta(seconds=30))
    source.ask()
    source.error = OutageError("gone")
    source.wait(29)
    source.ask()
    source.wait(1)
    with pytest.raises(OutageError):
        source.ask()


def test_what_expires_is_not_taken_from_memory(source):
    source.found = replace(FOUND, expires=START + timedelta(seconds=0.5))
    source.ask()
    source.wait(0.5)
    assert source.passes.known("one") is None


def test_only_so_many_are_kept(source):
    for number in range(9):
        source.ask(str(number))
    assert len(source.passes) == 3
    assert source.passes.known("8") is FOUND
    assert source.passes.known("0") is None


def test_no_secret_is_kept(source):
    source.ask("a secret text")
    assert "a secret text" not in repr(vars(source.passes))
