"""Sections: what a command writes into a page, between two marks, and nothing else of it."""

from pathlib import Path

from ...core.errors import InvalidError

__all__ = ["marks", "write_report"]


def marks(by: str) -> tuple[str, str]:
    """Return the lines between which a command writes.

    Examples
    --------
    >>> marks("train")[0]
    '<!-- begin of what `xinheng train` writes -->'
    """
    begin, end = (f"<!-- {place} of what `xinheng {by}` writes -->" for place in ("begin", "end"))
    return begin, end


def write_report(path: Path, report: str, command: str, *, by: str = "train") -> None:
    """Put a report between the marks of a page, with the command that makes it.

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
        If the page has one mark, or several of a kind, or in the wrong order.
    """
    begin, end = marks(by)
    text = path.read_text("utf-8") if path.exists() else f"# {path.stem.title()}\n"
    block = f"{begin}\n\nMade by:\n\n```\n{command}\n```\n\n{report}\n\n{end}"
    counts = text.count(begin), text.count(end)
    if counts == (0, 0):
        text = f"{text.rstrip()}\n\n{block}\n"
    elif counts == (1, 1) and text.index(begin) < text.index(end):
        before, rest = text.split(begin)
        text = before + block + rest.split(end)[1]
    else:
        raise InvalidError(
            f"{path} has {counts[0]} lines {begin!r} and {counts[1]} lines {end!r}; leave one of "
            "each, in this order, or none"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
