"""The food-safety risk grade of producers: static and dynamic points, and what moves it."""

from .edition import RiskBand, RiskEdition, RiskPart
from .page import render_risk_table
from .points import risk_entries, risk_grades
from .risktable import RiskTable

__all__ = [
    "RiskBand",
    "RiskEdition",
    "RiskPart",
    "RiskTable",
    "render_risk_table",
    "risk_entries",
    "risk_grades",
]
