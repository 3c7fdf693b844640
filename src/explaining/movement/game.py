"""The game of a movement: what each set of changes is worth, in log-odds and as a level."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ...grading.dynamic import same_blend
from ...grading.scores import ruled
from ...grading.settled import settled_codes
from .effects import Effects
from .shapley import coalitions, shapley
from .sides import Side
from .worlds import Worlds

__all__ = ["Game"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Game:
    """What sets of changes between two sides are worth.

    Parameters
    ----------
    before, after
        The two.
    """

    def __init__(self, before: Side, after: Side) -> None:
        self.before, self.after = before, after
        self.worlds = Worlds(before.enterprise, before.seen, after.seen)
        same = same_blend(before.bundle, after.bundle)
        self.model = "calibration" if same else "model"
        changed = {
            self.model: before.bundle.digest != after.bundle.digest,
            "policy": before.edition != after.edition,
            "rules": before.rules != after.rules,
            "card": before.card != after.card,
            "hysteresis": before.standpoint.previous != after.standpoint.previous,
            "override": before.override != after.override,
            "downgrade_warning": before.warning != after.warning,
        }
        decided = (name for name, flag in changed.items() if flag)
        self.players = (*self.worlds.movers, *decided)

    @cached_property
    def worth(self) -> Array:
        """The log-odds and the level of each set of changes, in the order of `coalitions`."""
        sets = coalitions(len(self.players))
        members = dict(zip(self.players, sets.T, strict=True))
        margins = self._margins(members, len(sets))
        changed = members.get(self.model, np.zeros(len(sets), np.bool_))
        calibrators = self.before.bundle.calibrator, self.after.bundle.calibrator
        log_odds = np.where(changed, *(each.logit(margins) for each in calibrators[::-1]))
        levels = np.empty(len(sets))
        for place in range(len(sets)):
            chosen = {name for name in self.players if members[name][place]}
            levels[place] = self._level(margins[place], chosen)
        return np.column_stack([log_odds, levels])

    @cached_property
    def parts(self) -> dict[str, tuple[float, float]]:
        """What each change did to the log-odds and to the level."""
        found = shapley(self.worth).tolist()
        return {
            name: (odds, steps) for name, (odds, steps) in zip(self.players, found, strict=True)
        }

    @cached_property
    def effects(self) -> Effects:
        """What moved the indicators, as the later model sees them."""
        return Effects.of(self.worlds, self.after.catalogue, self.after.bundle.blend)

    def _margins(self, members: Mapping[str, Flags], size: int) -> Array:
        """Return the margin of each set, by the model that it has."""
        chosen = [
            frozenset(name for name in self.worlds.movers if members[name][place])
            for place in range(size)
        ]
        distinct = list(dict.fromkeys(chosen))
        number = {each: place for place, each in enumerate(distinct)}
        at = np.array([number[each] for each in chosen])
        found = [
            side.bundle.blend.margins(self.worlds.rows(side.catalogue, distinct))[at]
            for side in (self.before, self.after)
        ]
        changed = members.get(self.model, np.zeros(size, np.bool_))
        return np.asarray(np.where(changed, found[1], found[0]))

    def _level(self, margin: float, chosen: set[str]) -> int:
        """Return the level that counts with some changes made."""

        def side(name: str) -> Side:
            return self.after if name in chosen or name not in self.players else self.before

        override = np.array([side("override").override], np.int8)
        warning = np.array([side("downgrade_warning").warning], np.int8)
        edition, previous = side("policy").edition, side("hysteresis").standpoint.previous
        calibrator = side(self.model).bundle.calibrator
        placed = edition.scale.place([margin], calibrator, np.array([previous])).codes
        card = np.array([side("card").card], np.int8)
        codes = np.asarray(edition.score_card.joined(placed, card), np.int8)
        rules = sorted(side("rules").rules)
        met = np.array([(1 << len(rules)) - 1], np.int64)
        given, applied = ruled(codes, met, rules, edition.rules)
        return int(settled_codes(given, override, applied, rules, edition.rules, warning)[0])
