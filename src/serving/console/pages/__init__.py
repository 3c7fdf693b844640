"""The pages, a module for each place."""

from . import (
    account,
    accounts,
    administration,
    audit,
    data,
    door,
    enterprise,
    find,
    keys,
    model,
    overview,
    reviews,
    warnings,
)

__all__ = ["ROUTERS"]

ROUTERS = tuple(
    page.router
    for page in (
        door,
        overview,
        find,
        enterprise,
        reviews,
        warnings,
        model,
        data,
        administration,
        accounts,
        keys,
        audit,
        account,
    )
)
