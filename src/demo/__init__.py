"""The demo and the course: a made-up city, from its first record to graded enterprises."""

from .course import Course, open_course, settle_city
from .folder import settings_of
from .result import Demo, show_demo
from .run import demo

__all__ = [
    "Course",
    "Demo",
    "demo",
    "open_course",
    "settings_of",
    "settle_city",
    "show_demo",
]
