"""The command that says what the gradings ask for: of everybody, or of one with the records."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..core import time
from ..core.errors import NotFoundError
from ..terminal import answer, check_table, show_inspections, show_one_inspected, write_table
from .options import AsJson, AsOf, past_day

if TYPE_CHECKING:
    import pandas as pd

    from ..archive import Archive, Lineage
    from ..features import Events
    from ..grading import Entry, GradeBook, InspectionPolicy, RiskTable

__all__ = ["inspections"]

DAYS = ("checked", "due")


def inspections(
    as_of: AsOf,
    enterprise: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this one, with the records behind.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Inspection policy as TOML instead of the package's own.")
    ] = None,
    risk_table: Annotated[
        Path | None, typer.Option(help="Risk points as TOML instead of the package's own.")
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Table of everybody to write: .parquet or .csv.")
    ] = Path("out/inspections.parquet"),
    as_json: AsJson = False,
) -> None:
    """Say what the gradings of enterprises ask for: visits a year, share drawn, intensity."""
    from ..archive import Archive
    from ..core.settings import load_settings
    from ..features import Events
    from ..grading import InspectionPolicy, RiskTable

    day = past_day(as_of)
    check_table(output)
    rules = InspectionPolicy.load(policy) if policy else InspectionPolicy.default()
    table = RiskTable.load(risk_table) if risk_table else RiskTable.default()
    archive, book = Archive(load_settings().archive), _book()
    events = book.events if book else Events.from_view(archive.events())
    known = _known(archive, events, day)
    found: dict[str, Any] = {
        "as_of": as_of,
        "policy": f"{rules.name} {rules.on(day).version}",
        "risk_table": f"{table.name} {table.on(day).version}",
        "bundle": None if book is None else book.bundle.digest,
    }
    if enterprise is not None:
        number = archive.enterprise(enterprise)
        if number not in known:
            raise NotFoundError(f"nothing was known about {enterprise!r} as of {as_of}")
        planned = _planned(rules, table, events, book, known[known == number], day)
        origins = archive.lineage(number, day)
        found |= _one(rules, table, events, planned, origins) | {"enterprise": enterprise}
        answer(as_json, found, lambda console: show_one_inspected(console, found))
        return
    planned = _planned(rules, table, events, book, known, day)
    write_table(_named(archive, planned), output)
    found |= {"enterprises": len(planned), "output": str(output)} | _summary(rules, planned, day)
    answer(as_json, found, lambda console: show_inspections(console, found))


def _book() -> "GradeBook | None":
    """Open the grade book, or return None where no model was promoted yet."""
    from ..core.settings import load_settings
    from ..grading import Purpose, open_book
    from ..ledger import Ledger

    settings = load_settings()
    ledger = Ledger(settings.ledger)
    try:
        try:
            ledger.champion(Purpose.GRADE)
        except NotFoundError:
            return None
        return open_book(settings, ledger, threads=2)
    finally:
        ledger.close()


def _known(archive: "Archive", events: "Events", day: int) -> Any:
    """Return the numbers of all of whom something was known as of the day."""
    import numpy as np

    if not archive.sequence:
        raise NotFoundError(
            f"the archive {archive.folder} holds no delivery; `xinheng ingest` takes one in"
        )
    return np.unique(events.enterprise[time.is_known(events.available, day)])


def _planned(
    rules: "InspectionPolicy",
    table: "RiskTable",
    events: "Events",
    book: "GradeBook | None",
    numbers: Any,
    day: int,
) -> "pd.DataFrame":
    import pandas as pd

    from ..grading import plan_inspections, side_by_side

    rows = pd.DataFrame({"enterprise": numbers, "as_of": day}).astype("int32")
    levels = None if book is None else book.grades(numbers, day)["level"].cat.codes.to_numpy()
    return plan_inspections(rules, events, side_by_side(events, rows, levels=levels, table=table))


def _named(archive: "Archive", planned: "pd.DataFrame") -> "pd.DataFrame":
    """Return the plan with the enterprises' own codes, and days as dates."""
    import pandas as pd

    found = planned.reset_index()
    codes = archive.enterprises()["id"].to_pandas()
    found["enterprise"] = codes.take(found["enterprise"].to_numpy()).to_numpy()
    for name in ("as_of", *DAYS):
        days = found[name].to_numpy("int64")
        dates = pd.Series(days.astype("datetime64[D]").astype("datetime64[s]"))
        found[name] = dates.where(days != time.NEVER).dt.date
    return found


