"""Law: what may be done about records, from when on, and what time does to them."""

from .actions import Action, Actions
from .clocks import Clocks
from .publicity import Publicity
from .steps import Step

__all__ = ["Action", "Actions", "Clocks", "Publicity", "Step"]
