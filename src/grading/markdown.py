"""What the pages have in common that are written from rules, cards and policies."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from ..core import time
from ..core.editions import DatedEdition

__all__ = ["markdown_table", "render_editions"]

Edition = TypeVar("Edition", bound=DatedEdition)


def render_editions(
    introduction: str,
    notes: Iterable[str],
    editions: Iterable[Edition],
    body: Callable[[Edition], Iterable[str]],
) -> str:
    """Return a page as Markdown: introduction, notes, and each edition under its days.

    Parameters
    ----------
    introduction, notes
        What comes first, and what its reader has to know besides.
    editions, body
        In order of time, and what makes the paragraphs of one.
    """
    page = [introduction]
    if listed := [f"- {note}" for note in notes]:
        page += ["**What to know besides 说明.**", "\n".join(listed)]
    for each in editions:
        until = "" if each.effective_to == time.NEVER else f" to {time.show(each.effective_to)}"
        since = time.show(each.effective_from)
        page.append(f"## Edition 版本 {each.version} ({each.status}), from {since}{until}")
        page += body(each)
    return "\n\n".join(part.strip("\n") for part in page) + "\n"


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return a table as Markdown; a bar inside a cell stays one.

    Examples
    --------
    >>> print(markdown_table(("id", "text"), [("1", "a|b")]))
    | id | text |
    | --- | --- |
    | 1 | a\|b |
    """
    cells = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    lines = (head, ["---"] * len(head), *cells)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
