"""One enterprise in full: its three gradings, the records behind, and what they ask for."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from ...archive import Lineage
from ...core import time
from ...features import Events
from ..cards import Entry
from ..catering import catering_grades
from ..gradings import Gradings, gradings_of
from ..riskgrades import RiskTable, risk_entries, risk_grades
from .edition import NO_GRADE
from .inspectionpolicy import InspectionPolicy

__all__ = ["inspection_dossier"]


def inspection_dossier(
    policy: InspectionPolicy,
    table: RiskTable,
    events: Events,
    planned: pd.DataFrame,
    origins: Mapping[int, Lineage],
) -> dict[str, Any]:
    """Tell what is behind a plan of one row, in values that JSON knows.

    Parameters
    ----------
    policy, table
        By which it was planned and graded.
    events
        The events of at least the enterprise, with all columns.
    planned
        From `plan_inspections`, one row.
    origins
        Where its records are from, by their numbers; see `Archive.lineage`.

    Returns
    -------
    `gradings`; `risk`, with its points and the `records` behind, None where it does not apply;
    `catering`; and `plan`, with what each part of it rests on in `basis`.
    """
    gradings = gradings_of(planned)
    asked = planned.index.to_frame(index=False).astype("int32")
    return {
        "gradings": gradings.to_dict(),
        "risk": None if gradings.risk is None else _risk(table, events, asked, origins),
        "catering": _catering(events, asked, origins),
        "plan": _plan(policy, gradings, planned.iloc[0]),
    }


def _risk(
    table: RiskTable, events: Events, asked: pd.DataFrame, origins: Mapping[int, Lineage]
) -> dict[str, Any]:
    found = risk_grades(table, events, asked).iloc[0]
    told = risk_entries(table, events, *map(int, asked.iloc[0]))
    return {
        **{name: float(found[name]) for name in ("static", "dynamic", "score")},
        **{name: str(found[name]) for name in ("by_score", "risk_grade")},
        **{name: int(found[name]) for name in ("raised", "lowered")},
        "records": [_record(entry, origins) for entry in told],
    }


def _catering(
    events: Events, asked: pd.DataFrame, origins: Mapping[int, Lineage]
) -> dict[str, Any]:
    found = catering_grades(events, asked).iloc[0]
    origin = origins.get(int(found["record"]))
    return {
        "state": str(found["state"]),
        "number": origin.number if origin else None,
        "given": _shown(found["given"]),
        "until": _shown(found["until"]),
        "score": None if pd.isna(found["score"]) else float(found["score"]),
    }


def _plan(policy: InspectionPolicy, gradings: Gradings, row: "pd.Series[Any]") -> dict[str, Any]:
    edition = policy.on(gradings.as_of)
    plan = edition.plans[gradings.population]
    grade = {"risk": gradings.risk, "catering": gradings.catering}.get(plan.by)
    visits = plan.visits[NO_GRADE if grade is None else str(grade)]
    line = plan.credit[NO_GRADE if gradings.credit is None else str(gradings.credit)]
    return {
        "visits": int(row["visits"]),
        "least": visits.least,
        "most": visits.most,
        "share": line.share,
        "intensity": asdict(edition.intensities[line.intensity]),
        "priority": bool(row["key"]),
        "checked": _shown(row["checked"]),
        "due": _shown(row["due"]),
        "basis": {
            "visits": visits.basis,
            "credit": line.basis,
            "full_check": plan.basis,
            "priority": edition.key_basis if row["key"] else None,
        },
    }


def _record(entry: Entry, origins: Mapping[int, Lineage]) -> dict[str, Any]:
    origin = None if entry.record is None else origins.get(entry.record)
    return {
        "part": str(entry.part),
        "line": entry.line,
        "zh": entry.zh,
        "en": entry.en,
        "basis": entry.basis,
        "stream": f"{entry.kind}:{entry.code}" if entry.kind else "",
        "number": origin.number if origin else None,
        "department": origin.department if origin else None,
        "occurred": None if entry.occurred is None else time.show(entry.occurred),
        "full": entry.full,
        "points": entry.points,
        "until": _shown(entry.until),
    }


def _shown(day: int) -> str | None:
    return None if int(day) == time.NEVER else time.show(int(day))
