"""A town with people of each role, served so that browsers can come."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import uvicorn

from xinheng.core.settings import Settings
from xinheng.ledger import Ledger
from xinheng.serving import create_app
from xinheng.serving.access import Channels, Grant, Role, Scope, open_desk
from xinheng.serving.hosting.listening import listen

from .. import graded
from ..access.world import WORDS, Clock
from ..districts import FUTIAN

__all__ = ["BROWSERS", "PEOPLE", "WORDS", "Console", "chromium", "served"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PEOPLE = {
    "lin": Grant(Role.SUPERVISOR),
    "zhou": Grant(Role.SUPERVISOR),
    "inspector": Grant(Role.INSPECTOR, Scope(districts=frozenset({FUTIAN}))),
    "administrator": Grant(Role.ADMINISTRATOR),
    "auditor": Grant(Role.AUDITOR),
    "scientist": Grant(Role.DATA_SCIENTIST),
}


def chromium() -> str | None:
    """Return the browser of the machine; None where there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@dataclass
class Console:
    """A console that is served.

    Attributes
    ----------
    url
        Where.
    settings
        Of its installation.
    clock
        By which it goes.
    """

    url: str
    settings: Settings
    clock: Clock


@contextmanager
def served(settings: Settings) -> Iterator[Console]:
    """Serve an installation with people of each role, in a thread."""
    clock = Clock()
    clock.at = graded.NOW
    with (
        closing(Ledger.open(settings)) as ledger,
        open_desk(ledger, "wang", Channels.default(), clock) as desk,
    ):
        for name, grant in PEOPLE.items():
            desk.add(name, grant, WORDS)
    with listen("127.0.0.1", 0) as listener:
        app = create_app(settings, now=clock)
        config = uvicorn.Config(app, access_log=False, log_config=None, lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        try:
            port = listener.getsockname()[1]
            yield Console(f"http://127.0.0.1:{port}", settings, clock)
        finally:
            server.should_exit = True
            thread.join()
