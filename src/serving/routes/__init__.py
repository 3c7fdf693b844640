"""Routes of the service, version 1."""

from . import (
    accounts,
    audit,
    authority,
    downgrades,
    enterprises,
    files,
    keys,
    lists,
    model,
    operations,
    overview,
    proofs,
    records,
    reviews,
    search,
    session,
    subscriptions,
    warnings,
    watch,
    webhooks,
    whatif,
)

__all__ = ["ROUTERS"]

ROUTERS = tuple(
    part.router
    for part in (
        search,
        overview,
        enterprises,
        lists,
        files,
        records,
        whatif,
        reviews,
        watch,
        warnings,
        downgrades,
        webhooks,
        subscriptions,
        model,
        session,
        proofs,
        operations,
        keys,
        accounts,
        authority,
        audit,
    )
)
