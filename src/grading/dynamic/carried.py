"""Levels carried on: from which level of the model hysteresis starts, for whom, as of a day."""

from functools import lru_cache
from threading import Lock

import numpy as np
import numpy.typing as npt

from ..policy import Policy
from ..scores import NO_LEVEL, Codes
from .fold import Gradings
from .inforce import InForce, carrying, read_in_force, since_everybody

__all__ = ["Carried"]

STANDINGS = 2


class Carried:
    """What the runs of an installation left for grades that are asked for between them.

    Parameters
    ----------
    gradings
        The installation.
    policy
        By which it is graded now.
    """

    def __init__(self, gradings: Gradings, policy: Policy) -> None:
        self._gradings = gradings
        self._policy = policy
        self._standing = lru_cache(STANDINGS)(self._read)
        self._reading = Lock()
        self._bundle = lru_cache(None)(gradings.read)

    def levels(self, enterprises: npt.NDArray[np.int32], as_of: int) -> Codes:
        """Return the code of the model's level in the last run before a day, as a run would.

        Parameters
        ----------
        enterprises
            Dense numbers; shape (n,).
        as_of
            Day number; a run of the same day started from the one before it.

        Returns
        -------
        -1 where there was no run, or one on another scale; shape (n,).

        Raises
        ------
        IntegrityError, NotFoundError
            If the grades of a run, or its bundle, are not as they were written, or not there.
        """
        runs = since_everybody(self._gradings.history.runs(), as_of - 1)
        if not runs:
            return np.full(len(enterprises), NO_LEVEL, np.int8)
        with self._reading:
            standing = self._standing(tuple(run.id for run in runs))
        known = np.flatnonzero(enterprises < len(standing.run))
        found = np.full(len(enterprises), NO_LEVEL, np.int8)
        edition, given = self._policy.on(as_of), standing.run[enterprises[known]]
        on = carrying(given, {run.id: run for run in runs}, self._bundle, edition)
        found[known] = standing.carried(enterprises[known], on)
        return found

    def _read(self, numbers: tuple[int, ...]) -> InForce:
        runs = (run for run in self._gradings.history.runs() if run.id in numbers)
        return read_in_force(self._gradings.store, runs, ())
