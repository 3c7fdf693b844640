"""Finding the enterprise that a record without a credit code is about."""

from .linker import Linker, Links

__all__ = ["Linker", "Links"]
