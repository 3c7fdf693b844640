"""Kept answers stay within their budget, and are never other than what was made."""

from hypothesis import given
from hypothesis import strategies as st

from xinheng.serving.live.kept import OVERHEAD, Kept

TAGS = st.sampled_from("abcdefgh")
ASKED = st.lists(st.tuples(TAGS, st.booleans()), max_size=60)


@given(budget=st.integers(0, 5 * OVERHEAD), asked=ASKED)
def test_what_is_kept_is_what_was_made_and_fits(budget, asked):
    kept = Kept(budget)
    for tag, only_look in asked:
        made = tag.encode() * (ord(tag) - 90)
        if only_look:
            assert kept.find(tag) in (None, made)
        else:
            assert kept.answer(tag, lambda made=made: made) == made
        assert kept.size <= budget
    assert kept.size == sum(
        OVERHEAD + 1 + len(found) for tag in "abcdefgh" if (found := kept.find(tag)) is not None
    )


def test_what_was_asked_for_longest_ago_goes_first():
    kept = Kept(2 * OVERHEAD + 10)
    for tag in ("a", "b", "a", "c"):
        kept.answer(tag, lambda: b"1")
    assert [kept.find(tag) for tag in "abc"] == [b"1", None, b"1"]


def test_what_is_kept_is_not_made_again():
    kept = Kept(1_000)
    kept.answer("a", lambda: b"made")
    assert kept.answer("a", lambda: 1 / 0) == b"made"


def test_what_is_larger_than_all_room_is_made_each_time():
    kept = Kept(10)
    assert kept.answer("a", lambda: b"made") == b"made"
    assert len(kept) == 0
