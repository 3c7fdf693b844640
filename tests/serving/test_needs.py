"""Every route says what a caller needs for it."""

from starlette.routing import Route

from xinheng.core.settings import load_settings
from xinheng.serving import create_app
from xinheng.serving.routes import ROUTERS
from xinheng.serving.routes.needs import NEEDS


def test_every_route_and_nothing_else_is_in_the_table() -> None:
    app = create_app(load_settings())
    routes = [*app.routes, *(route for router in ROUTERS for route in router.routes)]
    assert sorted(each.name for each in routes if isinstance(each, Route)) == sorted(NEEDS)
