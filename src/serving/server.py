"""The server: one process on this machine's own address."""

import errno
import socket
from collections.abc import Callable

import uvicorn

from ..archive import Archive
from ..core.errors import InvalidError, NotFoundError
from ..core.logs import set_up
from ..core.settings import Settings
from ..grading import read_champion
from ..ledger import Ledger
from .app import create_app

__all__ = ["LOOPBACK", "serve"]

LOOPBACK = "127.0.0.1"
PATIENCE = 10


def serve(
    settings: Settings,
    host: str = LOOPBACK,
    port: int = 8000,
    *,
    announce: Callable[[str], object] = print,
) -> None:
    """Answer requests until interrupted.

    Parameters
    ----------
    settings
        Where archive, bundles, keys and ledger are.
    host, port
        Where to listen; port 0 takes a free one.
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
    set_up(settings)
    _check_installation(settings)
    with listen(host, port) as listener:
        port = listener.getsockname()[1]
        announce(f"the API is described at http://{host}:{port}/docs; Ctrl-C stops it")
        config = uvicorn.Config(
            create_app(settings),
            access_log=False,
            lifespan="on",
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=PATIENCE,
            ws="none",
        )
        uvicorn.Server(config).run(sockets=[listener])


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
