"""What gradings mean for inspections: visits a year, shares drawn, intensity, by policy."""

from .edition import CreditLine, InspectionEdition, PopulationPlan, Visits
from .inspectionpolicy import InspectionPolicy
from .page import render_inspection_policy
from .plan import plan_inspections

__all__ = [
    "CreditLine",
    "InspectionEdition",
    "InspectionPolicy",
    "PopulationPlan",
    "Visits",
    "plan_inspections",
    "render_inspection_policy",
]
