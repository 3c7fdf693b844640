"""Coverage: which of the patterns that indicators read match anything that is there.

A kind of record that cannot exist is refused when an indicator is declared. Whether a code
exists can only be told of the records that came: a pattern that matches none of their streams
counts nothing, which may be a city without such a record, or a typing error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from .aggregate import Aggregate
from .catalogue import Catalogue
from .events import Events
from .expression import Leaf, leaves_of
from .indicator import Indicator
from .rates import Rate
from .streams import matching

__all__ = ["Unmatched", "patterns_of", "records_read", "unmatched"]


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


def records_read(catalogue: Catalogue, events: Events) -> dict[str, int | None]:
    """Return for each indicator how many records its streams hold, each stream by itself.

    None for one that reads no records of the enterprise's own.
    """
    pairs = np.unique(
        np.stack([events.stream.astype(np.int64), events.record]), axis=1, return_index=False
    )
    sizes = np.bincount(pairs[0], minlength=len(events.vocabulary))
    read: dict[str, int | None] = {}
    for indicator in catalogue:
        patterns = patterns_of(indicator)
        streams = matching(patterns, events.vocabulary)
        read[indicator.id] = int(sizes[streams].sum()) if patterns else None
    return read


def patterns_of(indicator: Indicator) -> tuple[str, ...]:
    """Return the patterns an indicator reads of enterprises' own records, each once."""
    leaves = leaves_of(indicator.expression)
    return tuple(dict.fromkeys(pattern for leaf in leaves for pattern in _patterns(leaf)))


def _patterns(leaf: Leaf) -> tuple[str, ...]:
    match leaf:
        case Aggregate(streams=streams):
            return streams
        case Rate(streams=streams, positive=positive):
            return (*streams, *positive)
    return ()
