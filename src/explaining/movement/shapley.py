"""Shapley values: the one split of a difference that does not depend on any order.

Where several things changed at once, what each did depends on which is changed first. Shapley
(1953) takes the mean over all orders: the parts sum to the whole, what changes nothing has no part,
things that do the same have the same part, and no other split has all of that.
"""

from math import comb

import numpy as np
import numpy.typing as npt

from ...core.errors import InvalidError

__all__ = ["MOST_PLAYERS", "coalitions", "shapley"]

MOST_PLAYERS = 16


def coalitions(players: int) -> npt.NDArray[np.bool_]:
    """Return every set of players, one a row, in the order in which `shapley` takes their worth.

    Examples
    --------
    >>> coalitions(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    if players > MOST_PLAYERS:
        raise InvalidError(f"{players} changes at once are too many; up to {MOST_PLAYERS} are told")
    numbers = np.arange(1 << players)[:, None]
    return (numbers >> np.arange(players) & 1).astype(np.bool_)


def shapley(worth: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the part of each player in what all are worth beyond what nobody is.

    Parameters
    ----------
    worth
        Of every set in the order of `coalitions`; shape (2 ** players,) or with columns after.

    Examples
    --------
    Two that are worth something only together, and one that does nothing:

    >>> shapley(np.array([0.0, 0, 0, 6, 0, 0, 0, 6])).tolist()
    [3.0, 3.0, 0.0]
    """
    players = int(np.log2(len(worth)))
    members = coalitions(players)
    size = members.sum(axis=1)
    found = np.zeros((players, *worth.shape[1:]))
    for player in range(players):
        without = np.flatnonzero(~members[:, player])
        gain = worth[without + (1 << player)] - worth[without]
        weight = np.array([1 / (players * comb(players - 1, int(n))) for n in size[without]])
        found[player] = np.tensordot(weight, gain, axes=1)
    return found
