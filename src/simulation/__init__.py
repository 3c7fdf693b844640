"""A made-up city with a known truth, for demonstration, tests and benchmarks.

Nobody in it exists: names begin with a city that there is not, and codes with a region that was
never given to any place. It is lived month by month (`life`), in parts that need little memory;
what happens is spooled as plain numbers (`records`), other departments watch and act on it
(`follow`), and seventy-three `departments` write it out as they would deliver it. The truth is
written apart.
"""

from .laws import LAWS
from .simulate import FIRST_YEAR, Simulation, simulate
from .truth import expected_auc

__all__ = ["FIRST_YEAR", "LAWS", "Simulation", "expected_auc", "simulate"]