def _summary(rules: "InspectionPolicy", planned: "pd.DataFrame", day: int) -> dict[str, Any]:
    """Count the plan by population and its grade, and by population and level."""
    plans = rules.on(day).plans
    letters = {"risk": "risk_grade", "catering": "catering_grade"}
    by_grade, by_level = [], []
    for plan in plans.values():
        own = planned[planned["population"] == plan.population]
        column = letters.get(plan.by)
        grades = (
            own[column].astype(object).fillna("none")
            if column
            else own["key"].map(lambda _: "none")
        )
        for grade, visits in plan.visits.items():
            rows = own if grades is None else own[(grades == grade).to_numpy()]
            by_grade.append(
                {
                    "population": plan.population,
                    "grading": plan.by,
                    "grade": grade,
                    "enterprises": len(rows),
                    "least": visits.least,
                    "most": visits.most,
                    "visits": int(rows["visits"].sum()),
                    "priority": int(rows["key"].sum()),
                    "due_at_once": int((rows["due"] <= day).sum()),
                }
            )
        levels = own["level"].astype(object).fillna("none")
        for level, line in plan.credit.items():
            size = int((levels == level).sum())
            by_level.append(
                {
                    "population": plan.population,
                    "level": level,
                    "enterprises": size,
                    "share": line.share,
                    "drawn": round(size * line.share, 1),
                    "intensity": line.intensity,
                }
            )
    return {
        "visits": int(planned["visits"].sum()),
        "drawn": round(float(planned["share"].sum()), 1),
        "by_grade": by_grade,
        "by_level": by_level,
    }


def _one(
    rules: "InspectionPolicy",
    table: "RiskTable",
    events: "Events",
    planned: "pd.DataFrame",
    origins: "dict[int, Lineage]",
) -> dict[str, Any]:
    """Tell the gradings of one enterprise, the records behind, and what they ask for."""
    from ..grading import catering_grades, gradings_of, risk_entries, risk_grades
    from ..grading.inspections.edition import NO_GRADE

    gradings, row = gradings_of(planned), planned.iloc[0]
    asked = planned.index.to_frame(index=False).astype("int32")
    number, day = gradings.enterprise, gradings.as_of
    edition = rules.on(day)
    plan = edition.plans[gradings.population]
    grade = {"risk": gradings.risk, "catering": gradings.catering}.get(plan.by)
    line = plan.credit[str(gradings.credit) if gradings.credit is not None else NO_GRADE]
    visits = plan.visits[str(grade) if grade is not None else NO_GRADE]
    intensity = edition.intensities[line.intensity]
    risk = risk_grades(table, events, asked).iloc[0]
    catering = catering_grades(events, asked).iloc[0]
    origin = origins.get(int(catering["record"]))
    return {
        "gradings": {
            k: v for k, v in gradings.to_dict().items() if k not in ("enterprise", "as_of")
        },
        "risk": None
        if gradings.risk is None
        else {
            **{name: float(risk[name]) for name in ("static", "dynamic", "score")},
            **{name: str(risk[name]) for name in ("by_score", "risk_grade")},
            **{name: int(risk[name]) for name in ("raised", "lowered")},
            "records": [_record(e, origins) for e in risk_entries(table, events, number, day)],
        },
        "catering": {
            "state": str(catering["state"]),
            "number": origin.number if origin else None,
            "given": _shown(catering["given"]),
            "until": _shown(catering["until"]),
            "score": None if catering["score"] != catering["score"] else float(catering["score"]),
        },
        "plan": {
            "visits": int(row["visits"]),
            "least": visits.least,
            "most": visits.most,
            "share": line.share,
            "intensity": asdict(intensity),
            "priority": bool(row["key"]),
            "checked": _shown(row["checked"]),
            "due": _shown(row["due"]),
            "basis": {
                "visits": visits.basis,
                "credit": line.basis,
                "full_check": plan.basis,
                "priority": edition.key_basis if row["key"] else None,
            },
        },
    }


def _record(entry: "Entry", origins: "dict[int, Lineage]") -> dict[str, Any]:
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
