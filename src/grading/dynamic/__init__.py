"""Grades in time: the calendar of runs, the fold over it, causes of change, and what is kept."""

from .between import Between, Seen
from .calendar import Due, due
from .carried import Carried
from .cause import CAUSES, Side, Sides, causes, same_blend
from .export import write_csv
from .fold import Gradings, advance
from .inforce import InForce
from .installation import open_gradings
from .least import fewest
from .rebuild import Rebuilt, grade_given, rebuild, run_of
from .store import GradeStore

__all__ = [
    "CAUSES",
    "Between",
    "Carried",
    "Due",
    "GradeStore",
    "Gradings",
    "InForce",
    "Rebuilt",
    "Seen",
    "Side",
    "Sides",
    "advance",
    "causes",
    "due",
    "fewest",
    "grade_given",
    "open_gradings",
    "rebuild",
    "run_of",
    "same_blend",
    "write_csv",
]
