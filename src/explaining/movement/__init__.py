"""Movement: why a grade moved between two days."""

from .changes import Change
from .movement import Movement, Part, explain_movement
from .sides import Standpoint
from .standpoints import Standpoints

__all__ = ["Change", "Movement", "Part", "Standpoint", "Standpoints", "explain_movement"]
