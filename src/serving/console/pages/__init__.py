"""The pages, a module for each place."""

from . import (
    account,
    accounts,
    administration,
    audit,
    door,
    enterprise,
    find,
    keys,
    model,
    overview,
)

__all__ = ["ROUTERS"]

ROUTERS = (
    door.router,
    overview.router,
    find.router,
    enterprise.router,
    model.router,
    administration.router,
    accounts.router,
    keys.router,
    audit.router,
    account.router,
)
