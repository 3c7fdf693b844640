"""Scheduled jobs: a timetable, what is due by it, and the runs with their history."""

from .advice import advice
from .due import Due, due, next_slot
from .inbox import Taken, collect
from .runner import Runner
from .timetable import Job, Timetable, read_timetable
from .watch import Watch

__all__ = [
    "Due",
    "Job",
    "Runner",
    "Taken",
    "Timetable",
    "Watch",
    "advice",
    "collect",
    "due",
    "next_slot",
    "read_timetable",
]
