"""The departments of the city: what each delivers, with its own columns, words, units and dates.

One module for each department; its mapping is `data/sources/city-NAME`.
"""

from .papers import PAPERS

__all__ = ["PAPERS"]
