"""A grade: the level of one enterprise as of one day, and all that decided it."""

from dataclasses import dataclass
from typing import Any

from ..core import time
from .rules import AppliedRule
from .scale import Level

__all__ = ["Distance", "Grade"]


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a grade's margin is from the cut point towards another level.

    `cut` is that cut point as a margin, `margin` the way to it (never negative), and
    `probability` the probability at it. At a cut point the worse level holds already.
    """

    level: Level
    cut: float
    margin: float
    probability: float


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of an enterprise.

    Parameters
    ----------
    enterprise
        Dense number of the enterprise.
    as_of
        Day number.
    level
        The level that counts, after score card and rules.
    model_level
        The level by the model's probability alone, hysteresis included.
    card_level
        The level of the score card, if it took part.
    previous
        The model's level of the previous grade, if hysteresis was asked for.
    probability, lower, upper
        Probability of a violation within the horizon, and its 95 % interval.
    margin
        Log-odds of the booster before calibration.
    better, worse
        Distance of the margin to the next better and worse level of the model.
    rules
        The statutory rules that applied.
    policy
        Name and version of the policy's edition.
    bundle
        Digest of the bundle.
    """

    enterprise: int
    as_of: int
    level: Level
    model_level: Level
    card_level: Level | None
    previous: Level | None
    probability: float
    lower: float
    upper: float
    margin: float
    better: Distance | None
    worse: Distance | None
    rules: tuple[AppliedRule, ...]
    policy: str
    bundle: str

    def to_dict(self) -> dict[str, Any]:
        """Return the grade as values that JSON knows, levels and days as text."""
        return {
            "enterprise": self.enterprise,
            "as_of": time.show(self.as_of),
            "level": str(self.level),
            "national_class": self.level.national,
            "model_level": str(self.model_level),
            "card_level": None if self.card_level is None else str(self.card_level),
            "previous": None if self.previous is None else str(self.previous),
            "probability": self.probability,
            "interval": [self.lower, self.upper],
            "margin": self.margin,
            "better": _distance(self.better),
            "worse": _distance(self.worse),
            "rules": [
                {
                    "id": rule.id,
                    "zh": rule.zh,
                    "en": rule.en,
                    "basis": rule.basis,
                    "effect": str(rule.effect),
                    "alone": str(rule.alone),
                }
                for rule in self.rules
            ],
            "policy": self.policy,
            "bundle": self.bundle,
        }


def _distance(distance: Distance | None) -> dict[str, Any] | None:
    if distance is None:
        return None
    return {
        "level": str(distance.level),
        "cut": distance.cut,
        "margin": distance.margin,
        "probability": distance.probability,
    }
