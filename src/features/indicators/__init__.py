"""The standard indicators, a module for each dimension."""

from .standard import standard_catalogue

__all__ = ["standard_catalogue"]
