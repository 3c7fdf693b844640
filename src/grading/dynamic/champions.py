"""Champions: which bundle grades as of which days, as the history of promotions has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...core import time
from ...ledger import Promotion

__all__ = ["Term", "terms"]


@dataclass(frozen=True, slots=True)
class Term:
    """Days that one bundle grades: those after the term before, up to a last one.

    Parameters
    ----------
    bundle
        Its digest.
    until
        Day number.
    """

    bundle: str
    until: int


def terms(promotions: Sequence[Promotion], champion: str, until: int) -> list[Term]:
    """Return who grades as of the days up to a last one, in order.

    A run is made by who was champion when its day began. Of days on which there was none yet, it
    is made by the champion now.

    Parameters
    ----------
    promotions
        In the order in which they were made.
    champion
        Digest of the champion now.
    until
        Day number of the last day.

    Examples
    --------
    >>> from datetime import datetime
    >>> at = datetime(2026, 3, 5, 10, tzinfo=time.SHANGHAI)
    >>> first = Promotion(at.replace(month=1), "li", "first", "grade", "old")
    >>> later = Promotion(at, "li", "better", "grade", "new")
    >>> found = terms([first, later], "new", time.day("2026-04-01"))
    >>> [(term.bundle, time.show(term.until)) for term in found]
    [('new', '2026-01-05'), ('old', '2026-03-05'), ('new', '2026-04-01')]
    """
    bundles = [champion, *(promotion.bundle for promotion in promotions)]
    days = [*(time.day_of(promotion.at) for promotion in promotions), until]
    found: list[Term] = []
    for bundle, last in zip(bundles, days, strict=True):
        if found and found[-1].bundle == bundle:
            found.pop()
        found.append(Term(bundle, min(last, until)))
    return found
