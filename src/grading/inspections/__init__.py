"""What gradings mean for inspections: visits a year, shares drawn, intensity, by policy."""

from .dossier import inspection_dossier
from .edition import CreditLine, InspectionEdition, PopulationPlan, Visits
from .inspectionpolicy import InspectionPolicy
from .page import render_inspection_policy
from .plan import plan_inspections
from .tally import tally_inspections

__all__ = [
    "CreditLine",
    "InspectionEdition",
    "InspectionPolicy",
    "PopulationPlan",
    "Visits",
    "inspection_dossier",
    "plan_inspections",
    "render_inspection_policy",
    "tally_inspections",
]
