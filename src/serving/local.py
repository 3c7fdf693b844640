"""A service within this process, for notebooks and tests."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Thread

import uvicorn

from ..core.errors import OutageError
from ..core.settings import Settings
from ..ledger import Ledger
from .access import ApiKey, Grant, Keys, Role
from .access.rows import kept
from .app import create_app
from .hosting.listening import listen
from .live.service import Clock, clock

__all__ = ["Local", "local_service"]

LOOPBACK, DAY = "127.0.0.1", timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Local:
    """Where a service within this process is, and a key for it that ends after a day."""

    url: str
    key: str = field(repr=False)


@contextmanager
def local_service(
    settings: Settings, role: Role = Role.SUPERVISOR, *, now: Clock = clock
) -> Iterator[Local]:
    """Serve an installation from a thread, and issue a key for a day; both are over at the end.

    Parameters
    ----------
    settings
        The installation, which has a champion.
    role
        Of the key.
    now
        The clock.

    Raises
    ------
    OutageError
        If the service does not start; the log says why.
    """
    with listen(LOOPBACK, 0) as listener, closing(Ledger(settings.ledger)) as ledger:
        config = uvicorn.Config(
            create_app(settings, now=now), access_log=False, log_config=None, lifespan="on"
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise OutageError("the service did not start; the log above says why")
            time.sleep(0.02)
        keys = Keys(kept(ledger, ApiKey), now)
        issued = keys.issue("this process", Grant(role), "program", DAY)
        try:
            yield Local(f"http://{LOOPBACK}:{listener.getsockname()[1]}", issued.text)
        finally:
            keys.revoke(issued.key.id)
            server.should_exit = True
            thread.join()
