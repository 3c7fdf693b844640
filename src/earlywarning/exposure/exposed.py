"""The exposed: enterprises in order of how near and how surely, each with its reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Self

import numpy as np
import numpy.typing as npt

from ...core.time import show
from .city import City
from .traces import ROLES, Floats, Numbers, Traces
from .weights import REASONS, Weights

__all__ = ["Exposed", "Ranked", "Within", "ranked"]

OWN_FAILURE = [REASONS.index("failed"), REASONS.index("harmed")]
NOBODY, ANOTHER = -1, -2
"""Whom a hint leads to: nobody, or one of whom no more is told."""
UNNAMED = {"zh": "另一家企业", "en": "another enterprise"}
Within = Callable[[Numbers], npt.NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Exposed:
    """An enterprise that a risky product concerns.

    Attributes
    ----------
    number, code
        Dense number, and its code.
    role
        What it has to do with the product: one of `ROLES`.
    failed
        Whether it failed itself.
    strength
        How surely it is concerned, in 0..1: what all hints tell together.
    reasons
        Sentences, the weightiest first, by language: "zh" and "en".
    records
        Keys of the records behind it, the latest first.
    """

    number: int
    code: str
    role: str
    failed: bool
    strength: float
    reasons: Mapping[str, tuple[str, ...]]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """All exposed enterprises in order, as columns; shape (n,).

    Attributes
    ----------
    enterprise
        Dense number.
    role
        Place in `ROLES`.
    failed
        Whether it failed itself.
    strength
        In 0..1.
    """

    enterprise: Numbers
    role: Numbers
    failed: npt.NDArray[np.bool_]
    strength: Floats
    traces: Traces

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.enterprise)

    def within(self, reached: Within) -> Self:
        """Return those of them that somebody reaches, and what is told to them of the others.

        A tie to an enterprise beyond reach still weighs and is told; neither its code is, nor the
        record of the tie.

        Parameters
        ----------
        reached
            Tells which enterprises, by their dense numbers, somebody reaches.
        """
        told = reached(self.enterprise.astype(np.int64))
        other = self.traces.other.astype(np.int64)
        tied = np.unique(other[other != NOBODY])
        beyond = np.isin(other, tied[~reached(tied)])
        return replace(
            self,
            enterprise=self.enterprise[told],
            role=self.role[told],
            failed=self.failed[told],
            strength=self.strength[told],
            traces=self.traces._replace(
                other=np.where(beyond, ANOTHER, other),
                record=np.where(beyond, NOBODY, self.traces.record),
            ),
        )

    def told(self, city: City, weights: Weights, most: int) -> tuple[Exposed, ...]:
        """Return the first of them with their reasons in words."""
        wanted = self.enterprise[:most]
        mine = self.traces.kept(np.isin(self.traces.enterprise, wanted))
        order = np.lexsort((mine.record, -mine.occurred, mine.enterprise))
        rows = zip(*(column[order].tolist() for column in mine), strict=True)
        hints = {number: list(each) for number, each in groupby(rows, key=lambda row: row[0])}
        codes = city.words("code")
        return tuple(
            Exposed(
                number,
                str(codes[number]),
                ROLES[self.role[place]],
                bool(self.failed[place]),
                float(self.strength[place]),
                _reasons(hints[number], codes, weights),
                _records(hints[number], weights.most_records),
            )
            for place, number in enumerate(wanted.tolist())
        )


def ranked(traces: Traces, factors: Floats) -> Ranked:
    """Put enterprises in order: those that failed, then by role, then by strength.

    Parameters
    ----------
    traces
        Hints of all enterprises.
    factors
        By how much the credit level of each makes them weigh more; shape (enterprises,).
    """
    whom, place = np.unique(traces.enterprise, return_inverse=True)
    role = np.full(len(whom), len(ROLES))
    np.minimum.at(role, place, traces.role)
    failed = np.zeros(len(whom), bool)
    failed[place[np.isin(traces.reason, OWN_FAILURE)]] = True
    doubt = np.bincount(place, np.log1p(-traces.weight), len(whom)) * factors[whom]
    strength = -np.expm1(doubt)
    order = np.lexsort((whom, -strength, role, ~failed))
    return Ranked(whom[order], role[order], failed[order], strength[order], traces)


Hint = tuple[int, int, int, float, int, int, int]


def _reasons(
    hints: list[Hint], codes: npt.NDArray[np.object_], weights: Weights
) -> dict[str, tuple[str, ...]]:
    """Return a sentence for each reason and enterprise that it leads to."""
    by_reason: dict[tuple[int, int], list[Hint]] = {}
    for hint in hints:
        by_reason.setdefault((hint[2], hint[6]), []).append(hint)
    surest = sorted(by_reason.items(), key=lambda item: -max(hint[3] for hint in item[1]))
    told: dict[str, tuple[str, ...]] = {}
    for language, unnamed in UNNAMED.items():
        names = {NOBODY: "", ANOTHER: unnamed}
        told[language] = tuple(
            getattr(weights.reasons[REASONS[reason]], language).format(
                count=len(each),
                day=show(max(hint[5] for hint in each)),
                other=names[other] if other in names else codes[other],
            )
            for (reason, other), each in surest
        )
    return told


def _records(hints: list[Hint], most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(hint[4]) for hint in hints if hint[4] != -1))[:most]
