"""Drafts: what a warning is proposed for, and the grounds that it rests on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from ...core.errors import InvalidError
from ..trail.entry import canonical
from .severity import severity

__all__ = ["LONGEST", "Draft", "Ground", "check_days"]

LANGUAGES = ("zh", "en")
LONGEST = 3_650
"""Days for which a level may be proposed at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A reason for a warning: a rule, and the records by which it is met.

    Parameters
    ----------
    rule
        Id of the rule.
    records
        Keys of the records, at least one; kept in order, each once.
    since
        Day number from which on it was met.
    basis
        Legal basis of the rule, or that it is of our own design.
    text
        What happened, in one sentence by language: "zh" and "en".

    Raises
    ------
    InvalidError
        If something of it is missing.

    Examples
    --------
    >>> common = {"since": 20_514, "basis": "design", "text": {"zh": "抽检不合格", "en": "failed"}}
    >>> one = Ground(rule="failed", records=("s/2", "s/1", "s/2"), **common)
    >>> two = Ground(rule="failed", records=("s/1", "s/2"), **common)
    >>> one.records, one.identity == two.identity
    (('s/1', 's/2'), True)
    """

    rule: str
    records: tuple[str, ...]
    since: int
    basis: str
    text: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "records", tuple(sorted(set(self.records))))
        missing = [name for name in ("rule", "records", "basis") if not getattr(self, name)]
        missing += [f"text in {each}" for each in LANGUAGES if not self.text.get(each)]
        if missing:
            raise InvalidError(
                f"the ground {self.rule!r} has no {', '.join(missing)}; a warning rests on a rule, "
                "the records by which it is met, its basis, and a sentence in Chinese and English"
            )

    @property
    def identity(self) -> str:
        """What it has in common with the same ground told again: SHA-256 of rule and records."""
        return hashlib.sha256(canonical([self.rule, *self.records]).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A warning that is proposed to supervisors.

    Parameters
    ----------
    number, enterprise
        Dense number of the enterprise, and its code.
    district
        Code of its district, as far as it is known.
    as_of
        Day number by whose end the grounds were met.
    grounds
        At least one.
    level, days
        The level that the enterprise has at least while the warning counts, and for how many days
        it does.
    basis
        Legal basis of the warning.
    follows
        Number of the milder warning in force that this one escalates; None if it stands alone.

    Raises
    ------
    InvalidError, NotFoundError
        If it has no ground or basis, or no such level or period exists.
    """

    number: int
    enterprise: str
    district: str | None = None
    as_of: int
    grounds: tuple[Ground, ...]
    level: str
    days: int
    basis: str
    follows: int | None = None

    def __post_init__(self) -> None:
        if not self.grounds or not self.basis:
            raise InvalidError(
                f"the draft for {self.enterprise} has no "
                f"{'basis' if self.grounds else 'ground'}; nobody is warned without one"
            )
        severity(self.level)
        check_days(self.days)


def check_days(days: int) -> None:
    """Refuse a period that is none.

    Raises
    ------
    InvalidError
        If it is shorter than a day, or longer than `LONGEST`.
    """
    if not 1 <= days <= LONGEST:
        raise InvalidError(f"a warning counts for 1 to {LONGEST} days, not for {days}")
