"""Factors: how much likelier counts are if their rate were several times the usual."""

from typing import NamedTuple

import numpy as np

from ..counts import Floats, Integers, trailing

__all__ = ["Window", "factor", "summed", "window"]


class Window(NamedTuple):
    """What happened in some weeks up to each of the last ones, and before them.

    Attributes
    ----------
    now, before
        Counts in the window, and in the weeks of the past before it; shape (rows, last).
    at_risk, exposure
        What there was of opportunity in either: weeks, numbers tested, or the volume of a source.
    """

    now: Floats
    before: Floats
    at_risk: Floats
    exposure: Floats


def window(cases: Integers, exposed: Integers | Floats, weeks: int, past: int, last: int) -> Window:
    """Return the counts and opportunities of a window of weeks at the end of each of the last.

    Parameters
    ----------
    cases, exposed
        Shape (rows, weeks), or one row of `exposed` for all.
    weeks, past
        How long the window is, and how many weeks before it tell what is usual.
    last
        How many weeks are asked for.
    """
    now, at_risk = (trailing(each, weeks, last) for each in (cases, exposed))
    whole, all_exposed = (trailing(each, past + weeks, last) for each in (cases, exposed))
    return Window(now, whole - now, at_risk, all_exposed - at_risk)


def factor(seen: Window, mean: Floats | float, shape: Floats | float, times: float) -> Floats:
    """Return the logarithm of the Bayes factor of what was seen in a window; shape (rows, last).

    Counts are Poisson with a rate of the row's own, a gamma distribution that own counts of the
    past narrow; in what spreads it is several times as high. Both predict negative binomial
    counts, of whose probabilities this is the ratio.

    Parameters
    ----------
    seen
        The window.
    mean
        Mean of the rate before any own count, per unit of exposure.
    shape
        How much that mean is trusted: as much as so many own counts.
    times
        How many times the usual rate there is of what spreads.

    Examples
    --------
    Three cases in four weeks, after none in a hundred weeks:

    >>> seen = Window(*(np.array([[each]]) for each in (3.0, 0.0, 4.0, 100.0)))
    >>> float(factor(seen, mean=0.1, shape=1.0, times=8.0)[0, 0].round(2))
    5.36
    """
    known = shape + seen.before
    rate = shape / np.maximum(mean, np.finfo(np.float64).tiny) + seen.exposure
    likelier = seen.now * np.log(times)
    likelier += (known + seen.now) * np.log((rate + seen.at_risk) / (rate + times * seen.at_risk))
    return np.asarray(likelier, np.float64)


def summed(values: Floats, group: Integers) -> Floats:
    """Return the sums of rows by group; shape (groups, last).

    Examples
    --------
    >>> summed(np.array([[1.0], [2.0], [3.0]]), np.array([0, 1, 0])).tolist()
    [[4.0], [2.0]]
    """
    found = np.zeros((int(group.max(initial=-1)) + 1, values.shape[1]))
    np.add.at(found, group, values)
    return found
