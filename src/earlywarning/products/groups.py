"""Groups: names of almost the same spelling, and which of them were there before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from .likeness import shortened

__all__ = ["grouped"]

SHORTEST = 4
"""Shorter names that differ by a character are two."""


def grouped(names: Sequence[str], known: Iterable[str]) -> list[int]:
    """Return for each name the place of the one that it is a spelling of, -1 if it was known.

    Of names one slip apart the first is the spelling, so give the most frequent first.

    Parameters
    ----------
    names
        Plain names, each once.
    known
        Names that were there before.

    Examples
    --------
    >>> grouped(["彩虹饭团卷", "彩红饭团卷", "低卡面包棒", "豆沙"], ["低咔面包棒"])
    [0, 0, -1, 3]
    """
    near = defaultdict(list)
    for place, name in enumerate(names):
        for short in shortened(name) if len(name) >= SHORTEST else [name]:
            near[short].append(place)
    leader = list(range(len(names)))
    for name in known:
        for place in _neighbours(name, names, near):
            leader[place] = -1
    for place, name in enumerate(names):
        if leader[place] == place:
            for other in _neighbours(name, names, near):
                leader[other] = place if leader[other] == other else leader[other]
    return leader


def _neighbours(name: str, names: Sequence[str], near: dict[str, list[int]]) -> set[int]:
    """Return places of the names that are the same or one slip away."""
    if len(name) < SHORTEST:
        return {place for place in near.get(name, ()) if names[place] == name}
    found = {place for short in shortened(name) for place in near.get(short, ())}
    return {place for place in found if OSA.distance(name, names[place], score_cutoff=1) <= 1}
