"""Where the lines and the records of delimited text end, found without splitting it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Records", "clean_until", "count_fields", "find_records"]

LF, CR, QUOTE = 10, 13, 34

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Where the records of a clean text begin and end, in bytes, and how many lines precede.

    `lines` is how many lines end in the whole text.
    """

    start: Places
    end: Places
    line: Places
    lines: int


def clean_until(text: bytes, delimiter: str) -> tuple[int, bool]:
    r"""Return up to where a text is whole records whose quotes stand around fields only.

    Parameters
    ----------
    text
        Text that begins with a record and ends with a line.
    delimiter
        One ASCII character.

    Returns
    -------
    end, orderly
        The place after the last such record. What follows it has a quote where none belongs,
        or, if `orderly`, nothing worse than a quote that is not closed yet.

    Examples
    --------
    >>> clean_until(b'1,"2"\n3,4"\n', ","), clean_until(b'1,"2"\n3,"4\n', ",")
    ((6, False), (6, True))
    """
    if b'"' not in text:
        return len(text), True
    whole = np.frombuffer(text, dtype=np.uint8)
    quotes = np.flatnonzero(whole == QUOTE)
    opening, closing = quotes[0::2], quotes[1::2]
    edge = np.zeros(256, dtype=bool)
    edge[[ord(delimiter), LF, CR, QUOTE]] = True
    within = opening[int(opening[0] == 0) :]
    wrong = within[~edge[whole[within - 1]]][:1].tolist()
    within = closing[: len(closing) - int(len(closing) > 0 and closing[-1] == len(whole) - 1)]
    wrong += within[~edge[whole[within + 1]]][:1].tolist()
    unclosed = opening[-1:].tolist() if len(quotes) % 2 else []
    if not wrong and not unclosed:
        return len(text), True
    ends = _outside(_line_ends(whole[: min(wrong + unclosed)]), quotes)
    return (int(ends[-1]) + 1 if len(ends) else 0), not wrong


def find_records(text: bytes) -> Records:
    r"""Return the records of a clean text that are not blank.

    Examples
    --------
    >>> find_records(b'1,"2\n"\n\n3,4').line.tolist()
    [0, 3]
    """
    whole = np.frombuffer(text, dtype=np.uint8)
    lines = _line_ends(whole)
    ends = lines
    if b'"' in text:
        ends = _outside(lines, np.flatnonzero(whole == QUOTE))
    end = np.append(ends, len(text))
    start = np.append(0, ends + 1)
    filled = end > start
    single = np.flatnonzero(end - start == 1)
    filled[single[whole[start[single]] == CR]] = False
    start, end = start[filled], end[filled]
    line = np.flatnonzero(filled) if ends is lines else np.searchsorted(lines, start)
    return Records(start, end, line, len(lines))


def count_fields(text: bytes, records: Records, delimiter: str) -> Places:
    """Return how many fields each record of a clean text has."""
    whole = np.frombuffer(text, dtype=np.uint8)
    marks = np.flatnonzero(whole == ord(delimiter))
    marks = _outside(marks, np.flatnonzero(whole == QUOTE))
    return np.searchsorted(marks, records.end) - np.searchsorted(marks, records.start) + 1


def _line_ends(whole: Bytes) -> Places:
    """Return where lines end: at each line feed, and each carriage return without one."""
    feeds = np.flatnonzero(whole == LF)
    returns = np.flatnonzero(whole == CR)
    if not len(returns):
        return feeds
    inner = returns[: len(returns) - int(returns[-1] == len(whole) - 1)]
    paired = inner[whole[inner + 1] == LF]
    lone = np.setdiff1d(returns, paired, assume_unique=True)
    return np.sort(np.concatenate([feeds, lone])) if len(lone) else feeds


def _outside(places: Places, quotes: Places) -> Places:
    """Return the places that are in no quotes."""
    outside: Places = places[np.searchsorted(quotes, places) % 2 == 0]
    return outside
