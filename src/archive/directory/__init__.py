"""The directory: everybody in the archive by code, name, licence number, district and category."""

from .directory import Directory, Listed, Rows
from .folding import folded
from .place import clear_directory, open_directory
from .postings import distinct, is_pair

__all__ = [
    "Directory",
    "Listed",
    "Rows",
    "clear_directory",
    "distinct",
    "folded",
    "is_pair",
    "open_directory",
]
