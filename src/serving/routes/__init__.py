"""Routes of the service, version 1."""

from . import enterprises, lists, model, operations, reviews, session, whatif

__all__ = ["ROUTERS"]

ROUTERS = tuple(
    part.router for part in (enterprises, lists, whatif, reviews, model, session, operations)
)
