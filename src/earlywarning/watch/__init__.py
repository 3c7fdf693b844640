"""The watch: what is out of the ordinary at the end of a day, and why."""

from .bar import Bar, set_bar
from .keeping import Looked, look_and_keep
from .looking import Series, Since, Watched, look
from .run import naming, read_all_cases, watch
from .settings import WatchSettings

__all__ = [
    "Bar",
    "Looked",
    "Series",
    "Since",
    "WatchSettings",
    "Watched",
    "look",
    "look_and_keep",
    "naming",
    "read_all_cases",
    "set_bar",
    "watch",
]
