"""Words: how indicators are told, in Chinese and in English."""

from .sentences import Sentences

__all__ = ["Sentences"]
