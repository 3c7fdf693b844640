"""Routes of the service, version 1."""

from . import (
    enterprises,
    files,
    lists,
    model,
    operations,
    records,
    reviews,
    search,
    session,
    webhooks,
    whatif,
)

__all__ = ["ROUTERS"]

ROUTERS = tuple(
    part.router
    for part in (
        search,
        enterprises,
        lists,
        files,
        records,
        whatif,
        reviews,
        webhooks,
        model,
        session,
        operations,
    )
)
