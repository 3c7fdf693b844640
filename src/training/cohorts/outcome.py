"""Outcomes: what counts as a violation, how long it is waited for, and how long for its record."""

from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ...core import time
from ...features import Aggregate, Events, count, matching

__all__ = ["Outcome", "OutcomeRule", "last_heard"]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcome(_Rule):
    """Events that count as a violation.

    Parameters
    ----------
    streams
        Patterns as indicators have them, such as `sampling:fail.*`.
    above
        Only events whose value is greater; all if not given.
    zh, en
        What it is, for people.
    """

    streams: tuple[str, ...]
    above: float | None = None
    zh: str = ""
    en: str = ""

    @model_validator(mode="after")
    def _declared(self) -> Self:
        self.aggregate  # noqa: B018  building it checks patterns and threshold
        return self

    @property
    def aggregate(self) -> Aggregate:
        """The same as an indicator would declare it."""
        above = None if self.above is None else ("value", self.above)
        return count(*self.streams, above=above)

    def __str__(self) -> str:
        least = "" if self.above is None else f" over {self.above:g}"
        return self.en or " or ".join(self.streams) + least


class OutcomeRule(_Rule):
    """What counts as a violation, how long it is waited for, and how long for its record.

    Parameters
    ----------
    kind
        `panel`: the label belongs to that kind of cohort.
    outcomes
        Any one of them makes a violation.
    horizon_days
        It counts if `as_of <= occurred < as_of + horizon_days`.
    allowance_days
        A row is settled when so many days more have passed.
    checks
        Patterns of the events that tell of a check, such as `inspection:routine.*`. With them
        the label is what the first check within the horizon found on its day, and rows without a
        check are kept without an outcome (`learners.selection`).
    """

    kind: Literal["panel"] = "panel"
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    horizon_days: int = Field(default=365, ge=1)
    allowance_days: int = Field(default=90, ge=0)
    checks: tuple[str, ...] = ()

    @field_validator("checks")
    @classmethod
    def _patterns(cls, checks: tuple[str, ...]) -> tuple[str, ...]:
        if checks:
            count(*checks)  # refuses what is no pattern
        return checks

    def __str__(self) -> str:
        what = ", or ".join(map(str, self.outcomes))
        if self.checks:
            return f"what the first check within {self.horizon_days} days finds: {what}"
        return f"a confirmed violation within {self.horizon_days} days: {what}"


def last_heard(events: Events, label: OutcomeRule) -> int:
    """Return the last day on which a record came of any kind that the label reads.

    Records that are no violation, such as a passed check, are news as well. Beyond this day,
    nothing is known of outcomes.
    """
    kinds = {stream.partition(":")[0] for each in label.outcomes for stream in each.streams}
    chosen = np.zeros(len(events.vocabulary), bool)
    chosen[matching(kinds, events.vocabulary)] = True
    return int(events.available[chosen[events.stream]].max(initial=-time.NEVER))
