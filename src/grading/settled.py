"""What counts where people set a level: theirs, in place of model, score card and moves.

The floors of law stand over it: where a rule says that a level is at least so much, it is, whatever
people set. A rule that moves a level is relative to the model, and is among what they set theirs in
place of. A served downgrade warning stands over both: the level is at least that of the warning, so
that nobody who sets a level hides one that was served; who wants it to end lifts the warning.
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


def settled(
    given: Level,
    override: Level | None,
    effects: Iterable[Effect],
    warning: Level | None = None,
) -> Level:
    """Return the level that counts.

    Parameters
    ----------
    given
        By model, score card and rules.
    override
        What people set; None where they set nothing.
    effects
        Of the rules that applied.
    warning
        That of the downgrade warning in force; None where there is none.

    Examples
    --------
    >>> str(settled(Level.E, Level.B, [AtLeast(Level.C)])), str(settled(Level.E, None, []))
    ('C', 'E')
    >>> str(settled(Level.A, Level.B, [], Level.D)), str(settled(Level.E, None, [], Level.D))
    ('D', 'E')
    """
    found = given if override is None else max(override, floor_of(effects))
    return found if warning is None else max(found, warning)


def settled_codes(
    given: Codes,
    override: Codes,
    applied: Masks,
    rules: Sequence[str],
    effects: Mapping[str, Effect],
    warning: Codes,
) -> Codes:
    """Return what `settled` does of many; -1 where people set nothing, or no warning is in force.

    Parameters
    ----------
    given, override, warning
        Codes of levels; shape (n,).
    applied, rules
        The rules that applied as bits, and what these stand for.
    effects
        Of rules by id.
    """
    some = np.flatnonzero(override != NO_LEVEL)
    if not some.size:
        return np.maximum(given, warning)
    found, standing = given.copy(), override[some].copy()
    for place, rule in enumerate(rules):
        effect = effects.get(rule)
        if isinstance(effect, AtLeast):
            held = (applied[some] >> place & 1).astype(bool)
            standing[held] = np.maximum(standing[held], effect.level)
    found[some] = standing
    return np.maximum(found, warning)
