"""Routes of the service, version 1."""

from . import (
    enterprises,
    files,
    lists,
    model,
    operations,
    proofs,
    records,
    reviews,
    search,
    session,
    subscriptions,
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
        subscriptions,
        model,
        session,
        proofs,
        operations,
    )
)
