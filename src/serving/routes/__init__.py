"""Routes of the service, version 1."""

from . import enterprises, lists, model, records, session, whatif

__all__ = ["ROUTERS"]

ROUTERS = tuple(part.router for part in (enterprises, lists, records, whatif, model, session))
