"""Surges: far more records of late than an enterprise's own past lets expect.

Of c records of late and p before, each would fall into the late stretch with probability
q = late / (late + before) if the rate had stayed the same, whatever that rate is. So c is binomial,
and Chernoff's bound on its tail (Hoeffding 1963) is exp(-s) with

    s = c ln(c / (n q)) + p ln(p / (n (1 - q))),  n = c + p,  for c > n q.

It needs logarithms alone, no rate of others, and holds for small numbers.
"""

import math

from ...core.errors import DeclarationError
from ...features import Expression, count, latest, maximum, where
from ...features.expression import AS_OF, if_missing, ln, minimum

__all__ = ["surge"]


def surge(stream: str, *, window: int, past: int, least: int, unlikely: float) -> Expression:
    """Build a number over zero where records of late are a surge against the past.

    Parameters
    ----------
    stream
        Pattern of the records.
    window, past
        Days of late, and days before them that are looked at; of an enterprise that was
        established later, those since then, and as many as `window` at least.
    least
        How many records of late there are at least.
    unlikely
        The bound on the probability is less than one in so many.

    Returns
    -------
    Expression
        By how much the bound lies below that, in natural logarithms, and 0 where there are too
        few records.

    Raises
    ------
    DeclarationError
        If a number is not above zero, or `unlikely` not above one.

    Examples
    --------
    >>> from xinheng.features.expression import leaves_of
    >>> built = surge("complaint:food.*", window=30, past=365, least=3, unlikely=1000)
    >>> len(set(leaves_of(built)))
    3
    """
    if min(window, past, least) < 1 or unlikely <= 1:
        raise DeclarationError(
            f"a surge of {least} in {window} days against {past}, one in {unlikely}, is none; give "
            "numbers from 1 on, and more than one in 1"
        )
    late = count(stream, window=window)
    before = count(stream, window=past, lag=window)
    age = AS_OF - latest("enterprise.established") - window
    days = if_missing(maximum(minimum(age, past), window), past)
    both = late + before
    share = window / (window + days)
    excess = _told(late, both * share) + _told(before, both * (1 - share))
    rarer = excess - math.log(unlikely)
    risen = late - both * share
    return where(late - (least - 1), where(risen, rarer, 0), 0)


def _told(found: Expression, expected: Expression) -> Expression:
    """Build found x ln(found / expected), which is 0 of none."""
    return where(found, found * ln(found / expected), 0)
