"""The vocabulary: which products there are, by the names that people give them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ...core.codes import CodeTable
from ...core.errors import InvalidError
from .lexicon import Lexicon

__all__ = ["Vocabulary"]

OUTSIDE = ("catering", "farm")
"""What no food group of the licences holds: dishes 餐饮食品 and farm produce 食用农产品."""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary(Lexicon):
    """Products with their names, food category and watch tag, from a day to another.

    A file of it has the columns `code`, `zh`, `en`, `also` (other names, parted by `|`),
    `kind_of` (the broader product, if it is one of a kind), `category` (a food category, a food
    group, `catering` or `farm`), `tag`, `valid_from`, `valid_to`, `note` and `basis`. Names are
    compared as texts are: simplified, in capitals, letters and digits alone.

    Examples
    --------
    >>> vocabulary = Vocabulary.default()
    >>> vocabulary.broad(["ho_fun", "mooncake", "honey"])
    ['wet_rice_noodles', 'baked_pastry', 'honey']
    """

    SHIPPED: ClassVar[str] = "products.csv"
    KIND: ClassVar[str] = "product"
    COLUMNS: ClassVar[tuple[str, ...]] = ("zh", "also", "kind_of", "category", "tag")

    def check(self, source: str) -> None:
        """Refuse what contradicts itself; see `Lexicon.load`."""
        Lexicon.check(self, source)
        categories = [*CodeTable.load("food_category").codes, *CodeTable.load("food_group").codes]
        self.check_known(source, "category", [*categories, *OUTSIDE])
        self.check_known(source, "kind_of", self.table.codes)
        kinds = {code for code, kind in self._kinds() if kind}
        for code, kind in self._kinds():
            if kind in kinds:
                raise InvalidError(
                    f"{source}, product {code!r}: it is a kind of {kind!r}, which is itself a kind "
                    "of another; name the broadest"
                )

    def broad(self, codes: list[str]) -> list[str]:
        """Return of each product the broader one that it is a kind of, or itself."""
        kinds = {code: kind or code for code, kind in self._kinds()}
        return [kinds[code] for code in codes]

    def broader(self) -> npt.NDArray[np.intp]:
        """Return for each row the row of the broader product, or -1."""
        place = {code: row for row, code in enumerate(self.column("code"))}
        return np.array([place.get(kind, -1) for kind in self.column("kind_of")], np.intp)

    def _kinds(self) -> list[tuple[str, str]]:
        return list(zip(self.column("code"), self.column("kind_of"), strict=True))
