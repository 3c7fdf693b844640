"""Causes: which of all that changed between two grades changed the level.

Eight parts decide a level: what people set, the downgrade warning in force, the edition of the
policy, the model with its calibration, statutory rules that are met, rules that are met no more,
the score card, and the indicators. Each is put back to what it was at the grade before, in this
order (`least.fewest`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..bundle import Bundle
from ..calibrator import Array, Calibrator
from ..policy import Edition
from ..scale import Level, Scale
from ..scores import Codes, Masks, ruled
from ..settled import settled_codes
from .least import Parts, fewest

__all__ = ["CAUSES", "Side", "Sides", "causes", "same_blend"]

CAUSES = (
    *("override", "downgrade_warning", "policy", "model", "rule_met", "rule_lifted", "card"),
    "indicators",
)
OVERRIDE, WARNING, POLICY, MODEL, MET, LIFTED, CARD, INDICATORS = range(len(CAUSES))


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """What decided the levels of some rows, at one of two grades.

    Parameters
    ----------
    bundle, edition
        By which they were graded.
    margin, met, card, model, previous, override, warning
        As `Scores` has them; shape (n,).
    """

    bundle: Bundle
    edition: Edition
    margin: Array
    met: Masks
    card: Codes
    model: Codes
    previous: Codes
    override: Codes
    warning: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Two grades of the same rows.

    Parameters
    ----------
    rules
        What the bits of both sides' `met` stand for.
    before, now
        The two.
    level_before
        Codes of the levels that were given before.
    new_by_old, old_by_new
        Margins of the new indicators by the old model, and of the old indicators by the new one;
        as without a new model where they are None.
    """

    rules: Sequence[str]
    before: Side
    now: Side
    level_before: Codes
    new_by_old: Array | None = None
    old_by_new: Array | None = None

    def differs(self) -> Parts:
        """Tell which parts differ at all; shape (n, 8)."""
        before, now = self.before, self.now
        found = np.zeros((len(now.margin), len(CAUSES)), bool)
        found[:, OVERRIDE] = before.override != now.override
        found[:, WARNING] = before.warning != now.warning
        found[:, POLICY] = not _same_edition(before.edition, now.edition)
        found[:, MODEL] = before.bundle.digest != now.bundle.digest and not (
            _same_model(before.bundle, now.bundle)
        )
        found[:, MET] = (now.met & ~before.met) != 0
        found[:, LIFTED] = (before.met & ~now.met) != 0
        found[:, CARD] = before.card != now.card
        old = before.margin if self.old_by_new is None else self.old_by_new
        new = now.margin if self.new_by_old is None else self.new_by_old
        found[:, INDICATORS] = (old != now.margin) | (new != before.margin)
        return found

    def levels(
        self, rows: npt.NDArray[np.intp], back: Parts, margins: Array | None = None
    ) -> Codes:
        """Return the levels of some rows with some parts put back.

        Where the policy is put back, hysteresis starts from the model's level before, which placed
        again stays as it is.

        Parameters
        ----------
        rows
            Places of the rows; shape (m,).
        back
            Which parts are put back; shape (m, 8).
        margins
            Those to take in place of what `back` says of the indicators; shape (m,).
        """
        values = self.margins(rows, back) if margins is None else margins
        met = self._met(rows, back)
        card = np.where(back[:, CARD], self.before.card[rows], self.now.card[rows])
        override = np.where(back[:, OVERRIDE], self.before.override[rows], self.now.override[rows])
        warning = np.where(back[:, WARNING], self.before.warning[rows], self.now.warning[rows])
        found = np.empty(len(rows), np.int8)
        for policy in (False, True):
            for model in (False, True):
                here = (back[:, POLICY] == policy) & (back[:, MODEL] == model)
                if not here.any():
                    continue
                side = self.before if policy else self.now
                calibrator = (self.before if model else self.now).bundle.calibrator
                start = (self.before.model if policy else self.now.previous)[rows][here]
                cuts = _cuts(side.edition.scale, calibrator)[start + 1]
                placed = (values[here][:, None] >= cuts).sum(axis=1).astype(np.int8)
                codes = side.edition.score_card.joined(placed, card[here])
                effects = side.edition.rules
                given, applied = ruled(codes, met[here], self.rules, effects)
                found[here] = settled_codes(
                    given, override[here], applied, self.rules, effects, warning[here]
                )
        return found

    def margins(self, rows: npt.NDArray[np.intp], back: Parts) -> Array:
        """Return the margins of some rows with model and indicators put back where `back` says."""
        old, new = self.before.margin, self.now.margin
        new_by_old = new if self.new_by_old is None else self.new_by_old
        old_by_new = old if self.old_by_new is None else self.old_by_new
        by_old = np.where(back[:, INDICATORS], old[rows], new_by_old[rows])
        by_new = np.where(back[:, INDICATORS], old_by_new[rows], new[rows])
        return np.where(back[:, MODEL], by_old, by_new)

    def _met(self, rows: npt.NDArray[np.intp], back: Parts) -> Masks:
        before, now = self.before.met[rows], self.now.met[rows]
        without = np.where(back[:, MET], now & ~(now & ~before), now)
        return np.where(back[:, LIFTED], without | (before & ~now), without)


def causes(sides: Sides) -> Parts:
    """Return the parts that changed the level of each row; shape (n, 8), in order of `CAUSES`.

    Put exactly these back, and the level is the one before.
    """
    return fewest(sides.levels, sides.level_before, sides.differs())


def same_blend(one: Bundle, other: Bundle) -> bool:
    """Tell whether two bundles give every row the same margin."""
    if one.digest == other.digest:
        return True
    return (
        one.catalogue.fingerprint == other.catalogue.fingerprint
        and one.blend.to_texts() == other.blend.to_texts()
    )


@lru_cache(maxsize=32)
def _cuts(scale: Scale, calibrator: Calibrator) -> Array:
    """Return the margins at which A to E start, for no level before and for each; shape (7, 5)."""
    return np.array([scale.margin_cuts(calibrator, level) for level in (None, *Level)])


def _same_model(one: Bundle, other: Bundle) -> bool:
    return same_blend(one, other) and one.calibrator.to_json() == other.calibrator.to_json()


def _same_edition(one: Edition, other: Edition) -> bool:
    """Tell whether two editions make the same levels of the same margins."""
    return (one.scale, dict(one.rules), one.score_card) == (
        other.scale,
        dict(other.rules),
        other.score_card,
    )
