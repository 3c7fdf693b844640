"""The register: enterprises by identifier, and since when each of them is known."""

from collections.abc import Mapping, Sequence
from copy import copy
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ...core import time
from ...features import Events
from ..problem import ProblemError

__all__ = ["Register"]

UNKNOWN = -1
FEW = 100  # looked up one by one, which is sooner done than an index made of them


class Register:
    """An index that answers for one identifier as quickly as for many.

    Parameters
    ----------
    enterprises
        `enterprise` (dense number), `scheme` and `id`, as by `Archive.enterprises`.
    events
        What is known of them, and since when.
    """

    def __init__(self, enterprises: pa.Table, events: Events) -> None:
        table = enterprises.to_pandas()
        self._numbers = table["enterprise"].to_numpy(np.int64)
        twice = table["id"].duplicated(keep=False).to_numpy()
        self._shared = frozenset(table["id"][twice])
        self._codes = pd.Index(table["id"][~twice], dtype="str")
        self._code_numbers = self._numbers[~twice]
        self._full_numbers = self._numbers
        self._full = pd.Index(table["scheme"] + ":" + table["id"], dtype="str")
        self.schemes = tuple(sorted(set(table["scheme"])))
        self._since = _first_days(events, int(self._numbers.max(initial=-1)) + 1)
        self._more: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def over(self, added: pa.Table, newer: Mapping[int, Events]) -> "Register":
        """Return the register after enterprises came to be known, or more of them.

        Parameters
        ----------
        added
            Enterprises that are new, with the columns of the others.
        newer
            All events of some enterprises as they are now, by dense number.
        """
        found = copy(self)
        found._add(added, newer)  # noqa: SLF001
        return found

    def _add(self, added: pa.Table, newer: Mapping[int, Events]) -> None:
        rows = added.to_pylist()
        since = np.full(len(self._since) + len(rows), time.NEVER, np.int32)
        since[: len(self._since)] = self._since
        for number, events in newer.items():
            since[number] = events.available.min(initial=time.NEVER)
        self._since = since
        self._numbers = np.concatenate([self._numbers, added["enterprise"].to_numpy()])
        self.schemes = tuple(sorted({*self.schemes, *(row["scheme"] for row in rows)}))
        known = self._look_up([row["id"] for row in rows]) if rows else np.empty(0)
        self._shared |= {row["id"] for row, at in zip(rows, known, strict=True) if at != UNKNOWN}
        self._more = {**self._more}
        for row in rows:
            self._more[f"{row['scheme']}:{row['id']}"] = row["enterprise"]
            self._more[row["id"]] = row["enterprise"]

    def find(
        self, identifiers: Sequence[str], as_of: int
    ) -> tuple[npt.NDArray[np.int64], dict[str, ProblemError]]:
        """Look identifiers up, each a code or `scheme:code`.

        Returns
        -------
        The dense number of each, -1 where there is none to be had as of that day, and why, by
        identifier.
        """
        numbers = self._look_up(identifiers)
        since = np.full(len(numbers), time.NEVER, np.int64)
        known = numbers != UNKNOWN
        since[known] = self._since[numbers[known]]
        missing = np.flatnonzero(since >= as_of)
        numbers[missing] = UNKNOWN
        problems = {
            identifiers[place]: self._problem(identifiers[place], first, as_of)
            for place, first in zip(missing.tolist(), since[missing].tolist(), strict=True)
        }
        return numbers, problems

    def since(self, number: int) -> int:
        """Return the day on which something of an enterprise became available first."""
        return int(self._since[number])

    def _look_up(self, identifiers: Sequence[str]) -> npt.NDArray[np.int64]:
        numbers = _look_up(self._codes, self._code_numbers, identifiers)
        rest = np.flatnonzero(numbers == UNKNOWN).tolist()
        if rest:
            full = [identifiers[place] for place in rest]
            numbers[rest] = _look_up(self._full, self._full_numbers, full)
        for place in np.flatnonzero(numbers == UNKNOWN).tolist() if self._more else ():
            numbers[place] = self._more.get(identifiers[place], UNKNOWN)
        if self._shared:
            numbers[[each in self._shared for each in identifiers]] = UNKNOWN
        return numbers

    def _meant(self, identifier: str) -> str:
        """Return how an enterprise that is known is written, where that was typed another way."""
        tidied = _tidied(identifier)
        known = tidied != identifier and self._look_up([tidied])[0] != UNKNOWN
        return f"Did you mean {tidied!r}? " if known else ""

    def _problem(self, identifier: str, since: int, as_of: int) -> ProblemError:
        if since != time.NEVER:
            return ProblemError(
                "not-known-yet",
                f"Nothing was known about enterprise {identifier!r} as of {time.show(as_of)}. "
                f"The first record of it came on {time.show(since)}: ask for a later day.",
            )
        if identifier in self._shared:
            schemes = " or ".join(f"{scheme}:{identifier}" for scheme in self.schemes)
            return ProblemError(
                "unknown-enterprise",
                f"{identifier!r} names enterprises of several schemes; write {schemes}.",
            )
        return ProblemError(
            "unknown-enterprise",
            f"The archive has no record of enterprise {identifier!r}. {self._meant(identifier)}An "
            "identifier is written as its source has it, such as the 18 characters of a unified "
            f"social credit code 统一社会信用代码. {self._before(identifier)}",
        )

    def _before(self, identifier: str) -> str:
        """Return what may stand before a code, and that what does is none of it."""
        scheme, parted, _ = identifier.partition(":")
        known = ", ".join(self.schemes)
        if parted and scheme not in self.schemes:
            return f"There is no scheme {scheme!r} that could stand before it. There are: {known}."
        return f"Its scheme may stand before it, with a colon. There are: {known}."


def _tidied(identifier: str) -> str:
    """Return an identifier in half width and capitals, with its scheme as it is, and no blanks.

    Examples
    --------
    >>> _tidied(" uscc:９１44ma "), _tidied("a b")
    ('uscc:9144MA', 'AB')
    """
    plain = "".join(normalize("NFKC", identifier).split())
    scheme, colon, code = plain.rpartition(":")
    return f"{scheme.lower()}{colon}{code.upper()}"


def _look_up(
    index: "pd.Index[str]", numbers: npt.NDArray[np.int64], identifiers: Sequence[str]
) -> npt.NDArray[np.int64]:
    if len(identifiers) <= FEW:
        return np.array([_one(index, numbers, each) for each in identifiers], np.int64)
    places = index.get_indexer(pd.Index(list(identifiers), dtype="str"))
    found = np.full(len(places), UNKNOWN, np.int64)
    there = np.flatnonzero(places >= 0)
    found[there] = numbers[places[there]]
    return found


def _one(index: "pd.Index[str]", numbers: npt.NDArray[np.int64], identifier: str) -> int:
    try:
        return int(numbers[index.get_loc(identifier)])
    except KeyError:
        return UNKNOWN


def _first_days(events: Events, size: int) -> npt.NDArray[np.int32]:
    """Return the day from which anything was known of each enterprise, NEVER if nothing was."""
    since = np.full(size, time.NEVER, np.int32)
    np.minimum.at(since, events.enterprise, events.available)
    return since
