"""The inspection plan in numbers: by population and grade, by population and level of credit."""

from typing import Any

import pandas as pd

from .edition import NO_GRADE
from .inspectionpolicy import InspectionPolicy
from .plan import letters_of

__all__ = ["tally_inspections"]


def tally_inspections(policy: InspectionPolicy, planned: pd.DataFrame, day: int) -> dict[str, Any]:
    """Count a plan of one day, from `plan_inspections`, in values that JSON knows.

    Returns
    -------
    `enterprises`; `visits` planned and `drawn`, to be expected at random, in all; `by_grade`, a row
    for each population and grade by which its visits are planned, with those of `priority` and
    those whose full check is `due_at_once`; `by_level`, a row for each population and level.
    """
    by_grade, by_level = [], []
    for plan in policy.on(day).plans.values():
        own = planned[planned["population"] == plan.population]
        grades, levels = letters_of(plan, own), own["level"].astype(object).fillna(NO_GRADE)
        for grade, visits in plan.visits.items():
            rows = own[(grades == grade).to_numpy()]
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
        "enterprises": len(planned),
        "visits": int(planned["visits"].sum()),
        "drawn": round(float(planned["share"].sum()), 1),
        "by_grade": by_grade,
        "by_level": by_level,
    }
