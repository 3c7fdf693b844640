"""Early warning 智能预警: what is about to get worse, of products and of enterprises."""

from .counts import Counts

__all__ = ["Counts"]
