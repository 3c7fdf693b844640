"""The office: what pages on which somebody administers have in common."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from ...core.codes import CodeTable
from .browser import Browser
from .inside import RefusedError

__all__ = [
    "TABLES",
    "Form",
    "first",
    "is_shown_again",
    "led_to_proof",
    "order_of",
    "queried",
    "terms",
    "typed",
]

Form = Mapping[str, Sequence[str]]
"""The fields of a form, each with what was filled in."""
ACCOUNT = "/console/account"
SEE = 303
TABLES = ("district", "line_of_business", "food_category")
OWN = frozenset({"csrf", "version", "key"})
NARROWING = ("permissions", "districts", "categories")
SHOWN_AGAIN = frozenset({403, 404, 409, 422})
"""Refusals after which the page is shown again, with what was typed."""


def first(form: Form, name: str) -> str:
    """Return what was filled in first under a name; empty where nothing was.

    Examples
    --------
    >>> first({"holder": [" bureau "]}, "holder"), first({}, "holder")
    ('bureau', '')
    """
    return form[name][0].strip() if form.get(name) else ""


def typed(form: Form) -> dict[str, list[str]]:
    """Return what somebody typed into a form, without what a page put there.

    Examples
    --------
    >>> typed({"csrf": ["5f2b"], "role": ["auditor"], "sources": [""]})
    {'role': ['auditor']}
    """
    kept = {name: [each for each in values if each] for name, values in form.items()}
    return {name: values for name, values in kept.items() if values and name not in OWN}


def queried(browser: Browser) -> dict[str, list[str]]:
    """Return what an address fills into a form, as after somebody proved who they are."""
    params = browser.request.query_params
    return typed({name: params.getlist(name) for name in params if name != "lang"})


def order_of(form: Form) -> dict[str, Any]:
    """Return the grant that a form orders, as the service takes it; null where nothing narrows it.

    Examples
    --------
    >>> order_of({"role": ["inspector"], "districts": ["440304"], "sources": ["a, b"]})
    {'role': 'inspector', 'permissions': None, 'districts': ['440304'], 'categories': None, \
'sources': ['a', 'b']}
    """
    given = typed(form)
    sources = first(form, "sources").replace("，", ",").replace(",", " ").split()
    lists: dict[str, Any] = {name: given.get(name) for name in NARROWING}
    return {"role": first(form, "role"), **lists, "sources": sources or None}


async def led_to_proof(browser: Browser, refused: RefusedError, back: str) -> Response:
    """Lead whoever has to prove again who they are to where they do, and back then.

    Raises
    ------
    RefusedError
        If it was refused for another reason, and no page of its own tells of it.
    """
    if refused.name != "proof-required":
        raise refused
    own = await browser.find(f"/v1/accounts/{browser.who}")
    why = "proof" if own is None or own["second_factor"] else "factor"
    return RedirectResponse(f"{ACCOUNT}?{urlencode({'next': back, 'why': why})}#{why}", SEE)


def is_shown_again(refused: RefusedError) -> bool:
    """Tell whether the page of an act is shown again, as it can be put right there."""
    return refused.answer.status in SHOWN_AGAIN and refused.name != "proof-required"


def terms(*tables: str) -> dict[str, dict[str, Any]]:
    """Return the terms of tables of codes, by their codes.

    Examples
    --------
    >>> terms("district")["440304"]["en"]
    'Futian'
    """
    rows = (row for name in tables for row in CodeTable.load(name).table.to_pylist())
    return {row["code"]: row for row in rows}
