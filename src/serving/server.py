"""The server: one process, or several on one socket, on this machine's own address."""

import errno
import gc
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from threading import Thread

import uvicorn

from ..archive import Archive
from ..core.errors import InvalidError, NotFoundError
from ..core.settings import Settings
from ..grading import read_champion
from ..ledger import Ledger
from .app import create_app
from .protocol import PatientProtocol
from .supervisor import READY, Supervisor

__all__ = ["LOOPBACK", "serve"]

LOOPBACK = "127.0.0.1"
PATIENCE = 10
SWITCH_S = 0.001  # the longest that the loop waits for a thread that computes


def serve(
    settings: Settings,
    host: str = LOOPBACK,
    port: int = 8000,
    *,
    workers: int = 1,
    announce: Callable[[str], object] = print,
) -> None:
    """Answer requests until interrupted.

    Parameters
    ----------
    settings
        Where archive, bundles, keys and ledger are.
    host, port
        Where to listen; port 0 takes a free one.
    workers
        How many processes answer; each has the whole state of the service in its memory.
    announce
        Told where the API is described, once the port is ours.

    Raises
    ------
    InvalidError
        If the address is not this machine's own, or the port is taken.
    NotFoundError, IntegrityError
        If there is no archive, or no champion that can be believed.
    """
    check_address(host)
    _check_installation(settings)
    shared = settings.model_copy(update={"workers": workers})
    with listen(host, port) as listener:
        port = listener.getsockname()[1]
        announce(f"the API is described at http://{host}:{port}/docs; Ctrl-C stops it")
        if workers == 1:
            _Server(_config(shared)).run(sockets=[listener])
        else:
            ready = partial(announce, f"{workers} workers are ready")
            Supervisor(listener, workers, partial(work, shared), ready).run()


def work(settings: Settings, listener: socket.socket, supervisor: Connection) -> None:
    """Answer as one worker of several, until told to end or the supervisor is no more."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    server = _Server(_config(settings), lambda: supervisor.send_bytes(READY))

    def follow() -> None:
        with suppress(EOFError, OSError):
            supervisor.recv_bytes()
        server.should_exit = True

    Thread(target=follow, name="supervisor", daemon=True).start()
    server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that tells when it is ready, and holds no pauses over what stays."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object] = lambda: None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.setswitchinterval(SWITCH_S)
        gc.collect()
        gc.freeze()
        self._ready()


def _config(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(settings),
        access_log=False,
        http=PatientProtocol,
        lifespan="on",
        loop="uvloop",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
        ws="none",
    )


def check_address(host: str) -> None:
    """Refuse an address that others could reach: callers cannot prove who they are yet.

    Examples
    --------
    >>> check_address("0.0.0.0")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    InvalidError: the service does not listen on '0.0.0.0' ...
    """
    if host != LOOPBACK:
        raise InvalidError(
            f"the service does not listen on {host!r}: grades are internal to supervision, and "
            "this version cannot tell who asks. It listens on 127.0.0.1 only; from another "
            "machine, forward the port over SSH: ssh -L 8000:127.0.0.1:8000 THIS-MACHINE"
        )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one.

    Raises
    ------
    InvalidError
        If the port is taken or not allowed.
    """
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "another program listens there" if taken else error.strerror
        raise InvalidError(
            f"port {port} of {host} cannot be used: {why}; name another with --port"
        ) from None
    # asyncio sets this only on sockets that say their protocol, which these do not: without it
    # each answer of two packets waits 40 ms for the first one's acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _check_installation(settings: Settings) -> None:
    """Fail early and in plain words, before a server starts."""
    if not Archive(settings.archive).sequence:
        raise NotFoundError(f"the archive {settings.archive} holds no delivery; ingest one first")
    ledger = Ledger.open(settings)
    try:
        read_champion(settings, ledger)
    finally:
        ledger.close()
