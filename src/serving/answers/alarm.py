"""Alarms: what the watch told of products and hazards, and what people did about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...core import time
from .values import Language, Values

if TYPE_CHECKING:
    from ...earlywarning.exposure import Exposed
    from ...ledger.watch import Act, Done, Kept, WatchRun

__all__ = [
    "AlarmAnswer",
    "AlarmsAnswer",
    "WatchRunsAnswer",
    "alarm_values",
    "product_names",
    "watch_run_values",
    "whole_alarm_values",
]

BRIEF: dict[str, JsonValue] = {
    "alarm": 12,
    "run": 3,
    "told": "2026-03-01T20:00:07Z",
    "as_of": "2026-03-01",
    "of": "2026-03-01",
    "kind": "signal",
    "product": "ho_fun",
    "name": "河粉",
    "hazard": "铅",
    "lens": "",
    "place": "",
    "strength": 6.1,
    "sentence": "近4周，河粉（铅）：抽检不合格5起（往常约0.3起）。",
    "open": True,
}
DONE: dict[str, JsonValue] = {
    "at": "2026-03-02T01:00:00Z",
    "actor": "li",
    "act": "note",
    "reason": "已通知抽检机构复核",
}
EXPOSED: dict[str, JsonValue] = {
    "enterprise": "91440300MA5XNG010A",
    "role": "makes",
    "strength": 0.8,
    "reasons": ["2 批不合格"],
    "records": ["4611686018427387905"],
}
RUN: dict[str, JsonValue] = {
    "run": 3,
    "at": "2026-03-01T20:00:07Z",
    "as_of": "2026-03-01",
    "delivery": 41,
    "budget": 2.0,
    "bar": 4.7,
    "series": 1830,
    "alarms": 2,
}


class BriefAlarmAnswer(BaseModel):
    """An alarm in short."""

    alarm: int = Field(description="Its number.")
    run: int = Field(description="The run of the watch that told it.")
    told: datetime = Field(description="When.")
    as_of: date = Field(description="The day at whose end it was told.")
    of: date = Field(
        description="The day that ends the week it is about; earlier than `as_of` where records "
        "came late."
    )
    kind: Literal["signal", "standing", "newcomer"] = Field(
        description="What told it: a detector, a standing rule, or that it was never seen before."
    )
    product: str = Field(description="Its code, or what it is called where it has none.")
    name: str = Field(description="What it is called.")
    hazard: str = Field(description="Empty where it is not known yet.")
    lens: Literal["", "origin", "district", "supplier"] = Field(
        description="What the series is narrowed to; empty for the whole."
    )
    place: str = Field(description="To which one.")
    strength: float | None = Field(
        description="Natural logarithm of how much likelier the records are if something spreads; "
        "null where no probability stands behind it."
    )
    sentence: str = Field(description="What happened.")
    open: bool = Field(description="Whether nobody closed it.")


class DoneAnswer(BaseModel):
    """Something that was done about an alarm."""

    at: datetime
    actor: str
    act: Literal["note", "close", "reopen"]
    reason: str


class ExposedAnswer(BaseModel):
    """An enterprise that an alarm concerns, and why."""

    enterprise: str
    role: str = Field(description="Whether it makes, sells or commissions the product, or else.")
    strength: float = Field(description="By which they are ranked.")
    reasons: list[str]
    records: list[str]


class AlarmAnswer(BriefAlarmAnswer):
    """An alarm with what stands behind it, whom it concerns, and what was done about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **BRIEF,
                    "records": ["4611686018427387905"],
                    "evidence": {"cases": 5, "usual": 0.3},
                    "neighbours": [BRIEF | {"alarm": 9, "hazard": "镉"}],
                    "exposed": [EXPOSED],
                    "allowed": ["note", "close"],
                    "acts": [DONE],
                }
            ]
        }
    )

    records: list[str] = Field(description="Keys of the records behind it, the latest first.")
    evidence: dict[str, JsonValue] = Field(
        description="Figures behind it; codes of enterprises only for who is held to no district."
    )
    neighbours: list[BriefAlarmAnswer] = Field(
        description="Alarms of the same product or hazard within 13 weeks before or after."
    )
    exposed: list[ExposedAnswer] = Field(
        description="Enterprises within reach that it concerns, those most concerned first."
    )
    allowed: list[Literal["note", "close", "reopen"]] = Field(
        description="What who asks may do to it now."
    )
    acts: list[DoneAnswer] = Field(description="What was done about it, oldest first.")


