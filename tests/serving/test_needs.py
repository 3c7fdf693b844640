"""Every route says what a caller needs for it."""

import pytest
from fastapi import APIRouter
from starlette.routing import Route

from xinheng.core.settings import load_settings
from xinheng.serving import create_app
from xinheng.serving.access.needs import NEEDS
from xinheng.serving.entrance.gate import Gate, guarded

PAGES = "/console"


def routes() -> list[Route]:
    return [each for each in create_app(load_settings()).routes if isinstance(each, Route)]


def test_every_route_and_nothing_else_is_in_the_table() -> None:
    assert sorted(each.name for each in routes() if not each.path.startswith(PAGES)) == sorted(
        NEEDS
    )


def test_pages_are_named_apart_and_behind_no_gate_but_that_of_what_they_ask() -> None:
    names = [each.name for each in routes() if each.path.startswith(PAGES)]
    assert names
    assert {name.partition(" ")[0] for name in names} == {"console"}


def test_a_route_that_the_table_forgot_is_never_open() -> None:
    router = APIRouter()

    @router.get("/v1/forgotten")
    def forgotten() -> None:
        """Answer."""

    with pytest.raises(KeyError, match="forgotten"):
        guarded(router.routes[0])


def test_every_route_that_needs_something_is_behind_the_gate() -> None:
    found = {each.name: each for each in routes()}
    for name, needed in NEEDS.items():
        assert isinstance(found[name].app, Gate) == (needed is not None), name
