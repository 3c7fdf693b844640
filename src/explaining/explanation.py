"""The explanation of one grade: what the model saw, what the law adds, and the records behind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..archive import Lineage
from ..core import time
from ..core.errors import InvalidError
from ..features import Catalogue, Events, Evidence, References, compute, evidence
from ..grading import Grade, Level, Scorer
from .contributions import contributions
from .reasons import UNNOTICED, DimensionSum, Reason, State, reason, sum_by_dimension

__all__ = ["Explanation", "SharedRecord", "Usual", "explain"]

STRONGEST = 8


@dataclass(frozen=True, slots=True)
class SharedRecord:
    """A record behind a contribution.

    `share` is its part of the indicator's value by the rule of the operator, `contribution`
    that part of the indicator's contribution; the latter is 0 for the record behind a rule.
    `origin` tells which department delivered it under what number, where that was looked up.
    """

    record: int
    kind: str
    code: str
    occurred: int
    available: int
    severity: float
    value: float
    share: float
    contribution: float
    origin: Lineage | None = None


@dataclass(frozen=True, slots=True)
class Usual:
    """What was usual in a group on which a rate rests: `total` over `outcomes` gave `value`."""

    group: str
    outcomes: int
    total: float
    value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an enterprise has its grade.

    Parameters
    ----------
    grade
        The grade, with its distance to the next levels and the rules that applied.
    likely
        Best and worst level that the probability's interval reaches, before rules.
    base
        The margin expected of an enterprise of which nothing is known.
    reasons
        Of every indicator, the strongest first; with `base` they sum to the margin.
    dimensions
        The reasons summed by dimension, the strongest first.
    records
        By indicator id, the records behind each of the strongest reasons, largest share first;
        none where the value rests on there being none.
    usual
        By indicator id, what was usual in the groups on which a rate rests.
    rule_records
        By rule id, the records that trigger it.
    """

    grade: Grade
    likely: tuple[Level, Level]
    base: float
    reasons: tuple[Reason, ...]
    dimensions: tuple[DimensionSum, ...]
    records: dict[str, tuple[SharedRecord, ...]]
    usual: dict[str, tuple[Usual, ...]]
    rule_records: dict[str, tuple[SharedRecord, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as values that JSON knows; days as text, missing as None."""
        return {
            "grade": self.grade.to_dict(),
            "likely": [str(level) for level in self.likely],
            "base": self.base,
            "reasons": [
                {
                    "id": each.indicator.id,
                    "zh": each.indicator.zh,
                    "en": each.indicator.en,
                    "dimension": each.indicator.dimension,
                    "value": _number(each.value),
                    "unit_zh": each.indicator.unit_zh,
                    "unit_en": each.indicator.unit_en,
                    "state": str(each.state),
                    "contribution": each.contribution,
                    "sentence_zh": each.zh,
                    "sentence_en": each.en,
                    "records": _records(self.records.get(each.indicator.id)),
                    "usual": [
                        {
                            "group": usual.group,
                            "outcomes": usual.outcomes,
                            "total": usual.total,
                            "value": _number(usual.value),
                        }
                        for usual in self.usual.get(each.indicator.id, ())
                    ],
                }
                for each in self.reasons
            ],
            "dimensions": [
                {
                    "id": each.dimension,
                    "zh": each.zh,
                    "en": each.en,
                    "contribution": each.contribution,
                }
                for each in self.dimensions
            ],
            "rule_records": {
                rule: _records(records) for rule, records in self.rule_records.items()
            },
        }


def explain(
    scorer: Scorer,
    events: Events,
    enterprise: int,
    as_of: int,
    *,
    references: References | None = None,
    previous: npt.ArrayLike | None = None,
    strongest: int = STRONGEST,
    origins: Mapping[int, Lineage] | None = None,
) -> Explanation:
    """Explain the grade of one enterprise as of a day.

    Parameters
    ----------
    scorer
        Whose bundle decides.
    events
        The events of at least this enterprise.
    enterprise, as_of
        Dense number, and day number.
    references
        As for `features.compute`, if the catalogue has rates.
    previous
        Code of the model's level in the grade before, if hysteresis is to count; shape (1,).
    strongest
        For how many reasons, at most, the records are looked up; never for one without effect.
    origins
        Where the enterprise's records are from (`Archive.lineage`).

    Raises
    ------
    InvalidError
        If `strongest` is negative.
    """
    if strongest < 0:
        raise InvalidError(
            f"the records of {strongest} reasons cannot be looked up; give 0 or more"
        )
    bundle, own = scorer.bundle, events.of(enterprise)
    rows = pd.DataFrame({"enterprise": [enterprise], "as_of": [as_of]})
    matrix = compute(bundle.catalogue, own, rows, references=references)
    conditions = bundle.rules.conditions(own, rows)
    grade = scorer.grade(scorer.grades(matrix, conditions, previous, scorer.cards(own, rows)))
    values = scorer.values(matrix)
    parts, base = contributions(bundle.blend, values)
    states = _states(bundle.catalogue, own, rows, references, matrix)
    reasons = [
        reason(*each)
        for each in zip(
            bundle.catalogue, values[0].tolist(), states, parts[0].tolist(), strict=True
        )
    ]
    reasons.sort(key=lambda each: (-abs(each.contribution), each.indicator.id))
    strong = [each for each in reasons[:strongest] if abs(each.contribution) >= UNNOTICED]
    found = {
        each.indicator.id: evidence(
            bundle.catalogue, each.indicator.id, own, enterprise, as_of, references=references
        )
        for each in strong
    }
    triggers = {
        rule.id: evidence(bundle.rules.catalogue, rule.id, own, enterprise, as_of)
        for rule in grade.rules
    }
    scale = bundle.policy.on(as_of).scale
    low, high = scale.level_of([grade.lower, grade.upper]).tolist()
    return Explanation(
        grade=grade,
        likely=(Level(low), Level(high)),
        base=float(base[0]),
        reasons=tuple(reasons),
        dimensions=sum_by_dimension(reasons),
        records={
            each.indicator.id: _shared(found[each.indicator.id], each.contribution, origins or {})
            for each in strong
        },
        usual={name: _usual(each) for name, each in found.items() if each.usual},
        rule_records={name: _shared(each, 0.0, origins or {}) for name, each in triggers.items()},
    )


def _states(
    catalogue: Catalogue,
    own: Events,
    rows: pd.DataFrame,
    references: References | None,
    matrix: pd.DataFrame,
) -> list[State]:
    """Tell values from stand-ins: those that move when only the declared stand-in moves."""
    moved = Catalogue(
        tuple(replace(each, missing=each.missing + (each.direction or 1)) for each in catalogue),
        catalogue.populations,
    )
    other = compute(moved, own, rows, references=references).to_numpy()[0]
    values = matrix.to_numpy()[0]
    states = np.where(values == other, State.KNOWN, State.MISSING)
    return [State(s) for s in np.where(np.isnan(values), State.NOT_APPLICABLE, states).tolist()]


def _shared(
    found: Evidence, contribution: float, origins: Mapping[int, Lineage]
) -> tuple[SharedRecord, ...]:
    return tuple(
        SharedRecord(
            **fields,
            contribution=fields["share"] * contribution,
            origin=origins.get(fields["record"]),
        )
        for fields in cast("list[dict[str, Any]]", found.table().to_dict("records"))
    )


def _usual(found: Evidence) -> tuple[Usual, ...]:
    return tuple(
        Usual("city", each.city_n, each.city_total, each.value)
        if each.rate.group == "city"
        else Usual(each.rate.group, each.n, each.total, each.value)
        for each in found.usual
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def _records(records: tuple[SharedRecord, ...] | None) -> list[dict[str, Any]] | None:
    if records is None:
        return None
    return [
        {
            "record": each.record,
            "kind": each.kind,
            "code": each.code,
            "occurred": time.show(each.occurred),
            "available": time.show(each.available),
            "severity": _number(each.severity),
            "value": _number(each.value),
            "share": each.share,
            "contribution": each.contribution,
            "origin": None if each.origin is None else each.origin.to_dict(),
        }
        for each in records
    ]
