"""A clock that is set back: nobody gets or stays in by it, and nobody is kept out for good."""

from datetime import timedelta

import pytest

from xinheng.core import CredentialError, LimitError
from xinheng.serving.access import Tries

from .world import BUREAU, SUPERVISOR, WORDS

YEAR = timedelta(days=365)
GUESS = "noodles of rice at noon"


@pytest.fixture
def signed_in(world):
    world.accounts.create("li", SUPERVISOR, WORDS)
    return world.sign_in()


# ---------------------------------------------------------------- sessions


def test_a_session_of_later_is_over(world, signed_in):
    world.clock.wait(hours=-1)
    with pytest.raises(CredentialError):
        world.sessions.check(signed_in.token)
    world.clock.wait(hours=1)
    with pytest.raises(CredentialError):
        world.sessions.check(signed_in.token)


def test_a_session_lives_no_longer_by_a_clock_behind_its_last_request(world, signed_in):
    world.clock.wait(minutes=20)
    world.sessions.check(signed_in.token)
    world.clock.wait(minutes=-10)
    with pytest.raises(CredentialError):
        world.sessions.check(signed_in.token)


def test_clocks_of_two_machines_may_be_a_moment_apart(world, signed_in):
    world.clock.wait(seconds=-30)
    assert world.sessions.check(signed_in.token)


def test_whoever_was_put_out_by_it_signs_in_again(world, signed_in):
    world.clock.wait(days=-365)
    with pytest.raises(CredentialError):
        world.sessions.check(signed_in.token)
    assert world.sessions.check(world.sign_in().token)


@pytest.mark.usefixtures("signed_in")
def test_sessions_of_later_are_removed(world):
    world.clock.wait(days=-365)
    assert world.sessions.purge() == 1


# ---------------------------------------------------------------- keys


def test_what_was_revoked_stays_so_and_what_is_of_later_is_not_yet_valid(world):
    issued = world.keys.issue("hotline", BUREAU, "program", YEAR)
    world.keys.revoke(issued.key.id)
    later = world.keys.issue("counter", BUREAU, "program", YEAR)
    world.clock.wait(days=-30)
    for text in (issued.text, later.text):
        with pytest.raises(CredentialError):
            world.keys.check(text)


def test_when_a_key_was_used_goes_by_the_clock_again(world):
    issued = world.keys.issue("hotline", BUREAU, "program", YEAR)
    world.clock.wait(days=90)
    world.keys.check(issued.text)
    world.clock.wait(days=-60)
    assert world.keys.check(issued.text).used == world.clock()


# ---------------------------------------------------------------- tries


@pytest.mark.parametrize("back", [{"minutes": -1}, {"days": -365}])
def test_whoever_was_locked_out_waits_no_longer_than_anybody(world, back):
    world.accounts.create("li", SUPERVISOR, WORDS)
    world.clock.wait(days=400)
    for _ in range(7):
        with pytest.raises((CredentialError, LimitError)):
            world.sign_in(password=GUESS)
        world.clock.wait(seconds=1)
    world.clock.wait(**back)
    waited = 0
    while waited < 900:
        try:
            assert world.sign_in().session
            break
        except LimitError as error:
            world.clock.wait(seconds=error.seconds)
            waited += error.seconds
    assert waited < 900


def test_no_try_is_forgotten_by_it(world):
    for _ in range(9):
        world.lockouts.begin("li", "192.0.2.1", None)
        world.clock.wait(minutes=15)
    world.clock.wait(days=-30)
    with pytest.raises(LimitError) as found:
        world.lockouts.begin("li", "192.0.2.1", None)
    assert found.value.seconds == Tries(4, timedelta(minutes=15)).delay(9).seconds
