"""What a statutory rule does to a level: it may only raise the risk.

Effects on one grade combine in a stated order. First the moves: however many apply, the level
moves once, by the widest. Then the floors: the level is at least the worst of them. So the order
in which rules are listed never matters.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..core.errors import InvalidError
from .scale import Level

__all__ = ["AtLeast", "Effect", "Worse", "combine", "parse_effect"]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The level becomes at least this one.

    Examples
    --------
    >>> str(AtLeast(Level.C).on(Level.A)), str(AtLeast(Level.C).on(Level.E))
    ('C', 'E')
    """

    level: Level

    def on(self, level: Level) -> Level:
        """Return what this effect alone makes of a level."""
        return max(level, self.level)

    def __str__(self) -> str:
        return f"at least {self.level}"


@dataclass(frozen=True, slots=True)
class Worse:
    """The level becomes some steps worse, but not beyond a limit.

    Examples
    --------
    >>> move = Worse(2, Level.D)
    >>> [str(move.on(level)) for level in Level]
    ['B', 'C', 'D', 'D', 'D', 'E']
    """

    steps: int
    limit: Level

    def on(self, level: Level) -> Level:
        """Return what this effect alone makes of a level."""
        return level.worse_by(self.steps, not_beyond=self.limit)

    def __str__(self) -> str:
        return f"{self.steps} worse, not beyond {self.limit}"


Effect = AtLeast | Worse


def parse_effect(text: str) -> Effect:
    """Read an effect as policy files write it.

    Raises
    ------
    InvalidError
        If the text is neither form, or names no level.

    Examples
    --------
    >>> parse_effect("at least E")
    AtLeast(level=<Level.E: 5>)
    >>> parse_effect("2 worse, not beyond D")
    Worse(steps=2, limit=<Level.D: 4>)
    """
    floor = re.fullmatch(r"at least (\S+)", text)
    move = re.fullmatch(r"([1-5]) worse, not beyond (\S+)", text)
    if floor:
        return AtLeast(Level.of(floor[1]))
    if move:
        return Worse(int(move[1]), Level.of(move[2]))
    raise InvalidError(
        f"{text!r} is no effect; expected 'at least LEVEL' or 'N worse, not beyond LEVEL'"
    )


def combine(level: Level, effects: Iterable[Effect]) -> Level:
    """Return the level after all effects: the widest move once, then the highest floor.

    Examples
    --------
    >>> str(combine(Level.A, [Worse(2, Level.D), Worse(2, Level.D)]))
    'C'
    >>> str(combine(Level.A, [AtLeast(Level.B), Worse(2, Level.D)]))
    'C'
    """
    present = list(effects)
    moved = max((e.on(level) for e in present if isinstance(e, Worse)), default=level)
    return max((e.on(moved) for e in present if isinstance(e, AtLeast)), default=moved)
