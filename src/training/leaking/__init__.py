"""The leak test: deliveries altered from a day on, and what of before may not change."""

from .cells import Leak
from .leaks import Altered, Leaks, compare_archives, find_leaks

__all__ = ["Altered", "Leak", "Leaks", "compare_archives", "find_leaks"]
