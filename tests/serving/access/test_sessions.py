"""Sessions: over when idle, over in any case, new at each signing in, and forms bound to them."""

import pytest

from xinheng.core import CredentialError
from xinheng.serving.access.tokens import digest

from .world import SUPERVISOR


@pytest.fixture
def signed_in(world):
    return world.sessions.begin("account li", SUPERVISOR, "console")


def over(world, token):
    with pytest.raises(CredentialError, match="sign in"):
        world.sessions.check(token)
    return True


def test_a_session_lives_while_it_is_used_and_twelve_hours_at_most(world, signed_in):
    for _ in range(12 * 60 // 29):
        world.clock.wait(minutes=29)
        assert world.sessions.check(signed_in.token).principal.means == "session"
    world.clock.wait(minutes=29)
    assert over(world, signed_in.token)


def test_a_session_is_over_after_half_an_hour_without_a_request(world, signed_in):
    world.clock.wait(minutes=30)
    assert over(world, signed_in.token)
    world.clock.wait(minutes=-30)
    assert over(world, signed_in.token)


def test_the_session_before_is_over_when_a_new_one_begins(world, signed_in):
    new = world.sessions.begin("account li", SUPERVISOR, "console", before=signed_in.token)
    assert new.token != signed_in.token
    assert over(world, signed_in.token)
    assert world.sessions.check(new.token)


def test_a_token_that_a_browser_brought_is_never_adopted(world):
    new = world.sessions.begin("account li", SUPERVISOR, "console", before="planted")
    assert len(new.token) == 43
    assert over(world, "planted")


@pytest.mark.parametrize("token", ["", "guessed", "键", "\ud800", "x" * 100_000])
def test_what_is_no_token_opens_nothing(world, signed_in, token):
    assert over(world, token)
    assert over(world, digest(signed_in.token))


def test_a_form_belongs_to_one_session(world, signed_in):
    other = world.sessions.begin("account wang", SUPERVISOR, "console")
    world.sessions.check_form(signed_in.token, signed_in.csrf)
    for forged in ("", other.csrf, signed_in.token, signed_in.csrf[:-1], signed_in.csrf.upper()):
        with pytest.raises(CredentialError, match="form"):
            world.sessions.check_form(signed_in.token, forged)


def test_a_session_that_ended_is_over_and_others_go_on(world, signed_in):
    other = world.sessions.begin("account wang", SUPERVISOR, "console")
    again = world.sessions.begin("account li", SUPERVISOR, "console")
    world.sessions.end(signed_in.token)
    assert over(world, signed_in.token)
    assert world.sessions.end_all("account li") == 1
    assert over(world, again.token)
    assert world.sessions.check(other.token)


def test_sessions_that_are_over_are_removed(world):
    world.sessions.begin("account li", SUPERVISOR, "console")
    world.clock.wait(minutes=20)
    world.sessions.begin("account wang", SUPERVISOR, "console")
    world.clock.wait(minutes=20)
    assert world.sessions.purge() == 1
    assert [session.actor for _, session in world.session_store.rows()] == ["account wang"]
