"""Routes of the service, version 1."""

from . import enterprises, lists, model, operations, session, whatif

__all__ = ["ROUTERS"]

PARTS = (enterprises, lists, whatif, model, session, operations)
ROUTERS = tuple(part.router for part in PARTS)
