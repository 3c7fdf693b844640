"""The model: its card, how it keeps its promises, which were in force, and the handbook."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from .. import officewords as words
from ..asking import Browsing
from ..modelfigures import calibration_figure
from ..office import TABLES, terms
from ..page import filled

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
MODEL = "/console/model"
TENTHS = "probability"
LOOKED_IN = ("id", "name", "formula", "basis", "dimension_name")


@router.get(MODEL)
async def card(browser: Browsing) -> Response:
    """Show the card of the model in force, in words, and the models before it."""
    found = await browser.get("/v1/model")
    groups = by_what(found["card"]["groups"])
    return filled(
        browser,
        "model",
        tab="card",
        model=found,
        card=found["card"],
        tenths=groups.pop(TENTHS, []),
        groups=groups,
        promotions=(await browser.get("/v1/model/promotions"))["promotions"],
        named=names(),
        words=words,
    )


@router.get(f"{MODEL}/figures/calibration.json")
async def calibration(browser: Browsing) -> Response:
    """Return the figure of what the model promised to tenths of the rows, and what came."""
    found = await browser.get("/v1/model")
    tenths = by_what(found["card"]["groups"]).get(TENTHS, [])
    return JSONResponse(calibration_figure(tenths, browser.language))


@router.get(f"{MODEL}/indicators")
async def handbook(browser: Browsing) -> Response:
    """Show the indicators by dimension: all, or those that are looked for."""
    params = browser.request.query_params
    asked = {"q": params.get("q", "").strip(), "dimension": params.get("dimension", "")}
    found = await browser.get("/v1/indicators")
    every = found["indicators"]
    return filled(
        browser,
        "model_indicators",
        tab="indicators",
        asked=asked,
        found=found,
        shown=by_dimension(sought(every, **asked)),
        dimensions={each["dimension"]: each["dimension_name"] for each in every},
        total=len(every),
        named=names(),
    )


def by_what(groups: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the groups of a card by what they are of, in the order of the card.

    Examples
    --------
    >>> by_what([{"by": "district", "name": "a"}, {"by": "district", "name": "b"}])
    {'district': [{'by': 'district', 'name': 'a'}, {'by': 'district', 'name': 'b'}]}
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for each in groups:
        found.setdefault(each["by"], []).append(each)
    return found


def sought(
    indicators: Sequence[Mapping[str, Any]], q: str, dimension: str
) -> list[Mapping[str, Any]]:
    """Return the indicators of a dimension that hold every word that was looked for.

    Examples
    --------
    >>> fines = {"id": "PN07", "name": "Fines", "formula": "sum of fines", "basis": "TREE",
    ...          "dimension": "PN", "dimension_name": "Penalties"}
    >>> [each["id"] for each in sought([fines], "FINES sum", "PN")], sought([fines], "tea", "")
    (['PN07'], [])
    """
    needles = q.casefold().split()

    def holds(each: Mapping[str, Any]) -> bool:
        text = " ".join(str(each[name]) for name in LOOKED_IN).casefold()
        return dimension in ("", each["dimension"]) and all(word in text for word in needles)

    return [each for each in indicators if holds(each)]


def by_dimension(
    indicators: Sequence[Mapping[str, Any]],
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Return indicators by their dimension, in the order of the catalogue."""
    order = {each["dimension"]: None for each in indicators}
    ranks = {name: rank for rank, name in enumerate(order)}
    ordered = sorted(indicators, key=lambda each: ranks[each["dimension"]])
    return [(name, list(some)) for name, some in groupby(ordered, itemgetter("dimension"))]


def names() -> dict[str, Mapping[str, Any]]:
    """Return the terms by which groups of a card are called, by code and by Chinese name."""
    found: dict[str, Mapping[str, Any]] = {}
    for term in terms(*TABLES, "population").values():
        found |= {term["code"]: term, term["zh"]: term}
    return found
