"""The recogniser: which product a text is about, or none where that is in doubt."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .heads import Heads
from .likeness import Likeness
from .spelling import parts, plain, uniform
from .terms import Terms
from .vocabulary import Vocabulary

__all__ = ["HOW", "RECOGNISED", "Recogniser"]

HOW = ("exact", "contained", "near", "sound")
"""How a product is recognised: by its name, by a name at the end, one slip away, by its sound."""

RECOGNISED = pa.schema(
    [
        ("product", pa.dictionary(pa.int32(), pa.string())),
        ("how", pa.dictionary(pa.int8(), pa.string())),
        ("score", pa.float64()),
        ("tags", pa.list_(pa.string())),
    ]
)
EXACT, CONTAINED, NEAR, SOUND = range(len(HOW))
HEAD, REST, DOUBT, RIVAL = 0.85, 0.15, 0.7, 0.72


class Match(NamedTuple):
    """A product that a text may be about, how far that is certain, and how it was found."""

    score: float
    place: int
    how: int


NONE = Match(0.0, -1, -1)


class Recogniser:
    """Tells which product each of many texts is about, as the vocabulary stands on a day.

    Parameters
    ----------
    vocabulary
        Products and their names.
    day
        Day number.
    terms
        Words that tag whatever bears them; those that ship with the package if not given.
    least
        The least score, in 0..1, that is enough: an exact name has 1, a name at the end .85 and
        more, one that sounds the same .77 and more, one slip .6 and more, a name within what may
        be something else less than .7.
    margin
        How far the best product must be above the next; of a product and the broader one that it
        is a kind of, the former is meant.

    Examples
    --------
    >>> recogniser = Recogniser(Vocabulary.default(), 20_000)
    >>> texts = ["河粉(湿) 500g", "草莓味酸奶", "公明燒鵝", "稍鹅", "月饼、烧鹅", "酸奶机"]
    >>> recogniser.recognise(pa.array(texts))["product"].to_pylist()
    ['ho_fun', 'yogurt', 'roast_goose', 'roast_goose', None, None]
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        day: int,
        *,
        terms: Terms | None = None,
        least: float = 0.8,
        margin: float = 0.2,
    ) -> None:
        self.vocabulary = vocabulary.at(day)
        self.terms = (terms or Terms.default()).at(day)
        self.least, self.margin = least, margin
        self._broader = self.vocabulary.broader().tolist()
        self._names = {
            name: place for place, names in enumerate(self.vocabulary.names()) for name in names
        }
        farm = [category == "farm" for category in self.vocabulary.column("category")]
        self._heads = Heads(self._names, frozenset(np.flatnonzero(farm).tolist()))
        self._likeness = Likeness(self._names)
        self._found: dict[str, Match] = {}

    @property
    def known(self) -> list[str]:
        """Every name of a product or a term, plain."""
        terms = (name for names in self.terms.names() for name in names)
        return [*self._names, *terms]

    def recognise(self, texts: pa.Array | pa.ChunkedArray | Sequence[str | None]) -> pa.Table:
        """Return `RECOGNISED`: for each text its product, how it was found, score and tags.

        A text is worked on once, however often it stands there or is asked for. Where no product
        is certain, product and how are missing and the score is 0; tags of terms are given all
        the same.
        """
        words, row = distinct(texts)
        even = uniform(words)
        found = self._each(even)
        columns = (
            _dictionary([match.place for match in found], self.vocabulary.column("code")),
            _dictionary([match.how for match in found], HOW, pa.int8()),
            pa.array([match.score for match in found], pa.float64()),
            self._tags(even, found),
        )
        held = [column.take(row) for column in columns]
        held[2], held[3] = pc.fill_null(held[2], 0.0), pc.fill_null(held[3], pa.scalar([]))
        return pa.table(held, schema=RECOGNISED)

    def _each(self, texts: Iterable[str]) -> list[Match]:
        given, parted = list(texts), dict[str, Match]()
        for text in given:
            if text not in self._found:
                self._found[text] = self._of(text, parted)
        return [self._found[text] for text in given]

    def _of(self, text: str, known: dict[str, Match]) -> Match:
        """Return what a text is about, from what it names in order of its parts."""
        place = self._names.get(plain(text))
        if place is not None:
            return Match(1.0, place, EXACT)
        tried = [[self._part(part, known) for part in each if part] for each in parts(text)]
        for number, each in enumerate(tried):
            if any(match.place >= 0 for match in each):
                inner = chain.from_iterable(tried[number + 1 :])
                return self._decided([*each, *self._kinds(each, inner)])
        return NONE

    def _kinds(self, outer: Sequence[Match], inner: Iterable[Match]) -> list[Match]:
        """Return what stands in brackets behind the broader product that it is a kind of."""
        broad = {match.place for match in outer}
        return [
            match for match in inner if match.place >= 0 and self._broader[match.place] in broad
        ]

    def _part(self, text: str, known: dict[str, Match]) -> Match:
        if text not in known:
            known[text] = self._decided(self._matches(text))
        return known[text]

    def _matches(self, text: str) -> list[Match]:
        """Return products that a part of a text may be.

        A name at its end is in doubt where the whole is like a longer name of another product.
        """
        place = self._names.get(text)
        if place is not None:
            return [Match(1.0, place, EXACT)]
        head = self._heads.find(text)
        longer = len(head.name) if head is not None and head.clear else 0
        ending = head.name if head is not None and text.endswith(head.name) else ""
        like = self._likeness
        found = [Match(score, at, SOUND) for score, at in like.sounding(text, longer)]
        found += [Match(score, at, NEAR) for score, at in like.slipped(text, longer, ending)]
        if head is not None:
            rivals = (match for match in found if match.score >= RIVAL)
            clear = head.clear and all(match.place == head.place for match in rivals)
            share = len(head.name) / len(text)
            score = HEAD + REST * share if clear else DOUBT * share
            products = (head.place, head.beside) if head.beside >= 0 else (head.place,)
            found += [Match(score, each, CONTAINED) for each in products]
        return found

    def _decided(self, matches: Sequence[Match]) -> Match:
        """Return the best match if it is good enough, and better than any of another product."""
        broader = {self._broader[match.place] for match in matches if match.place >= 0}
        kept = [match for match in matches if match.place not in broader]
        best = max(kept, default=NONE)
        rival = max((each.score for each in kept if each.place != best.place), default=0.0)
        clear = best.score >= self.least and best.score - rival >= self.margin
        return best if clear else NONE

    def _tags(self, texts: list[str], found: Sequence[Match]) -> pa.Array:
        """Return the tags of products and of terms in the texts, sorted."""
        tags: list[set[str]] = [set() for _ in texts]
        own = self.vocabulary.column("tag")
        for mine, match in zip(tags, found, strict=True):
            if match.place >= 0 and own[match.place]:
                mine.add(own[match.place])
        for tag, held in self.terms.tags([plain(text) for text in texts]).items():
            for row in np.flatnonzero(held).tolist():
                tags[row].add(tag)
        return pa.array([sorted(each) for each in tags], pa.list_(pa.string()))


def distinct(
    texts: pa.Array | pa.ChunkedArray | Sequence[str | None],
) -> tuple[pa.Array, pa.Array]:
    """Return every text once, and for each of the given its place among them."""
    given = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts, pa.string())
    encoded = pc.dictionary_encode(given.cast(pa.string()))
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], encoded.type)
    return encoded.dictionary, encoded.indices


def _dictionary(
    places: Sequence[int], words: Sequence[str], kind: pa.DataType | None = None
) -> pa.DictionaryArray:
    indices = pa.array([None if place < 0 else place for place in places], kind or pa.int32())
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))
