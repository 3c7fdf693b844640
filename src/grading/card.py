"""The model card: what a model was made from, for what, and how good it was."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Self

from ..core.errors import InvalidError

__all__ = ["CardGroup", "ModelCard", "Purpose"]


class Purpose(StrEnum):
    """What a model may be used for."""

    GRADE = "grade"
    """It decides grades, so no district, inspector or neighbourhood ever enters it."""
    SCHEDULING = "scheduling"
    """It helps to plan visits, may know who inspects and where, and never decides a grade."""


@dataclass(frozen=True, slots=True)
class CardGroup:
    """What was promised to a group of the test rows, and what came, with its 95 % interval.

    `by` says what the groups are of: `probability` (tenths of the rows, the lowest first),
    `population`, `district`, `category`, `staff` or `capital`; an empty `name` stands for those of
    whom no record says it.
    """

    by: str
    name: str
    rows: int
    violations: int
    promised: float
    observed: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is told about a model.

    Parameters
    ----------
    purpose
        What it may be used for.
    cohort
        Name of the cohort, such as `inspections`.
    label
        What is predicted, in one line.
    windows
        First and last day (ISO, inclusive) of each part, such as `train` and `test`.
    rows
        Number of rows of each part.
    measures
        Measures out of time, each with an interval: `{"auc": (0.7, 0.68, 0.72)}`.
    seed
        Seed of the training run.
    inspector
        Whether who inspected was an input.
    cut
        The day before which all was known that the model was fitted on (ISO).
    followed
        By how much the calibration, in log-odds, has followed outcomes since the model was fitted.
    followed_until
        The day before which those outcomes were known (ISO); empty if it never followed any.
    level_of
        The day that the level of the probabilities was of when the model was fitted (ISO).
    notes
        Whatever else a reader must know.
    groups
        Promises and outcomes of the test rows, group by group.
    versions
        Of the libraries that made it.
    """

    purpose: Purpose
    cohort: str
    label: str
    windows: Mapping[str, tuple[str, str]]
    rows: Mapping[str, int]
    measures: Mapping[str, tuple[float, float, float]]
    seed: int
    cut: str
    inspector: bool = False
    followed: float = 0.0
    followed_until: str = ""
    level_of: str = ""
    notes: str = ""
    groups: tuple[CardGroup, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def learned_until(self) -> str:
        """The day before which all was known that the bundle learned anything from (ISO)."""
        return max(self.cut, self.followed_until)

    def to_json(self) -> str:
        """Return the card as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a card written by `to_json`.

        Raises
        ------
        InvalidError
            If the text is no JSON of that form.
        """
        try:
            values = json.loads(text)
            values["purpose"] = Purpose(values["purpose"])
            for name in ("windows", "measures"):
                values[name] = {key: tuple(row) for key, row in values[name].items()}
            values["groups"] = tuple(CardGroup(**each) for each in values.get("groups", ()))
            return cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            names = ", ".join(each.name for each in fields(cls))
            raise InvalidError(f"this is no model card ({error!r}); it has: {names}") from error
