"""Products: recognised by the names that people give them, and what was never seen before."""

from .mentions import Mentions
from .news import News, never_seen
from .recogniser import RECOGNISED, Recogniser
from .terms import Terms
from .vocabulary import Vocabulary

__all__ = ["RECOGNISED", "Mentions", "News", "Recogniser", "Terms", "Vocabulary", "never_seen"]
