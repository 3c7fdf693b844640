"""Reach: which enterprises somebody may ask about, as these are today.

Where an enterprise is and what it does is looked at as of today, whichever day is asked about:
who is responsible for it now may read its past, and who was no longer does. Otherwise whoever
asks would choose the day on which they were.

To somebody who is held to districts or categories, an enterprise that lies elsewhere, one of
which nobody told where it lies, and one that the archive has never heard of are the same thing:
refused with 403 and the same words. A 404 for one of them, or for all, would tell who tries codes
which of them are there, or tell who mistook the district that there is no such enterprise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...core import time
from ..access import Principal
from ..live.profiles import category_code
from ..live.service import Service
from ..problem import ProblemError

__all__ = ["Reach"]


@dataclass(frozen=True, slots=True)
class Reach:
    """The enterprises of a service that somebody reaches.

    Parameters
    ----------
    service
        That is asked.
    principal
        Who asks.
    """

    service: Service
    principal: Principal

    @property
    def everywhere(self) -> bool:
        """Whether it is held to nothing."""
        scope = self.principal.grant.scope
        return scope.districts is None and scope.categories is None

    def among(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Tell which enterprises, by their dense numbers, are within reach."""
        if self.everywhere:
            return np.ones(len(numbers), bool)
        scope, today = self.principal.grant.scope, time.day_of(self.service.now())
        named = scope.categories
        wanted = None if named is None else {category_code(each) for each in named}
        return self.service.profiles.among(numbers, today, scope.districts, wanted)

    def within(self) -> Callable[[int], bool]:
        """Return what tells whether an enterprise, by its dense number, is within reach."""
        return lambda number: bool(self.among(np.array([number]))[0])

    def number(self, identifier: str, day: int) -> int:
        """Return the dense number of an enterprise within reach; see `Service.number`.

        Raises
        ------
        ProblemError
            If it is not within reach, or as for `Service.number`.
        """
        [number], problems = self.find([identifier], day)
        if problems:
            raise problems[identifier]
        return int(number)

    def find(
        self, identifiers: Sequence[str], day: int
    ) -> tuple[npt.NDArray[np.int64], dict[str, ProblemError]]:
        """Look identifiers up as `Register.find` does; what is beyond reach has no number."""
        numbers, problems = self.service.register.find(identifiers, day)
        if self.everywhere:
            return numbers, problems
        ever, _ = self.service.register.find(identifiers, time.NEVER)
        known, places = np.unique(ever, return_inverse=True)
        beyond = np.flatnonzero(~(self.among(known) & (known >= 0))[places])
        numbers[beyond] = -1
        held = self._held()
        for identifier in dict.fromkeys(identifiers[place] for place in beyond.tolist()):
            problems[identifier] = _problem(identifier, held)
        return numbers, problems

    def _held(self) -> str:
        """Return to what who asks is held, in words."""
        scope = self.principal.grant.scope
        held = " and ".join(
            f"{what} {', '.join(sorted(codes))}"
            for what, codes in (("districts", scope.districts), ("categories", scope.categories))
            if codes is not None
        )
        return f"this {self.principal.means} reaches: {held}"


def _problem(identifier: str, held: str) -> ProblemError:
    return ProblemError(
        "beyond-reach",
        f"Enterprise {identifier!r} is not among those that {held}. That is said of every other "
        "one, whether the archive knows it or not; see how it is written, and whoever manages keys "
        "and accounts if it is yours.",
    )
