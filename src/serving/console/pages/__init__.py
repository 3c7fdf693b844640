"""The pages, a module for each place."""

from . import door, enterprise, find, overview

__all__ = ["ROUTERS"]

ROUTERS = (door.router, overview.router, find.router, enterprise.router)
