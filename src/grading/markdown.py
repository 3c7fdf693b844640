"""Tables of the pages that are written from rules, cards and policies."""

from collections.abc import Iterable, Sequence

__all__ = ["markdown_table"]


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
