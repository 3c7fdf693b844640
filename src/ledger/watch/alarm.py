"""Alarms as the ledger keeps them: what was told, by which run, and what people did about it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from ...core.errors import InvalidError
from .tables import NAME

__all__ = ["Act", "Done", "Kept", "Series", "Told", "WatchRun"]

LANGUAGES = ("zh", "en")


class Act(StrEnum):
    """What somebody does about an alarm."""

    NOTE = "note"
    CLOSE = "close"
    REOPEN = "reopen"


class Series(NamedTuple):
    """What an alarm is about, and what told it; the hazard, lens and place may be ""."""

    kind: str
    product: str
    hazard: str
    lens: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alarm, as a run tells it.

    Parameters
    ----------
    series
        What it is about.
    of
        Day number of the end of the week it is about.
    strength
        How surely; None where no probability stands behind it.
    records
        Keys of the records behind it, the latest first.
    sentence
        What happened, by language: "zh" and "en".
    evidence
        Figures behind it, in values of JSON.

    Raises
    ------
    InvalidError
        If a name is too long or a sentence is missing, or the strength is no number.
    """

    series: Series
    of: int
    strength: float | None = None
    records: tuple[str, ...] = ()
    sentence: Mapping[str, str]
    evidence: Mapping[str, Any]

    def __post_init__(self) -> None:
        for name, value in self.series._asdict().items():
            if len(value) > NAME or (name in {"kind", "product"} and not value):
                raise InvalidError(
                    f"the {name} of an alarm is {value!r}; expected up to {NAME} characters, and "
                    "some of kind and product"
                )
        if not all(self.sentence.get(each) for each in LANGUAGES):
            raise InvalidError(
                f"the alarm of {'/'.join(filter(None, self.series))} lacks a sentence in Chinese "
                "or English"
            )
        if self.strength is not None and not math.isfinite(self.strength):
            raise InvalidError(f"the strength of an alarm is {self.strength}; expected a number")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRun:
    """A run of the watch.

    Parameters
    ----------
    id
        Number of the run, from 1 on; 0 before the ledger has it.
    at, actor
        When it was made, and by whom.
    as_of
        Day number, at whose end it was told.
    sequence
        Number of the last delivery that it read.
    budget
        Alarms a week that people can look into.
    bar, bar_set
        Strength from which on it told a series, and the day number at whose end that was set;
        None where it had none.
    series
        How many it looked at.
    alarms
        How many it told; 0 before the ledger has it.
    """

    id: int = 0
    at: datetime
    actor: str
    as_of: int
    sequence: int
    budget: float
    bar: float | None
    bar_set: int | None = None
    series: int
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did about an alarm: when, who, what and why."""

    at: datetime
    actor: str
    act: Act
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An alarm in the ledger.

    Parameters
    ----------
    id, run
        Its number, which rises, and that of its run.
    at, as_of
        When it was told, and the day number at whose end.
    told
        What was told.
    acts
        What people did about it, oldest first.
    """

    id: int
    run: int
    at: datetime
    as_of: int
    told: Told
    acts: tuple[Done, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nobody closed it, or somebody reopened it since."""
        moves = [done.act for done in self.acts if done.act is not Act.NOTE]
        return not moves or moves[-1] is Act.REOPEN
