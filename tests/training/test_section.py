"""Sections: a page is refused before anything is written, and written whole or not at all."""

from pathlib import Path

import pytest

from xinheng.core.errors import InvalidError
from xinheng.training import check_marks, marks, write_report

BEGIN, END = marks("train")


@pytest.mark.parametrize("text", ["", "# Page\n", f"{BEGIN}\nold\n{END}\n", marks("forecast")[0]])
def test_a_page_with_both_marks_or_none_is_taken(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, "utf-8")
    check_marks(page)
    assert page.read_text("utf-8") == text


def test_a_page_that_is_not_there_is_taken_and_not_made(tmp_path: Path) -> None:
    check_marks(tmp_path / "docs" / "page.md")
    assert not (tmp_path / "docs").exists()


@pytest.mark.parametrize("text", [BEGIN, END, END + BEGIN, BEGIN + BEGIN + END])
def test_a_page_with_other_marks_is_refused(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, "utf-8")
    check_marks(page, by="forecast")
    with pytest.raises(InvalidError, match=r"page.md has \d lines .* leave one of each"):
        check_marks(page)


def test_what_is_no_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="is no page of text"):
        check_marks(tmp_path)
    (tmp_path / "page.md").write_bytes("信衡".encode("gb18030"))
    with pytest.raises(InvalidError, match="is no page of text"):
        check_marks(tmp_path / "page.md")


def test_a_write_that_breaks_off_leaves_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    write_report(page, "first", "xinheng train")
    before = page.read_text("utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_report(page, "\ud800", "xinheng train")
    assert [each.read_text("utf-8") for each in tmp_path.iterdir()] == [before]
