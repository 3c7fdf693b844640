"""A made-up city with a known truth, for demonstration, tests and benchmarks.

Nobody in it exists: names begin with a city that there is not, and codes with a region that was
never given to any place.
"""

from .simulate import FIRST_YEAR, Simulation, simulate
from .truth import expected_auc

__all__ = ["FIRST_YEAR", "Simulation", "expected_auc", "simulate"]
