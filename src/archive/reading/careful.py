"""Delimited text record by record: what cannot be split is set aside, a line at a time.

So one quote that is not closed does not swallow the rows after it.
"""

import csv
from collections.abc import Iterator

from .text import LONGEST

__all__ = ["Record", "split_carefully"]

UNCLOSED = "unexpected end of data"
csv.field_size_limit(2**31 - 1)  # a field may be as long as the text that it stands in

Record = tuple[int, int, list[str] | str | None]


def split_carefully(lines: list[bytes], delimiter: str, *, whole: bool) -> Iterator[Record]:
    r"""Yield (first line, line after, cells or fault) of each record that is not blank.

    Parameters
    ----------
    lines
        Lines with their ends, in UTF-8.
    delimiter
        One ASCII character.
    whole
        Whether nothing follows these lines. If something does, a record that is not complete
        comes last, with None, unless it is longer than any record can be.

    Examples
    --------
    >>> lines = [b'1,"2\n', b'3,4\n']
    >>> list(split_carefully(lines, ",", whole=False))
    [(0, 2, None)]
    >>> for record in split_carefully(lines, ",", whole=True):
    ...     print(record)
    (0, 1, 'a quote is not closed, or not doubled inside a field (unexpected end of data)')
    (1, 2, ['3', '4'])
    """
    at = 0
    while at < len(lines):
        begin, reader = at, csv.reader(_decoded(lines, at), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if cells:
                    yield at, begin + reader.line_num, cells
                at = begin + reader.line_num
        except csv.Error as error:
            if str(error) == UNCLOSED and not whole and sum(map(len, lines[at:])) <= LONGEST:
                yield at, len(lines), None
                return
            yield at, at + 1, f"a quote is not closed, or not doubled inside a field ({error})"
            at += 1


def _decoded(lines: list[bytes], at: int) -> Iterator[str]:
    return (lines[place].decode() for place in range(at, len(lines)))
