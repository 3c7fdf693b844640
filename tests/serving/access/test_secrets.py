"""Nothing logs a secret, shows one, or says one in an error."""

import contextlib
import logging
import pickle
import traceback
from datetime import timedelta

import pytest

from xinheng.core import AccessError, InvalidError
from xinheng.serving.access import totp

from .world import BUREAU, SUPERVISOR, WORDS

GUESS, SHORT, OTHER = "noodles of rice at noon", "eleven-chrs", "other words altogether"


@pytest.fixture
def told(caplog):
    """Everything that was logged, and every error with its way."""
    caplog.set_level(logging.DEBUG)
    found = []

    @contextlib.contextmanager
    def listening():
        try:
            yield
        except (AccessError, InvalidError) as error:
            found.append("".join(traceback.format_exception(error)))

    return listening, lambda: caplog.text + "".join(found)


def test_nothing_that_a_program_sends_is_told(world, told):
    listening, everything = told
    issued = world.keys.issue("hotline", BUREAU, "program", timedelta(days=9))
    new = world.keys.rotate(issued.key.id, timedelta(days=9), timedelta())
    wrong = new.text[:-7] + "x" * 7
    for text in (new.text, wrong, issued.text):
        with listening():
            world.keys.check(text)
    secrets = [text.rpartition("_")[2][:30] for text in (issued.text, new.text)]
    assert everything().count("errors.CredentialError: ") == 2
    assert [secret for secret in secrets if secret in everything()] == []


def test_nothing_that_a_person_types_is_told(world, told):
    listening, everything = told
    world.accounts.create("li", SUPERVISOR, WORDS)
    secret = world.accounts.offer_second_factor("li").partition("secret=")[2].partition("&")[0]
    code = totp.code_at(secret, int(world.clock().timestamp()) // 30)
    for given in ((GUESS, ""), (WORDS, code), (GUESS, code)):
        with listening():
            world.sign_in("li", *given)
    for name in ("li", "nobody"):
        for _ in range(6):
            with listening():
                world.sign_in(name, GUESS)
    with listening():
        world.accounts.confirm_second_factor("li", "000000")
    with listening():
        world.accounts.set_password("li", SHORT)
    with listening():
        world.accounts.prove("li", GUESS, address="192.0.2.8")
    assert everything().count("LimitError") > 2
    hidden = (WORDS, GUESS, SHORT, OTHER, secret, code, "$argon2id")
    assert [each for each in hidden if each in everything()] == []


def test_nothing_that_a_browser_brings_is_told(world, told):
    listening, everything = told
    signed_in = world.sessions.begin("account li", SUPERVISOR, "console")
    forged = "forged-form-token"
    with listening():
        world.sessions.check_form(signed_in.token, forged)
    world.sessions.end(signed_in.token)
    with listening():
        world.sessions.check(signed_in.token)
    assert everything().count("errors.CredentialError: ") == 2
    hidden = (signed_in.token, signed_in.csrf, forged)
    assert [each for each in hidden if each in everything()] == []


def test_what_is_kept_does_not_hold_what_was_sent(world):
    issued = world.keys.issue("hotline", BUREAU, "program", timedelta(days=9))
    world.accounts.create("li", SUPERVISOR, WORDS)
    signed_in = world.sign_in()
    stores = (world.key_store, world.account_store, world.session_store, world.failures)
    kept = pickle.dumps([dict(store.rows()) for store in stores])
    hidden = (issued.text, WORDS, signed_in.token, signed_in.csrf, signed_in.device)
    assert [each for each in hidden if each.encode() in kept] == []
