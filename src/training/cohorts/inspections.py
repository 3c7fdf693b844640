"""The cohort of inspections: one row for each reading of an inspection's outcome.

A corrected or reinstated outcome is a further row with its own stretch of days, and of the rows
of one inspection at most one holds as of any day. Features are taken as of the inspection's day,
so they never see the inspection itself.
"""

from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from ...archive import Archive
from ...core import time
from ...core.errors import InvalidError, unknown
from .cohort import Cohort, Days, Texts

__all__ = ["CohortRule", "LabelRule", "inspections"]

NUISANCES = ("inspector",)


class CohortRule(BaseModel):
    """Which inspections belong to the cohort.

    Parameters
    ----------
    kind
        `inspections`, by which a task file tells the cohorts apart.
    name
        Name of the cohort.
    purposes
        Codes of the purposes of visit.
    plan
        The plan that an inspection must belong to; any or none if not given.
    selections
        How inspections may have been chosen; in any way if not given.
    sources
        Who delivered them; anyone if not given. A task file beside a source mapping stands for
        that source, so that cities that share an archive are not mixed.
    first, last
        First and last day, inclusive.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["inspections"] = "inspections"
    name: str = "inspections"
    purposes: tuple[str, ...] = ("routine",)
    plan: str | None = None
    selections: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    first: date | None = None
    last: date | None = None


class LabelRule(BaseModel):
    """What counts as a violation: more than `above` items of a severity were found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["inspections"] = "inspections"
    severity: Literal["critical", "serious", "minor"] = "critical"
    above: float = 0

    def __str__(self) -> str:
        many = "any" if self.above == 0 else f"more than {self.above:g}"
        return f"{many} {self.severity} item{'s' * (self.above > 0)} not met"


def inspections(
    archive: Archive, rule: CohortRule, label: LabelRule, *, upto: int | None = None
) -> Cohort:
    """Read the cohort of inspections from an archive.

    Parameters
    ----------
    archive
        Where the inspections are.
    rule, label
        Which ones, and what counts as a violation. Those whose outcome was not recorded are
        counted in `unlabelled` and left out.
    upto
        Last delivery to see; the newest when None.

    Raises
    ------
    InvalidError
        If no inspection is left; the message says how far each condition reached.
    """
    table = archive.records("inspection", upto=upto)
    for name in NUISANCES:  # a person is a number, of which nothing is larger than another
        table = table.set_column(table.column_names.index(name), name, table[name].cast("string"))
    frame = table.to_pandas()
    senders = {delivery.sequence: delivery.source for delivery in archive.deliveries()}
    frame = frame[frame["entity"].notna()].assign(source=lambda f: f["sequence"].map(senders))
    # Before anything is left out: a correction to another purpose also ends what it corrects.
    chosen = _chosen(_readings(frame, _happenings(archive, upto)), rule)
    labelled = chosen[chosen[label.severity].notna()]
    if labelled.empty:
        raise InvalidError(
            f"the cohort {rule.name!r}: of {len(chosen)} inspections that fit, none says how many "
            f"{label.severity} items were not met; map that field, or choose another severity"
        )
    days = _days(labelled["occurred"])
    labelled = labelled.assign(day=days).sort_values(
        ["day", "entity", "number", "available"], kind="stable"
    )
    day = labelled["day"].to_numpy(np.int32)
    return Cohort(
        name=rule.name,
        enterprise=labelled["entity"].to_numpy(np.int32),
        as_of=day,
        label=np.asarray(labelled[label.severity] > label.above, np.float64),
        settled=day,
        available=labelled["available"].to_numpy(np.int32),
        withdrawn=labelled["withdrawn"].to_numpy(np.int32),
        number=_texts(labelled["number"]),
        selection=_texts(labelled["selection"]),
        nuisance={name: _texts(labelled[name]) for name in NUISANCES},
        unlabelled=len(chosen) - len(labelled),
    )


def _chosen(frame: pd.DataFrame, rule: CohortRule) -> pd.DataFrame:
    purposes = sorted(frame["purpose"].dropna().unique())
    for purpose in rule.purposes:
        if purpose not in purposes:
            what = f"inspection purpose in the archive, as the cohort {rule.name!r} wants,"
            raise InvalidError(unknown(what, purpose, purposes))
    reached = {}
    for what, field, wanted in (
        ("purpose", "purpose", rule.purposes),
        ("plan", "plan", None if rule.plan is None else (rule.plan,)),
        ("selection", "selection", rule.selections),
        ("source", "source", rule.sources),
    ):
        if wanted is not None:
            frame = frame[frame[field].isin(list(wanted))]
            reached[f"{what} {', '.join(wanted)}"] = len(frame)
    days = _days(frame["occurred"])
    kept = np.ones(len(frame), bool)
    if rule.first is not None:
        kept &= days >= time.day(rule.first)
    if rule.last is not None:
        kept &= days <= time.day(rule.last)
    frame = frame[kept]
    reached["dates"] = len(frame)
    if frame.empty:
        steps = ", ".join(f"{count} left by {what}" for what, count in reached.items())
        raise InvalidError(f"the cohort {rule.name!r} has no inspection: {steps}")
    return frame


def _happenings(archive: Archive, upto: int | None) -> dict[int, list[time.Event]]:
    """Return what happened later to inspections, by record."""
    lifecycle = archive.records("lifecycle", upto=upto).to_pandas()
    lifecycle = lifecycle[lifecycle["of"] == "inspection"]
    found: dict[int, list[time.Event]] = {}
    for row in lifecycle.itertuples():
        event = time.Event(int(row.available), time.day(row.occurred), time.Change(row.change))
        found.setdefault(int(row.about), []).append(event)
    return found


def _readings(frame: pd.DataFrame, happened: dict[int, list[time.Event]]) -> pd.DataFrame:
    """Give each version of each inspection the days between which it stands."""
    order = ["record", "precedence", "sequence", "version"]
    frame = frame.sort_values(order, ascending=[True, False, False, False], kind="stable")
    earliest = frame.groupby("record")["available"].cummin()
    until = earliest.groupby(frame["record"]).shift(fill_value=time.NEVER)
    frame = frame.assign(withdrawn=until)
    touched = frame["record"].isin(list(happened))
    rows = [
        {**row, "available": span.available, "withdrawn": min(span.withdrawn, row["withdrawn"])}
        for row in frame[touched].to_dict("records")
        for span in time.spans(time.Span(row["available"]), happened[row["record"]])
    ]
    folded = [pd.DataFrame(rows, columns=frame.columns)] if rows else []
    frame = pd.concat([frame[~touched], *folded])
    return frame[frame["available"] < frame["withdrawn"]]


def _days(dates: "pd.Series[Any]") -> Days:
    return pd.to_datetime(dates).to_numpy("datetime64[D]").astype(np.int64).astype(np.int32)


def _texts(values: "pd.Series[Any]") -> Texts:
    return values.fillna("").to_numpy(object)
