"""The application: routes, errors, the middleware stack, and what is open while it runs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from importlib import metadata
from typing import TypedDict

from anyio import CapacityLimiter
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware

from ..core.settings import Settings
from ..jobs import read_timetable
from .access import Access
from .console import add_console
from .description import describe
from .entrance.door import AT_ONCE
from .entrance.gate import guarded
from .entrance.room import Room
from .files import Uploads
from .intake.intake import Intake
from .live.live import Live, Pulse
from .live.service import Clock, clock
from .middleware import middleware
from .page import add_page
from .problem import add_handlers
from .routes import ROUTERS
from .webhooks import Courier, Sender, public_keys

__all__ = ["HOSTS", "create_app"]

HOSTS = ("127.0.0.1", "localhost")
SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}


class Shared(TypedDict):
    """What requests share."""

    live: Live
    access: Access
    uploads: Uploads
    webhook_keys: list[str]
    webhook_networks: tuple[str, ...]
    intake: Intake
    turns: CapacityLimiter


def create_app(
    settings: Settings,
    *,
    hosts: Sequence[str] = HOSTS,
    now: Clock = clock,
    pulse: Pulse | None = None,
) -> FastAPI:
    """Build the service of an installation; its grade book is opened when it starts.

    Parameters
    ----------
    settings
        Where archive, bundles, keys and ledger are.
    hosts
        Names under which the service is asked.
    now
        The clock.
    pulse
        How often is looked for what is newer.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Shared]:
        live = await run_in_threadpool(Live.open, settings, now, pulse)
        try:
            access = Access.open(settings, live.service.ledger, now, settings.workers)
            access.check(app.openapi())
            intake = Intake(live, settings)
            uploads = Uploads(settings.uploads)
            keys = await run_in_threadpool(public_keys, settings)
            sender = Sender(settings.webhook_networks)
            courier = Courier(settings, live, access, sender, now)
            live.start()
            intake.start()
            courier.start()
            with closing(access):
                try:
                    yield {
                        "live": live,
                        "access": access,
                        "intake": intake,
                        "turns": CapacityLimiter(AT_ONCE),
                        "uploads": uploads,
                        "webhook_keys": keys,
                        "webhook_networks": settings.webhook_networks,
                    }
                finally:
                    await run_in_threadpool(courier.close)
                    await run_in_threadpool(intake.close)
        finally:
            await run_in_threadpool(live.close)

    app = FastAPI(
        title="Xinheng 信衡",
        version=metadata.version("xinheng"),
        summary="Credit-risk grades of food enterprises, and the reasons for each.",
        lifespan=lifespan,
        middleware=[*middleware(hosts), Middleware(Room)],
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=SILENT,
    )
    app.state.settings = settings
    app.state.timetable = read_timetable(settings.jobs)
    for router in ROUTERS:
        app.router.routes.extend(map(guarded, router.routes))
    add_handlers(app)
    add_page(app)
    add_console(app)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    return app
