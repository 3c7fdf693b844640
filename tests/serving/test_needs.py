"""Every route says what a caller needs for it."""

import pytest
from fastapi import APIRouter
from starlette.routing import Route

from xinheng.core.settings import load_settings
from xinheng.serving import create_app
from xinheng.serving.access.needs import NEEDS
from xinheng.serving.entrance.gate import Gate, guarded


def test_every_route_and_nothing_else_is_in_the_table() -> None:
    app = create_app(load_settings())
    assert sorted(each.name for each in app.routes if isinstance(each, Route)) == sorted(NEEDS)


def test_a_route_that_the_table_forgot_is_never_open() -> None:
    router = APIRouter()

    @router.get("/v1/forgotten")
    def forgotten() -> None:
        """Answer."""

    with pytest.raises(KeyError, match="forgotten"):
        guarded(router.routes[0])


def test_every_route_that_needs_something_is_behind_the_gate() -> None:
    routes = {each.name: each for each in create_app(load_settings()).routes}
    for name, needed in NEEDS.items():
        assert isinstance(routes[name].app, Gate) == (needed is not None), name
