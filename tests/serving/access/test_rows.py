"""What the ledger keeps of keys, accounts and sessions: all of it, typed, and in one step."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core import AccessError, CredentialError, InvalidError
from xinheng.serving.access import (
    Account,
    ApiKey,
    Failures,
    Grant,
    Pending,
    Role,
    Scope,
    Session,
    totp,
)
from xinheng.serving.access.roles import ROLES
from xinheng.serving.access.rows import TABLES, read_row, write_row

from .world import BUREAU, START, SUPERVISOR, WORDS, LedgerWorld

MOMENTS = st.datetimes(timezones=st.just(UTC))
CODES = st.frozensets(st.text(min_size=1), min_size=1)
GRANTS = st.sampled_from(Role).flatmap(
    lambda role: st.builds(
        Grant,
        st.just(role),
        st.builds(
            Scope,
            st.none() | st.frozensets(st.sampled_from(sorted(ROLES[role].permissions)), min_size=1),
            CODES,
            st.none() | CODES,
        ),
    )
)
for kind, values in ((datetime, MOMENTS), (Grant, GRANTS)):
    st.register_type_strategy(kind, values)
ROW = st.sampled_from(list(TABLES)).flatmap(st.from_type)
KEY = ApiKey("a1", "hotline", "ab" * 32, BUREAU, "program", START, START + timedelta(9), limit=5.0)


@settings(max_examples=60)
@given(ROW)
def test_what_is_written_is_read(row):
    assert read_row(type(row), json.loads(json.dumps(write_row(row)))) == row


SPOILT = {
    "a column of a later version": {"tenant": "x"},
    "no digest": {"digest": None},
    "a number for a text": {"holder": 5},
    "a text for a number": {"limit": "5"},
    "yes for a number": {"limit": True},
    "a moment without a zone": {"created": "2026-06-30T08:00:00"},
    "no moment": {"created": "yesterday"},
    "no grant": {"grant": []},
    "a role of a later version": {"grant": {"role": "minister"}},
    "a scope of a later version": {"grant": {"role": "supervisor", "sizes": ["small"]}},
    "a permission that the role lost": {"grant": {"role": "consumer", "permissions": ["decide"]}},
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_not_known_is_refused(how):
    row = write_row(KEY) | SPOILT[how]
    row = {name: value for name, value in row.items() if value is not None}
    with pytest.raises((ValueError, LookupError)):
        read_row(ApiKey, row)


def test_what_is_shown_of_an_unknown_row_is_no_secret(ledger):
    world = LedgerWorld(ledger)
    world.accounts.create("li", SUPERVISOR, WORDS)
    row = write_row(world.account_store.get("li"))
    with pytest.raises(ValueError, match="unknown in a row of Account: tenant") as found:
        read_row(Account, row | {"tenant": "x"})
    assert "argon2id" not in str(found.value)


@pytest.mark.parametrize("kind", [Failures, Pending, Session])
def test_a_row_that_lacks_something_is_refused(kind):
    with pytest.raises(ValueError, match=f"missing in a row of {kind.__name__}: "):
        read_row(kind, {})


def test_a_key_lives_and_dies_in_the_ledger(ledger):
    world = LedgerWorld(ledger)
    issued = world.keys.issue("hotline", BUREAU, "program", timedelta(days=9), limit=5.0)
    found = world.keys.check(issued.text)
    assert found == replace(issued.key, used=START)
    later = world.keys.rotate(found.id, timedelta(days=9))
    assert world.keys.check(later.text).after == found.id
    world.keys.revoke(found.id)
    with pytest.raises(CredentialError):
        LedgerWorld(ledger).keys.check(issued.text)
    assert {key.id for key in world.keys.all()} == {found.id, later.key.id}


def test_an_account_signs_in_by_the_ledger(ledger):
    world = LedgerWorld(ledger)
    world.accounts.create("li", SUPERVISOR, WORDS)
    with pytest.raises(InvalidError, match="'li' already"):
        world.accounts.create("LI", SUPERVISOR, WORDS)
    token = world.sign_in().token
    assert LedgerWorld(ledger).sessions.check(token).actor == "account li"
    world.accounts.disable("li")
    with pytest.raises(CredentialError):
        world.sessions.check(token)


def test_of_two_who_show_the_same_code_at_once_one_is_let_in(ledger):
    world = LedgerWorld(ledger)
    world.accounts.create("li", SUPERVISOR, WORDS)
    secret = world.accounts.offer_second_factor("li").partition("secret=")[2].partition("&")[0]
    step = int(START.timestamp()) // 30
    world.accounts.confirm_second_factor("li", totp.code_at(secret, step))
    code = totp.code_at(secret, step + 1)

    def enter(number):
        with suppress(AccessError):
            return world.sign_in(code=code, address=f"192.0.2.{number}")

    with ThreadPoolExecutor(4) as pool:
        entered = [each for each in pool.map(enter, range(4)) if each]
    assert len(entered) == 1


def test_many_who_guess_at_once_have_no_more_tries(ledger):
    world, looked_at = LedgerWorld(ledger), []

    def guess(_):
        try:
            world.sign_in("li", "noodles of rice at noon")
        except CredentialError:
            looked_at.append(1)
        except AccessError:
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(guess, range(24)))
    assert len(looked_at) == 5
