"""Statutory rules: what the law makes of a grade, whatever the model says.

A rule is a declaration: names, legal basis, dates between which that basis holds, and a
condition over the same aggregates as the indicators, so that its clocks and its evidence are
theirs. It applies where the condition is over zero. What it then does to the level, policy says
(`grading.effects`); it can only raise the risk.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core import time
from ..core.errors import InvalidError, NotFoundError
from ..features import Catalogue, Events, Expression, Indicator, compute
from .effects import Effect
from .scale import Level

__all__ = ["AppliedRule", "Rule", "Rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; `effective_to` is the last day on which its basis holds."""

    id: str
    zh: str
    en: str
    basis: str
    condition: Expression
    effective_from: int
    effective_to: int = time.NEVER

    def holds(self, days: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Tell for each day number whether the basis of the rule holds on it."""
        when = np.asarray(days)
        return np.asarray((self.effective_from <= when) & (when <= self.effective_to))

    def basis_on(self, day: int, reason: str = "") -> str:
        """Return the basis; once it is over, with its last day and why policy goes on with it.

        Examples
        --------
        >>> from xinheng.core.time import day
        >>> from xinheng.grading import STATUTES
        >>> STATUTES["prepaid_evasion"].basis_on(day("2026-03-01"), "continued by design")
        '深市监规〔2021〕3号 企业信用风险分类管理规定(试行) (to 2024-08-08; continued by design)'
        """
        if day <= self.effective_to:
            return self.basis
        return f"{self.basis} (to {time.show(self.effective_to)}; {reason})"

    @property
    def indicator(self) -> Indicator:
        """The condition as an indicator, by which it is computed and its evidence found."""
        return Indicator(
            id=self.id,
            zh=self.zh,
            en=self.en,
            dimension="PN",
            expression=self.condition,
            missing=0.0,
            direction=1,
            basis=self.basis,
            formula="applies where over zero",
        )


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """A rule that applied to a grade: what it did, and the level that it alone would give."""

    id: str
    zh: str
    en: str
    basis: str
    effect: Effect
    alone: Level


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules by id, in the order in which grades name them.

    `catalogue` is their conditions, for `features.compute` and `features.evidence`.

    Raises
    ------
    InvalidError
        If two have the same id.
    """

    rules: tuple[Rule, ...]
    catalogue: Catalogue = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(set(self.ids)) < len(self.ids):
            raise InvalidError(f"two rules share an id: {', '.join(self.ids)}")
        conditions = tuple(rule.indicator for rule in self.rules)
        object.__setattr__(self, "catalogue", Catalogue(conditions))

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __getitem__(self, rule: str) -> Rule:
        for each in self.rules:
            if each.id == rule:
                return each
        raise NotFoundError.among("rule", rule, self.ids)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in order."""
        return tuple(rule.id for rule in self.rules)

    def conditions(self, events: Events, rows: pd.DataFrame) -> pd.DataFrame:
        """Return for each row (enterprise, as_of) whether each rule's condition is met.

        The dates between which a rule's basis holds are not looked at here; the scorer does.
        """
        return compute(self.catalogue, events, rows) > 0

    def applied(
        self,
        level: Level,
        effects: Iterable[tuple[str, Effect]],
        as_of: int,
        continued: Mapping[str, str],
    ) -> tuple[AppliedRule, ...]:
        """Describe what each effect alone makes of a model's level on a day.

        `continued` says why rules go on after the last day of their basis (`Edition.continued`).
        """
        return tuple(
            AppliedRule(rule.id, rule.zh, rule.en, basis, effect, effect.on(level))
            for name, effect in effects
            for rule in (self[name],)
            for basis in (rule.basis_on(as_of, continued.get(name, "")),)
        )

    def to_json(self) -> str:
        """Return the declarations as JSON text."""
        dates = {
            rule.id: [time.show(rule.effective_from), time.show(rule.effective_to)]
            for rule in self.rules
        }
        fields = {"dates": dates, "conditions": json.loads(self.catalogue.to_json())}
        return json.dumps(fields, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read declarations written by `to_json`.

        Raises
        ------
        InvalidError
            If the text is no JSON of that form.
        """
        try:
            fields = json.loads(text)
            catalogue = Catalogue.from_json(json.dumps(fields["conditions"]))
            return cls(tuple(_rule(each, *fields["dates"][each.id]) for each in catalogue))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidError(f"these are no rules: {error!r}") from error


def _rule(condition: Indicator, start: str, end: str) -> Rule:
    return Rule(
        id=condition.id,
        zh=condition.zh,
        en=condition.en,
        basis=condition.basis,
        condition=condition.expression,
        effective_from=time.day(start),
        effective_to=time.NEVER if end == time.show(time.NEVER) else time.day(end),
    )
