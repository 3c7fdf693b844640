"""Trouble: what holds work up is told when it begins and when it is over, and tried ever later."""

import logging
import random

__all__ = ["Trouble"]

FIRST, LONGEST = 2.0, 16.0


class Trouble:
    """What holds some work up, such as a ledger that is gone.

    Parameters
    ----------
    log
        Where it is told.
    work
        What is held up, as the beginning of a sentence.

    Examples
    --------
    >>> trouble = Trouble(logging.getLogger("somewhere"), "postings are")
    >>> waits = [trouble.met(OSError("gone")) for _ in range(5)]
    >>> waits[0] <= 2.0, waits[-1] >= 8.0
    (True, True)
    """

    def __init__(self, log: logging.Logger, work: str) -> None:
        self._log, self._work = log, work
        self._met: type[Exception] | None = None
        self._times = 0

    def met(self, error: Exception) -> float:
        """Tell of it if it is new, and return after how many seconds to try again.

        That is twice as long each time, up to a quarter of a minute; and up to half of it less, by
        chance, so that not all who wait for one ledger ask it at one moment.
        """
        if type(error) is not self._met:
            self._log.warning("%s held up, and tried again until they are not", self._work,
                              exc_info=error)  # fmt: skip
        self._met, longest = type(error), min(LONGEST, FIRST * 2.0**self._times)
        self._times = min(self._times + 1, 10)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311

    def over(self) -> None:
        """Tell that it is over, if there was any."""
        if self._met is not None:
            self._log.info("%s not held up any more", self._work)
        self._met, self._times = None, 0
