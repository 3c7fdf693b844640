"""Grading policy: dated editions of cut points, hysteresis, rules and horizon, from TOML.

A policy file holds one or more editions, each in force from a date (and to one, inclusive, if
it names it). A grade is made under the edition in force on its `as_of`, and names it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from ..core import time
from ..core.editions import DatedEdition, Editions, in_order, read_dates
from ..core.errors import InvalidError, NotFoundError, PolicyError, unknown
from ..core.table import Table
from .effects import Effect, parse_effect
from .rules import Rule
from .scale import Hysteresis, Level, Scale
from .updates import Updates, read_updates

__all__ = ["Combination", "Edition", "Policy"]


class Combination(StrEnum):
    """How the level of the score card joins the level of the model."""

    BESIDE = "beside"
    """It is shown beside the grade and does not change it."""
    WORSE = "worse"
    """The worse of the two levels counts."""

    def joined(self, model: npt.NDArray[np.int8], card: npt.NDArray[np.int8]) -> Any:
        """Return the level that counts of the model's and the card's codes, -1 being none."""
        return np.maximum(model, card) if self is Combination.WORSE else model


@dataclass(frozen=True, slots=True)
class Edition(DatedEdition):
    """What policy said over a stretch of days.

    Parameters
    ----------
    horizon_days
        Days within which the probability is that of a violation.
    scale
        Cut points and hysteresis.
    rules
        The statutory rules that are applied, by id, and their effects.
    continued
        Those of them that go on after the last day of their legal basis, and why.
    score_card
        How the score card joins the model.
    card_levels
        The level that stands for each grade of the score card, by its name.
    """

    horizon_days: int
    scale: Scale
    rules: Mapping[str, Effect]
    continued: Mapping[str, str]
    score_card: Combination
    card_levels: Mapping[str, Level]
    updates: Updates

    def applies(self, rule: Rule, days: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Tell for each day whether a rule is applied: while its basis holds, or is continued."""
        when = np.asarray(days)
        last = time.NEVER if rule.id in self.continued else rule.effective_to
        return np.asarray((rule.effective_from <= when) & (when <= last))


@dataclass(frozen=True, slots=True)
class Policy(Editions[Edition]):
    """A policy file. The one that ships with the package enables no rule of law.

    Examples
    --------
    >>> from datetime import date
    >>> Policy.default().on(date(2026, 3, 1)).scale.cut_points
    (0.05, 0.15, 0.3, 0.45, 0.65)
    """

    KIND: ClassVar[str] = "policy"
    SHIPPED: ClassVar[str] = "policies/default.toml"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read a policy from text; `source` names it in errors."""
        top = Table.parse(text, source)
        name = top.take("name", str)
        tables = top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(map(_edition, tables), source), text)

    def check_rules(self, known: Iterable[str]) -> None:
        """Refuse a policy that enables a rule which nobody declared.

        Raises
        ------
        PolicyError
            That names the edition, the rule, and those there are.
        """
        declared = set(known)
        for edition in self.editions:
            for rule in edition.rules:
                if rule not in declared:
                    raise PolicyError(
                        f"policy {self.name!r}, edition {edition.version!r}, rules: "
                        + unknown("rule", rule, declared)
                    )

    def lets_cards_count(self, days: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Tell for each day whether the level of the score card may be the one that counts.

        Examples
        --------
        >>> Policy.default().lets_cards_count([20513])
        array([False])
        """
        editions = [each for each in self.editions if each.score_card is Combination.WORSE]
        held = np.zeros(np.shape(days), np.bool_)
        for edition in editions:
            held |= edition.holds(days)
        return held


def _edition(table: Table) -> Edition:
    dates = read_dates(table)
    horizon = table.take("horizon_days", int)
    if horizon < 1:
        table.refuse("horizon_days", horizon, "at least 1")
    rules, card = _rules(table.table("rules")), table.table("score_card")
    edition = Edition(
        *dates,
        horizon_days=horizon,
        scale=_scale(table),
        rules=rules,
        continued=_continued(table, rules),
        score_card=Combination(card.among("combination", tuple(Combination))),
        card_levels=_card_levels(card),
        updates=read_updates(table),
    )
    card.finish()
    table.finish()
    return edition


def _scale(table: Table) -> Scale:
    cuts, width = table.table("cut_points"), table.table("hysteresis")
    points = tuple(cuts.take(str(level), float) for level in Level if level > Level.A_PLUS)
    hysteresis = Hysteresis(width.take("worse", float), width.take("better", float))
    cuts.finish()
    width.finish()
    try:
        return Scale(points, hysteresis)
    except PolicyError as error:
        raise PolicyError(f"{table.source}: {table.prefix}cut_points: {error}") from error


def _rules(table: Table) -> dict[str, Effect]:
    effects: dict[str, Effect] = {}
    for rule in table.values:
        text = table.take(rule, str)
        try:
            effects[rule] = parse_effect(text)
        except (InvalidError, NotFoundError) as error:
            table.refuse(rule, text, f"an effect ({error})")
    return effects


def _continued(table: Table, rules: Mapping[str, Effect]) -> dict[str, str]:
    """Read which rules go on after their basis, and the reason."""
    reasons: dict[str, str] = {}
    for each in table.tables("continued"):
        reason = each.take("reason", str)
        for rule in each.texts("rules"):
            if rule not in rules:
                each.refuse("rules", rule, f"rules that the edition applies: {', '.join(rules)}")
            reasons[rule] = reason
        each.finish()
    return reasons


def _card_levels(card: Table) -> dict[str, Level]:
    """Read which level stands for each grade of the score card."""
    if "levels" not in card and card.values.get("combination") != Combination.WORSE:
        return {}
    levels = card.table("levels")
    words = tuple(map(str, Level))
    return {grade: Level.of(levels.among(grade, words)) for grade in levels.values}
