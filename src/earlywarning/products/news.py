"""News: products, terms and names that were never told of before a day."""

from dataclasses import dataclass

import pyarrow as pa

from ...core.errors import InvalidError
from ...core.time import show
from .mentions import Mentions
from .recogniser import Recogniser
from .span import Least, Span

__all__ = ["News", "never_seen"]


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What was never told of before, each table with the most frequent first.

    All have `first` (day number), `times`, `enterprises`, `sources`, `chance`: how likely all
    mentions fall into the recent span if mentions of it were spread as all are, and `records`:
    their keys, the latest first.

    Attributes
    ----------
    products
        `product`: codes of the vocabulary.
    terms
        `term`: codes of the terms.
    names
        `name` that no product of the vocabulary has, and its `spellings`.
    grams
        `gram`: runs of characters that are part of no known name, the longest of the same times.
    """

    products: pa.Table
    terms: pa.Table
    names: pa.Table
    grams: pa.Table


def never_seen(
    mentions: Mentions,
    since: int,
    as_of: int,
    recogniser: Recogniser,
    *,
    times: int = 2,
    tellers: int = 2,
    chance: float = 0.01,
) -> News:
    """Return what was told of from a day on and never before it.

    Parameters
    ----------
    mentions
        Of any days; those from `as_of` on are not looked at.
    since
        Day number on which the recent span begins; the past is all before it.
    as_of
        Day number behind the last of the recent span.
    recogniser
        Of the vocabulary and terms of that time.
    times, tellers
        How often at least, and by how many enterprises or by how many sources.
    chance
        The greatest chance; see `News`.

    Raises
    ------
    InvalidError
        If the recent span has no day.

    Examples
    --------
    >>> from .vocabulary import Vocabulary
    >>> past = Mentions.of(["月饼"] * 97, range(97), ["A"] * 97, ["court"] * 97)
    >>> days = [97, 98, 99, 100]
    >>> new = Mentions.of(["脆啵啵", "脆啵啵(冰)", "月饼", "脆啵啵"], days, [*"ABCD"], ["tax"] * 4)
    >>> mentions = Mentions.of(*(
    ...     [*getattr(past, column).tolist(), *getattr(new, column).tolist()]
    ...     for column in ("text", "day", "enterprise", "source")))
    >>> never_seen(mentions, 97, 100, Recogniser(Vocabulary.default(), 100)).names.to_pylist()
    [{'name': '脆啵啵', 'first': 97, 'times': 2, 'enterprises': 2, 'sources': 1,
      'chance': 0.0009, 'records': [98, 97], 'spellings': ['脆啵啵']}]
    """
    if as_of <= since:
        raise InvalidError(
            f"nothing is recent from {show(since)} to {show(as_of)}; give a day after it"
        )
    span = Span(mentions.before(as_of), since, recogniser, Least(times, tellers, chance))
    return News(span.products(), span.terms(), span.names(), span.grams())
