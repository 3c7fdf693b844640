"""The demo: a made-up city from its first record to graded enterprises and a report."""

from .folder import settings_of
from .result import Demo, show_demo
from .run import demo

__all__ = ["Demo", "demo", "settings_of", "show_demo"]
