"""Finding enterprises: by what is known of them and by where they stand."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from ....core.codes import CodeTable
from ..asking import Browsing
from ..inside import RefusedError
from ..page import filled

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
LEVELS = ("A+", "A", "B", "C", "D", "E")
TEXTS, SEVERAL = ("q", "moved_since", "sort"), ("district", "category", "level")
LIMIT = 50


@router.get("/console/find")
async def find(browser: Browsing) -> Response:
    """Show who is meant by what is asked, a page at a time."""
    params = browser.request.query_params
    asked: dict[str, Any] = {name: _given(params.get(name)) for name in TEXTS}
    asked |= {name: [each for each in params.getlist(name) if each] for name in SEVERAL}
    page, refused = None, None
    try:
        page = await browser.get("/v1/enterprises", **asked, after=params.get("after"), limit=LIMIT)
    except RefusedError as error:
        if error.answer.status != 422:
            raise
        refused = error
    onward = {name: value for name, value in asked.items() if value}
    return filled(
        browser,
        "find",
        asked=asked,
        page=page,
        refused=refused,
        levels=LEVELS,
        districts=CodeTable.load("district").table.to_pylist(),
        businesses=CodeTable.load("line_of_business").table.to_pylist(),
        foods=CodeTable.load("food_category").table.to_pylist(),
        limit=LIMIT,
        after=params.get("after"),
        onward=lambda **more: "/console/find?" + urlencode(onward | more, doseq=True),
    )


def _given(value: str | None) -> str | None:
    return (value or "").strip() or None
