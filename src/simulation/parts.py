"""Parts of a city: each is lived by itself, so that a city of any size needs little memory."""

from dataclasses import dataclass

__all__ = ["Part", "parts_of"]

MOST = 200_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the city: its place among the parts, and the enterprises in it.

    Attributes
    ----------
    number
        Place among the parts.
    first, count
        Number of its first enterprise, and how many there are.
    producers
        How many of them make food.
    before
        How many in the parts before it make food.
    """

    number: int
    first: int
    count: int
    producers: int
    before: int


def parts_of(enterprises: int, producers: int) -> list[Part]:
    """Divide a city into parts of equal size.

    Examples
    --------
    >>> [(part.first, part.count, part.producers, part.before) for part in parts_of(300_000, 5)]
    [(0, 150000, 2, 0), (150000, 150000, 3, 2)]
    """
    count = -(-enterprises // MOST)
    edges = [enterprises * number // count for number in range(count + 1)]
    makers = [producers * number // count for number in range(count + 1)]
    return [
        Part(n, edges[n], edges[n + 1] - edges[n], makers[n + 1] - makers[n], makers[n])
        for n in range(count)
    ]
