"""The pages, a module for each place."""

from . import door, enterprise, find, overview, reviews, warnings

__all__ = ["ROUTERS"]

ROUTERS = tuple(page.router for page in (door, overview, find, enterprise, reviews, warnings))
