"""Coverage: which of the patterns that indicators read match anything that is there.

A kind of record that cannot exist is refused when an indicator is declared. Whether a code
exists can only be told of the records that came: a pattern that matches none of their streams
counts nothing, which may be a city without such a record, or a typing error.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from .aggregate import Aggregate
from .catalogue import Catalogue
from .events import Events
from .expression import Leaf
from .indicator import Indicator
from .medians import Median
from .missed import Missed
from .persons import Persons
from .rates import Rate
from .streams import matching
from .ties import Tied

__all__ = ["Unmatched", "patterns_of", "reads_of", "records_read", "unmatched"]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A pattern of an indicator that matches no stream, and the streams nearest to it."""

    indicator: str
    pattern: str
    nearest: tuple[str, ...]

    def __str__(self) -> str:
        """Say which it is, and what there is instead."""
        near = f"; the nearest are {', '.join(self.nearest)}" if self.nearest else ""
        return (
            f"indicator {self.indicator!r}: no record that came matches {self.pattern!r}, so it "
            f"counts nothing{near}"
        )


def unmatched(catalogue: Catalogue, vocabulary: Sequence[tuple[str, str]]) -> tuple[Unmatched, ...]:
    """Return the patterns of a catalogue that match no stream of a vocabulary.

    What is counted near a place has a vocabulary of its own, and is not looked at.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> fines = standard_catalogue().select(ids=["PN07"])
    >>> print(unmatched(fines, [("penalty", "other.tax")])[0])
    indicator 'PN07': no record that came matches 'penalty:market.*', so it counts nothing; \
the nearest are penalty:other.tax
    >>> unmatched(fines, [("penalty", "market.food.label")])
    ()
    """
    names = [f"{kind}:{code}" for kind, code in vocabulary]
    found = []
    for indicator in catalogue:
        for pattern in patterns_of(indicator):
            if not matching((pattern,), vocabulary):
                near = tuple(get_close_matches(pattern, names, n=3))
                found.append(Unmatched(indicator.id, pattern, near))
    return tuple(found)


def records_read(catalogue: Catalogue, *blocks: Events) -> dict[str, int | None]:
    """Return for each indicator how many records its streams hold, each stream by itself.

    None for one that reads no records of enterprises or persons.
    """
    sizes: Counter[tuple[str, str]] = Counter()
    for events in blocks:
        pairs = np.unique(np.stack([events.stream.astype(np.int64), events.record]), axis=1)
        counts = np.bincount(pairs[0], minlength=len(events.vocabulary))
        sizes.update(dict(zip(events.vocabulary, counts.tolist(), strict=True)))
    vocabulary, read = list(sizes), {}
    for indicator in catalogue:
        patterns = patterns_of(indicator)
        found = matching(patterns, vocabulary)
        read[indicator.id] = sum(sizes[vocabulary[at]] for at in found) if patterns else None
    return read


def patterns_of(indicator: Indicator) -> tuple[str, ...]:
    """Return the patterns an indicator reads, but for those of places, each once."""
    leaves = indicator.leaves
    every = (pattern for leaf in leaves for pattern, _ in reads_of(leaf))
    return tuple(dict.fromkeys(every))


def reads_of(leaf: Leaf) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each pattern that a leaf reads, with the fields it uses of what matches."""
    match leaf:
        case Aggregate():
            due = "value" if leaf.state == "overdue" else None
            yield from _used(leaf.streams, leaf.field, leaf.above and leaf.above[0], due)
        case Rate():
            mean = "value" if leaf.measure == "mean" else None
            patterns = (*leaf.streams, *leaf.positive)
            yield from _used(patterns, leaf.above and leaf.above[0], mean)
        case Missed():
            yield from _used(leaf.streams)
            yield from reads_of(leaf.start)
        case Median():
            yield from _used(leaf.streams, leaf.field)
        case Tied():
            yield from _used(leaf.streams)
            for part in leaf.having:
                yield from reads_of(part)
        case Persons():
            yield from _used(leaf.posts)
            for part in (*leaf.having, *leaf.elsewhere):
                yield from reads_of(part)


def _used(patterns: Sequence[str], *fields: str | None) -> Iterator[tuple[str, frozenset[str]]]:
    used = frozenset(filter(None, fields))
    return ((pattern, used) for pattern in patterns)
