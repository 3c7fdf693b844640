"""Lettering: nothing is lost, and nothing is wider than it may be."""

from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from xinheng.explaining.figures.lettering import lines_of, short, width_of, wrapped

TEXTS = st.text(st.sampled_from("abc 级数（），<&>"), max_size=60)


@given(TEXTS, st.integers(10, 40))
def test_lines_hold_every_letter_in_order(text: str, widest: int) -> None:
    assert "".join(lines_of(text, widest)).replace(" ", "") == text.replace(" ", "")


@given(st.text("级数", min_size=1, max_size=60), st.integers(4, 40))
def test_lines_of_chinese_are_as_wide_as_told_and_about_alike(text: str, widest: int) -> None:
    wide = [width_of(each) for each in lines_of(text, widest)]
    assert max(wide) <= widest
    assert len(wide) == -(-len(text) // (widest // 2))
    assert max(wide) - 2 * len(wide) < min(wide) + 1


def test_words_that_fill_a_line_each_stay_as_they_are() -> None:
    assert lines_of("regulation enterprise", 12) == ["regulation", "enterprise"]
    assert lines_of("supervision", 4) == ["supervision"]
    assert lines_of("", 4) == [""]


@given(TEXTS)
def test_a_wrapped_text_has_no_tag_of_its_own(text: str) -> None:
    bare = wrapped(text, 20).replace("<br>", "")
    assert "<" not in bare
    assert unescape(bare).replace(" ", "") == text.replace(" ", "")


@given(TEXTS, st.integers(6, 40))
def test_a_short_text_is_not_wider(text: str, widest: int) -> None:
    assert width_of(short(text, widest)) <= widest
    assert (
        short(text, widest) == text
        or short(text, widest)[:-1] == text[: len(short(text, widest)) - 1]
    )
