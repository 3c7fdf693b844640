"""The departments of the city: what each delivers, with its own columns, words, units and dates.

One module for each department, or for those that share a layout; which there are stands in
`departments.csv`, and their mappings are `data/sources/city-NAME`.
"""

from .papers import PAPERS

__all__ = ["PAPERS"]
