"""False discovery: how many of the alarms that are as strong as one tell of nothing, at most."""

import numpy as np
import numpy.typing as npt

from .counts import Floats

__all__ = ["false_shares"]


def false_shares(strengths: npt.ArrayLike, series: int) -> Floats:
    """Return for each strength the share of false alarms among all as strong, at most.

    The e-BH procedure of Wang and Ramdas (2022), which holds whatever series have to do with each
    other: told are the k strongest of so many series if the weakest of them has an e-value of
    series / (k * share).

    Parameters
    ----------
    strengths
        Natural logarithms of e-values, which are at most 1 on average where nothing spreads; of
        all series, or of those that may be told. Shape (n,).
    series
        How many series there are, at least n.

    Returns
    -------
    numpy.ndarray
        Shape (n,), each 1 at most.

    Examples
    --------
    One e-value of 1000 among 100 series, and one of 20:

    >>> false_shares(np.log([1000, 20]), 100).round(3).tolist()
    [0.1, 1.0]
    """
    values = np.asarray(strengths, np.float64)
    order = np.argsort(-values, kind="stable")
    rank = np.arange(1, len(values) + 1)
    told = np.exp(np.minimum(np.log(max(series, 1)) - np.log(rank) - values[order], 0))
    shares = np.empty(len(values))
    shares[order] = np.minimum.accumulate(told[::-1])[::-1]
    return shares
