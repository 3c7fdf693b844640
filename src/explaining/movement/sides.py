"""Sides: a standpoint from which a grade is given, with what decides the grade there."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core import time
from ...features import Events, References, compute
from ...features.hindsight import known_before
from ...grading import Level, Scorer
from ...grading.dynamic import Seen
from ...grading.scores import NO_LEVEL
from ..explanation import Override
from ..warning import DowngradeWarning

__all__ = ["NONE", "Side", "Standpoint"]

NONE = -1
NOTHING = ("无", "none")


@dataclass(frozen=True, slots=True, eq=False)
class Standpoint:
    """From where a grade is given.

    Parameters
    ----------
    scorer
        Whose bundle decides.
    events
        Of at least the enterprise, as delivered by then.
    as_of
        Day number.
    references
        As for `explain`.
    previous
        Code of the model's level from which hysteresis starts; -1 for none.
    override
        What a person set, where that holds on the day.
    warning
        The downgrade warning in force on the day.
    """

    scorer: Scorer
    events: Events
    as_of: int
    references: References | None = None
    previous: int = NO_LEVEL
    override: Override | None = None
    warning: DowngradeWarning | None = None


class Side:
    """A standpoint, with what decides the grade there."""

    def __init__(self, standpoint: Standpoint, enterprise: int) -> None:
        self.standpoint, self.enterprise = standpoint, enterprise
        self.bundle = standpoint.scorer.bundle
        self.edition = self.bundle.policy.on(standpoint.as_of)
        self.known = known_before(standpoint.events.of(enterprise), standpoint.as_of)
        self.catalogue = self.bundle.catalogue
        rows, scorer = self._rows, standpoint.scorer
        days = rows["as_of"].to_numpy()
        self.met = scorer.met(self.bundle.rules.conditions(self.known, rows), days)
        cards = scorer.cards(self.known, rows)
        self.card = NONE if cards is None else int(cards[0])
        previous = [standpoint.previous]
        matrix = compute(self.catalogue, self.known, rows, references=standpoint.references)
        values = matrix.to_numpy(np.float64)
        scores = scorer.score(values, self.met, days, previous, cards)
        self.grade = scorer.graded(scores, enterprise, standpoint.as_of)
        self.override = _code(standpoint.override, standpoint.as_of)
        self.warning = _code(standpoint.warning, standpoint.as_of)

    @property
    def rules(self) -> frozenset[str]:
        """The statutory rules that are met."""
        ids, met = self.bundle.rules.ids, int(self.met[0])
        return frozenset(rule for place, rule in enumerate(ids) if met >> place & 1)

    def told(self, cause: str) -> tuple[str, str]:
        """Return what a cause is on this side, in Chinese and in English."""
        levels = {
            "card": self.card,
            "hysteresis": self.standpoint.previous,
            "override": self.override,
            "downgrade_warning": self.warning,
        }
        if cause in levels:
            return NOTHING if levels[cause] < 0 else (str(Level(levels[cause])),) * 2
        if cause == "rules":
            met = [self.bundle.rules[name] for name in sorted(self.rules)]
            named = "、".join(each.zh for each in met), ", ".join(each.en for each in met)
            return named if met else NOTHING
        digest, version = self.bundle.digest[:16], self.edition.version
        names = {"model": digest, "calibration": digest, "policy": version}
        return (names.get(cause) or time.show(self.standpoint.as_of),) * 2

    @property
    def seen(self) -> Seen:
        """What was known here."""
        return Seen(self.known, self.standpoint.as_of, self.standpoint.references)

    @property
    def _rows(self) -> pd.DataFrame:
        return pd.DataFrame({"enterprise": [self.enterprise], "as_of": [self.standpoint.as_of]})


def _code(found: Override | DowngradeWarning | None, day: int) -> int:
    """Return the code of a level that is set beside the model's; `NONE` where it does not count."""
    return int(found.level) if found is not None and found.holds(day) else NONE
