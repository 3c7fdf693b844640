"""What counts where people set a level: theirs, in place of model, score card and moves.

The floors of law stand over it: where a rule says that a level is at least so much, it is, whatever
people set. A rule that moves a level is relative to the model, and is among what they set theirs in
place of.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from .effects import AtLeast, Effect
from .scale import Level
from .scores import NO_LEVEL, Codes, Masks

__all__ = ["floor_of", "settled", "settled_codes"]


def floor_of(effects: Iterable[Effect]) -> Level:
    """Return the best level that effects leave to people.

    Examples
    --------
    >>> from .effects import Worse
    >>> str(floor_of([AtLeast(Level.C), Worse(2, Level.D)]))
    'C'
    """
    return max((each.level for each in effects if isinstance(each, AtLeast)), default=Level.A_PLUS)


def settled(given: Level, override: Level | None, effects: Iterable[Effect]) -> Level:
    """Return the level that counts.

    Parameters
    ----------
    given
        By model, score card and rules.
    override
        What people set; None where they set nothing.
    effects
        Of the rules that applied.

    Examples
    --------
    >>> str(settled(Level.E, Level.B, [AtLeast(Level.C)])), str(settled(Level.E, None, []))
    ('C', 'E')
    """
    return given if override is None else max(override, floor_of(effects))


def settled_codes(
    given: Codes,
    override: Codes,
    applied: Masks,
    rules: Sequence[str],
    effects: Mapping[str, Effect],
) -> Codes:
    """Return what `settled` does of many; -1 as override where people set nothing.

    Parameters
    ----------
    given, override
        Codes of levels; shape (n,).
    applied, rules
        The rules that applied as bits, and what these stand for.
    effects
        Of rules by id.
    """
    some = np.flatnonzero(override != NO_LEVEL)
    if not some.size:
        return given
    found, standing = given.copy(), override[some].copy()
    for place, rule in enumerate(rules):
        effect = effects.get(rule)
        if isinstance(effect, AtLeast):
            held = (applied[some] >> place & 1).astype(bool)
            standing[held] = np.maximum(standing[held], effect.level)
    found[some] = standing
    return found
