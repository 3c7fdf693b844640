"""Keys of the API: found by scanners, kept as digests, rotated, revoked; refusals are alike."""

from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import CredentialError, InvalidError, NotFoundError
from xinheng.serving.access import Grant, Role, keys, looks_like_key
from xinheng.serving.access.keys import ALPHABET, PATTERN

from .world import BUREAU, World

DAYS = timedelta(days=90)


@pytest.fixture
def issued(world):
    return world.keys.issue("hotline", BUREAU, "program", DAYS)


def refusal(world, text):
    with pytest.raises(CredentialError) as found:
        world.keys.check(text)
    return str(found.value)


def test_a_key_proves_who_asks(world, issued):
    key = world.keys.check(issued.text)
    assert key.principal.actor == f"key {key.id}"
    assert (key.principal.grant, key.principal.channel) == (BUREAU, "program")


def test_a_scanner_finds_a_key_in_a_text_and_tells_it_from_others(issued):
    assert PATTERN.findall(f'token = "{issued.text}" # mine') == [issued.text]
    assert looks_like_key(issued.text)


@cache
def issued_once():
    """Return the text of a key, the same for all examples: else they cannot be played again."""
    return World().keys.issue("hotline", BUREAU, "program", DAYS).text


@given(st.data())
def test_a_mistyped_key_is_told_without_asking_anybody(data):
    text = issued_once()
    place = data.draw(st.integers(4, len(text) - 1).filter(lambda at: text[at] != "_"))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda each: each != text[place]))
    assert not looks_like_key(text[:place] + other + text[place + 1 :])


def test_keys_differ_in_all_but_their_prefix(world):
    texts = [world.keys.issue("hotline", BUREAU, "program", DAYS).text for _ in range(200)]
    assert len({text.split("_")[1] for text in texts}) == len(set(texts)) == 200
    assert {len(text) for text in texts} == {64}


def test_nothing_that_is_kept_or_shown_holds_the_key(world, issued):
    secret = issued.text.rpartition("_")[2]
    kept = repr(list(world.key_store.rows())) + repr(vars(world.key_store)) + repr(issued)
    assert secret not in kept
    assert secret[:20] not in kept
    assert world.keys.find(issued.key.id).digest not in repr(issued.key)


def spoilt(world, issued, how):
    match how:
        case "unknown":
            return World().keys.issue("hotline", BUREAU, "program", DAYS).text
        case "wrong":
            return issued.text[:16] + ("A" if issued.text[16] != "A" else "B") + issued.text[17:]
        case "expired":
            world.clock.wait(days=90)
        case "revoked":
            world.keys.revoke(issued.key.id)
        case "early":
            world.clock.wait(seconds=-1)
        case "swapped":
            other = world.keys.issue("other", Grant(Role.CONSUMER), "web", DAYS).text
            return other[:15] + issued.text[15:]
        case _:
            return how
    return issued.text


BAD = [
    "unknown",
    "wrong",
    "expired",
    "revoked",
    "early",
    "swapped",
    "",
    "xhk_",
    "键" * 64,
    "\ud800",
]
BAD += ["x" * 100_000, "xhk__", "\0" * 64]


@pytest.mark.parametrize("how", BAD)
def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(world, issued, how, monkeypatch):
    text = spoilt(world, issued, how)
    compared = []
    right = keys.same
    monkeypatch.setattr(keys, "same", lambda *both: compared.append(both) or right(*both))
    before = world.key_store.asked
    assert refusal(world, text) == keys.REFUSED
    assert (len(compared), world.key_store.asked - before) == (1, 1)


def test_a_rotated_key_and_its_successor_are_both_valid_for_the_overlap_and_no_longer(
    world, issued
):
    new = world.keys.rotate(issued.key.id, DAYS, overlap=timedelta(days=2))
    assert new.key.after == issued.key.id
    assert (new.key.grant, new.key.holder) == (issued.key.grant, issued.key.holder)
    world.clock.wait(days=2, seconds=-1)
    assert world.keys.check(issued.text).id != world.keys.check(new.text).id
    world.clock.wait(seconds=1)
    refusal(world, issued.text)
    assert world.keys.check(new.text).id == new.key.id


def test_rotation_never_lets_an_old_key_live_longer(world, issued):
    world.clock.wait(days=89)
    world.keys.rotate(issued.key.id, DAYS, overlap=timedelta(days=30))
    world.clock.wait(days=1)
    refusal(world, issued.text)


def test_a_revoked_key_stays_so_and_is_not_rotated(world, issued):
    first = world.keys.revoke(issued.key.id).revoked
    world.clock.wait(hours=1)
    assert world.keys.revoke(issued.key.id).revoked == first
    with pytest.raises(InvalidError, match="valid no longer"):
        world.keys.rotate(issued.key.id, DAYS)


def test_last_use_is_kept_to_the_minute(world, issued):
    assert world.keys.find(issued.key.id).used is None
    seen = [world.keys.check(issued.text).used]
    world.clock.wait(seconds=59)
    seen.append(world.keys.check(issued.text).used)
    world.clock.wait(seconds=1)
    seen.append(world.keys.check(issued.text).used)
    assert seen[0] == seen[1] < seen[2] == world.keys.find(issued.key.id).used


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"valid": timedelta()}, "more than no time"),
        ({"valid": timedelta(days=400)}, "at most 366 days"),
        ({"holder": " "}, "has a holder"),
        ({"limit": 0.0}, "lets nothing through"),
        ({"limit": float("nan")}, "lets nothing through"),
    ],
)
def test_a_key_that_cannot_be_meant_is_refused(world, more, match):
    given = {"holder": "hotline", "grant": BUREAU, "channel": "program", "valid": DAYS} | more
    with pytest.raises(InvalidError, match=match):
        world.keys.issue(**given)


def test_keys_are_listed_and_found_by_their_ids(world, issued):
    assert world.keys.all() == [issued.key]
    with pytest.raises(NotFoundError, match="no key 'zz'"):
        world.keys.revoke("zz")
