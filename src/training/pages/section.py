"""Sections: what a command writes into a page, between two marks, and nothing else of it."""

from pathlib import Path

from ...archive.disk import replacing
from ...core.errors import InvalidError

__all__ = ["check_marks", "marks", "write_report"]


def marks(by: str) -> tuple[str, str]:
    """Return the lines between which a command writes.

    Examples
    --------
    >>> marks("train")[0]
    '<!-- begin of what `xinheng train` writes -->'
    """
    begin, end = (f"<!-- {place} of what `xinheng {by}` writes -->" for place in ("begin", "end"))
    return begin, end


def check_marks(path: Path, *, by: str = "train") -> None:
    """Refuse a page into which `write_report` could not write.

    Parameters
    ----------
    path
        The page, or where one would be made.
    by
        Whose marks they are.

    Raises
    ------
    InvalidError
        If the path is no file of text, or has one mark, or several of a kind, or in the wrong
        order.
    """
    _around(path, by)


def write_report(path: Path, report: str, command: str, *, by: str = "train") -> None:
    """Put a report between the marks of a page, with the command that makes it.

    The page is written whole or not at all.

    Parameters
    ----------
    path
        The page; made when missing. Where it has no marks, they are added at its end.
    report
        From `render` or `render_forecast`.
    command
        The command line.
    by
        Whose marks they are.

    Raises
    ------
    InvalidError
        If the page is refused by `check_marks`.
    """
    before, after = _around(path, by)
    begin, end = marks(by)
    block = f"{begin}\n\nMade by:\n\n```\n{command}\n```\n\n{report}\n\n{end}"
    with replacing(path) as draft:
        draft.write_text(f"{before}{block}{after}", "utf-8")


def _around(path: Path, by: str) -> tuple[str, str]:
    """Return what stands before and after the section of a command, were it there or not yet."""
    begin, end = marks(by)
    text = _text(path)
    counts = text.count(begin), text.count(end)
    if counts == (0, 0):
        return f"{text.rstrip()}\n\n", "\n"
    if counts == (1, 1) and text.index(begin) < text.index(end):
        before, rest = text.split(begin)
        return before, rest.split(end)[1]
    raise InvalidError(
        f"{path} has {counts[0]} lines {begin!r} and {counts[1]} lines {end!r}; leave one of "
        "each, in this order, or none"
    )


def _text(path: Path) -> str:
    if not path.exists():
        return f"# {path.stem.title()}\n"
    try:
        return path.read_text("utf-8")
    except (IsADirectoryError, UnicodeDecodeError) as error:
        raise InvalidError(f"{path} is no page of text ({error}); name a Markdown file") from None
