"""Terms: words of new formats, technologies and ingredients that tag whatever bears them."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .lexicon import Lexicon

__all__ = ["Terms"]


@dataclass(frozen=True, slots=True, eq=False)
class Terms(Lexicon):
    """Terms that tag a product by a word in its name, from a day to another.

    A file of them has the columns `code`, `zh`, `en`, `also` (other words, parted by `|`), `tag`,
    `valid_from`, `valid_to`, `note` and `basis`.

    Examples
    --------
    >>> terms = Terms.default()
    >>> {code: held.tolist() for code, held in terms.found(["3D打印月饼", "月饼"]).items()}
    {'printed': [True, False]}
    """

    SHIPPED: ClassVar[str] = "terms.csv"
    KIND: ClassVar[str] = "term"

    def found(self, texts: list[str]) -> dict[str, npt.NDArray[np.bool_]]:
        """Return the terms that any of the plain texts bears, and which ones bear it."""
        words = dict(zip(self.column("code"), self.names(), strict=True))
        return _matched(words, texts)

    def tags(self, texts: list[str]) -> dict[str, npt.NDArray[np.bool_]]:
        """Return the watch tags that terms give to any of the plain texts, and to which."""
        words: dict[str, list[str]] = defaultdict(list)
        for tag, names in zip(self.column("tag"), self.names(), strict=True):
            words[tag] += names
        return _matched(words, texts)


def _matched(words: dict[str, list[str]], texts: list[str]) -> dict[str, npt.NDArray[np.bool_]]:
    among = pa.array(texts, pa.string())
    held = {
        key: pc.match_substring_regex(among, "|".join(map(re.escape, names))).to_numpy(
            zero_copy_only=False
        )
        for key, names in words.items()
        if names
    }
    return {key: which for key, which in held.items() if which.any()}
