"""A worker: a process that answers on a socket, as one of several."""

import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from threading import Thread

import uvicorn

from ...core.logs import flush_logs, set_up_logs
from ...core.settings import Settings
from ..app import HOSTS, create_app
from ..counters import LOG_DROPPED
from .listening import transport
from .protocol import PatientProtocol
from .supervisor import READY

__all__ = ["work"]

PATIENCE = 10
SWITCH_S = 0.001  # the longest that the loop waits for a thread that computes


def work(settings: Settings, listener: socket.socket, supervisor: Connection) -> None:
    """Answer until told to end or the supervisor is no more."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    server = _Server(settings, lambda: supervisor.send_bytes(READY))

    def follow() -> None:
        with suppress(EOFError, OSError):
            supervisor.recv_bytes()
        server.should_exit = True

    Thread(target=follow, name="supervisor", daemon=True).start()
    server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that tells when it is ready, and that does not go through what stays for garbage."""

    def __init__(self, settings: Settings, ready: Callable[[], object]) -> None:
        set_up_logs(settings, LOG_DROPPED.inc)
        super().__init__(
            uvicorn.Config(
                create_app(settings, hosts=(*HOSTS, *settings.hosts)),
                access_log=False,
                http=PatientProtocol,
                lifespan="on",
                log_config=None,
                loop="uvloop",
                server_header=False,
                timeout_graceful_shutdown=PATIENCE,
                ws="none",
                **transport(settings),
            )
        )
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let the log be written before the signal that ended the server ends the process."""
        with super().capture_signals():
            try:
                yield
            finally:
                flush_logs()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.setswitchinterval(SWITCH_S)
        gc.collect()
        gc.freeze()
        self._ready()
