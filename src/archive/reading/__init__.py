"""Files and tables of a delivery as rows of text, each with its number, in bounded memory.

A reader changes nothing and guesses nothing: every value stays text until a mapping casts it,
an empty field is null, and a row that cannot be split is set aside as it stands.
"""

from .file import read
from .reader import READERS, Reader
from .spool import Reading

__all__ = ["READERS", "Reader", "Reading", "read"]
