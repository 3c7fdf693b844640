"""Exposure: which enterprises make, sell or commission a product, or are near those that failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ...archive import Archive
from ...core.errors import NotFoundError
from ..products import Recogniser, Vocabulary
from ..sightings import Sightings, read_sightings
from .city import City, read_city
from .direct import licensed, sighted
from .exposed import Exposed, Ranked, ranked
from .ties import tied
from .traces import ROLES, Floats, Traces
from .weights import REASONS, Reason, Weights, read_weights

__all__ = ["Exposure"]

MOST = 100


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """A city at the end of a day, asked for one product after another.

    Attributes
    ----------
    sightings, city
        Records that name products, and everybody.
    vocabulary
        Of products, on that day.
    weights
        Of the reasons.
    """

    sightings: Sightings
    city: City
    vocabulary: Vocabulary
    weights: Weights

    @classmethod
    def read(
        cls,
        archive: Archive,
        day: int,
        *,
        recogniser: Recogniser | None = None,
        weights: Weights | None = None,
        upto: int | None = None,
    ) -> Self:
        """Read what an archive tells at the end of a day.

        Parameters
        ----------
        archive
            Where records are.
        day
            Day number; what became available on it is seen.
        recogniser
            Of the vocabulary of that day; of the one that ships if not given.
        weights
            Those that ship if not given.
        upto
            Number of the last delivery that is read; all by default.
        """
        known = recogniser or Recogniser(Vocabulary.default(), day)
        return cls(
            read_sightings(archive, day, known, upto=upto),
            read_city(archive, day, upto=upto),
            known.vocabulary,
            weights or read_weights(),
        )

    def exposed(
        self,
        products: Sequence[str],
        hazard: str = "",
        *,
        levels: Mapping[int, str] | None = None,
        most: int = MOST,
    ) -> tuple[Exposed, ...]:
        """Return who is exposed, those that failed first, with the reasons.

        Parameters
        ----------
        products
            Codes of the vocabulary; each stands for itself and for those that are a kind of it.
        hazard
            Item or hazard class; failures of another one are no failures here. "" is any.
        levels
            Credit level by dense number, where it is known.
        most
            So many at most.

        Raises
        ------
        NotFoundError
            If the vocabulary has no such product.
        """
        return self.ranked(products, hazard, levels=levels).told(self.city, self.weights, most)

    def ranked(
        self,
        products: Sequence[str],
        hazard: str = "",
        *,
        levels: Mapping[int, str] | None = None,
    ) -> Ranked:
        """Return all who are exposed, in order, as columns; see `exposed`."""
        rows = self.rows(products)
        own = Traces.together(
            [
                sighted(self.sightings, rows, self.city, hazard, self.weights),
                licensed(self.city, self._categories(products), self.weights),
            ]
        )
        makers = self._surely(own.kept(own.role == ROLES.index("makes")))
        failed = self._surely(own.kept(np.isin(own.reason, _places("failed", "harmed"))))
        ties = tied(self.city, makers, failed, self.weights)
        return ranked(Traces.together([own, *ties]), self._factors(levels or {}))

    def rows(self, products: Sequence[str]) -> npt.NDArray[np.intp]:
        """Return the places of the sightings of some products and of their kinds."""
        known = self.vocabulary.column("code")
        for product in products:
            if product not in known:
                raise NotFoundError.among("product", product, known)
        place, codes = self.sightings.codes("product")
        wide = dict(zip(known, self.vocabulary.broad(known), strict=True))
        wanted = [code in products or wide.get(code) in products for code in codes]
        return np.flatnonzero(np.array([*wanted, False], bool)[place])

    def _categories(self, products: Sequence[str]) -> frozenset[str]:
        """Return the food categories of products, but for what no licence names."""
        by_code = zip(
            self.vocabulary.column("code"), self.vocabulary.column("category"), strict=True
        )
        return frozenset(
            category for code, category in by_code if code in products and category.isdecimal()
        )

    def _surely(self, traces: Traces) -> Floats:
        """Return how surely some hints tell of each enterprise; shape (enterprises,)."""
        doubt = np.bincount(traces.enterprise, np.log1p(-traces.weight), len(self.city))
        return -np.expm1(doubt)

    def _factors(self, levels: Mapping[int, str]) -> Floats:
        factors = np.ones(len(self.city))
        for number, level in levels.items():
            if level not in self.weights.levels:
                raise NotFoundError.among("credit level", level, self.weights.levels)
            factors[number] = self.weights.levels[level]
        return factors


def _places(*reasons: Reason) -> list[int]:
    return [REASONS.index(reason) for reason in reasons]
