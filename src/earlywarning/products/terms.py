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
    """Return which texts bear any word of each key; most texts bear none at all."""
    among = pa.array(texts, pa.string())
    some = np.flatnonzero(_bears(among, [name for names in words.values() for name in names]))
    few = among.take(pa.array(some))
    found: dict[str, npt.NDArray[np.bool_]] = {}
    for key, names in words.items():
        which = some[_bears(few, names)]
        if len(which):
            found[key] = np.zeros(len(texts), bool)
            found[key][which] = True
    return found


def _bears(texts: pa.Array, names: list[str]) -> npt.NDArray[np.bool_]:
    if not names:
        return np.zeros(len(texts), bool)
    borne: npt.NDArray[np.bool_] = pc.match_substring_regex(
        texts, "|".join(map(re.escape, names))
    ).to_numpy(zero_copy_only=False)
    return borne
