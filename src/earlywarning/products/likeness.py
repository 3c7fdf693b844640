"""Likeness: known names that a miswritten one sounds like, or is one slip away from."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from rapidfuzz.distance import OSA

from .sounds import Sounds

__all__ = ["Likeness", "shortened"]

SHORTEST, SHORTEST_TAIL, SHORTEST_SLIP = 2, 3, 3
ALIKE, UNLIKE = 0.95, 0.2
MOST = 2 / 3
SWAP, WITHIN = 0.6, 0.05

Match = tuple[float, int]
Name = tuple[str, int]


class Likeness:
    """Finds names of the same sound, and names one character more, less, other or swapped.

    A name of two characters must be the whole text, keep one of them, and sound the same with its
    tones, for 豆浆 and 豆酱 are two things. A slip may not touch
    the last character, which says what a thing is.

    Parameters
    ----------
    names
        Known names, and which product each of them is of.

    Examples
    --------
    >>> likeness = Likeness({"烧鹅": 0, "胶原蛋白饮": 1})
    >>> likeness.sounding("稍鹅"), likeness.slipped("胶元蛋白饮"), likeness.slipped("胶原蛋白粉")
    ([(0.85, 0)], [(0.8, 1)], [])
    """

    def __init__(self, names: Mapping[str, int]) -> None:
        self._sounds, self._tones = Sounds(), Sounds(tones=True)
        self._by_sound: dict[str, list[Name]] = defaultdict(list)
        self._by_short: dict[str, list[Name]] = defaultdict(list)
        self._ends: dict[str, set[int]] = defaultdict(set)
        self._most = max(map(len, names), default=0)
        for name, place in names.items():
            if len(name) >= SHORTEST:
                self._by_sound[self._sounds.of(name)].append((name, place))
            if len(name) >= SHORTEST_SLIP:
                self._ends[name[-1]].update((len(name) - 1, len(name), len(name) + 1))
                for short in shortened(name):
                    self._by_short[short].append((name, place))

    def sounding(self, text: str, longer: int = 0) -> list[Match]:
        """Return scores and products of names, longer than that, of the sound of the text."""
        sound, size = self._sounds.of(text), len(text)
        found = []
        for start in _starts(size, self._most, longer):
            for name, place in self._by_sound.get(sound[start:], ()):
                other = OSA.distance(name, text[start:]) / len(name)
                short = len(name) == SHORTEST
                if 0 < other <= MOST and not (short and self._tones_differ(name, text)):
                    found.append((ALIKE - UNLIKE * other - WITHIN * (start > 0), place))
        return found

    def slipped(self, text: str, longer: int = 0, ending: str = "") -> list[Match]:
        """Return scores and products of names, longer than that, one slip before the ending."""
        size, lengths = len(text), self._ends.get(text[-1], ())
        found = []
        for start in _starts(size, self._most + 1, longer):
            if size - start in lengths:
                tail = text[start:]
                for name, place in self._slipped(tail):
                    wanted = len(name) > longer and name.endswith(ending)
                    if wanted and OSA.distance(name, tail, score_cutoff=1) == 1:
                        weight = SWAP if sorted(name) == sorted(tail) else 1.0
                        worse = weight / max(len(name), len(tail)) + WITHIN * (start > 0)
                        found.append((1 - worse, place))
        return sorted(found)

    def _slipped(self, text: str) -> set[Name]:
        """Return names that share all but a character with a text, and its last one."""
        get, found = self._by_short.get, set()
        for short in shortened(text):
            if (hits := get(short)) is not None:
                found.update(hits)
        return found

    def _tones_differ(self, name: str, text: str) -> bool:
        return self._tones.of(name) != self._tones.of(text)


def shortened(text: str) -> list[str]:
    """Return the text, and it without any one of its characters but the last."""
    return [text, *(text[:place] + text[place + 1 :] for place in range(len(text) - 1))]


def _starts(size: int, most: int, longer: int) -> Iterator[int]:
    """Yield where a text, and those of its ends that are long enough, begin."""
    yield 0
    yield from range(max(1, size - most), size - max(SHORTEST_TAIL, longer) + 1)