class AlarmsAnswer(BaseModel):
    """Alarms, the newest first, a page of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"alarms": [BRIEF], "next": None}]})

    alarms: list[BriefAlarmAnswer]
    next: int | None = Field(description="What `after` has to be for the next page, if any.")


class WatchRunAnswer(BaseModel):
    """A run of the watch."""

    run: int
    at: datetime
    as_of: date = Field(description="The day at whose end it looked.")
    delivery: int = Field(description="The last delivery that it read.")
    budget: float = Field(description="How many alarms a week were asked for.")
    bar: float | None = Field(description="How strong a signal had to be.")
    series: int = Field(description="How many series it looked at.")
    alarms: int = Field(description="How many alarms it told.")


class WatchRunsAnswer(BaseModel):
    """Runs of the watch, the newest first, a page of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"runs": [RUN], "next": None}]})

    runs: list[WatchRunAnswer]
    next: int | None = Field(description="What `after` has to be for the next page, if any.")


def alarm_values(kept: Kept, language: Language) -> Values:
    """Return an alarm in short."""
    told, product = kept.told, kept.told.series.product
    return {
        "alarm": kept.id,
        "run": kept.run,
        "told": _moment(kept.at),
        "as_of": time.show(kept.as_of),
        "of": time.show(told.of),
        **told.series._asdict(),
        "name": product_names(language).get(product, product),
        "strength": told.strength,
        "sentence": told.sentence[language],
        "open": kept.is_open,
    }


@cache
def product_names(language: Language) -> Mapping[str, str]:
    """Return what products are called in a language, by code."""
    from ...earlywarning.products import Vocabulary

    known = Vocabulary.default()
    return dict(zip(known.column("code"), known.column(language), strict=True))


def whole_alarm_values(
    kept: Kept,
    language: Language,
    *,
    evidence: Mapping[str, JsonValue],
    neighbours: Iterable[Kept],
    exposed: Iterable[Exposed],
    allowed: Collection[Act],
) -> Values:
    """Return an alarm with what stands behind it.

    Parameters
    ----------
    kept, language
        The alarm, and the language of its sentences.
    evidence
        As far as who asks may see it.
    neighbours, exposed
        Alarms near it, and the enterprises that it concerns, those most concerned first.
    allowed
        What who asks may do to it.
    """
    told = kept.told
    return alarm_values(kept, language) | {
        "records": list(told.records),
        "evidence": dict(evidence),
        "neighbours": [alarm_values(each, language) for each in neighbours],
        "exposed": [_exposed_values(each, language) for each in exposed],
        "allowed": [act.value for act in allowed],
        "acts": [_done_values(each) for each in kept.acts],
    }


def watch_run_values(run: WatchRun) -> Values:
    """Return a run of the watch."""
    return {
        "run": run.id,
        "at": _moment(run.at),
        "as_of": time.show(run.as_of),
        "delivery": run.sequence,
        "budget": run.budget,
        "bar": run.bar,
        "series": run.series,
        "alarms": run.alarms,
    }


def _done_values(done: Done) -> Values:
    return {
        "at": _moment(done.at),
        "actor": done.actor,
        "act": done.act.value,
        "reason": done.reason,
    }


def _exposed_values(each: Exposed, language: Language) -> Values:
    return {
        "enterprise": each.code,
        "role": each.role,
        "strength": each.strength,
        "reasons": list(each.reasons[language]),
        "records": list(each.records),
    }


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
