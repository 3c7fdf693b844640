"""The server: workers under a supervisor, on this machine's own address unless told otherwise."""

from collections.abc import Callable
from functools import partial

from ...archive import Archive
from ...core.errors import NotFoundError
from ...core.logs import set_up_logs
from ...core.settings import Settings
from ...grading import read_champion
from ...ledger import Ledger
from ..access import Access
from ..app import create_app
from ..counters import LOG_DROPPED
from ..live.service import clock
from .demonstration import is_demonstration, open_key, refuse_keys
from .listening import check_address, listen, transport
from .supervisor import Supervisor
from .worker import work

__all__ = ["serve"]


def serve(
    settings: Settings,
    host: str | None = None,
    port: int = 8000,
    *,
    workers: int | None = None,
    announce: Callable[[str], object] = print,
) -> None:
    """Answer requests until interrupted.

    Parameters
    ----------
    settings
        Where archive, bundles, keys and ledger are, and who may ask from where.
    host, port
        Where to listen; port 0 takes a free one, and the address is that of the settings if None.
    workers
        How many processes answer, each with the whole state of the service in its memory; as many
        as the settings say if None.
    announce
        Told where the API is described, once the port is ours.

    Raises
    ------
    InvalidError
        If others can reach the address and cannot be served safely, if the port is taken, or the
        ledger has a key that nobody should have.
    NotFoundError, IntegrityError
        If there is no archive, or no champion that can be believed.
    """
    host = settings.address if host is None else host
    workers = settings.workers if workers is None else workers
    settings = settings.model_copy(update={"workers": workers})
    check_address(settings, host)
    how = transport(settings)
    set_up_logs(settings, LOG_DROPPED.inc)
    ask = _check_installation(settings)
    with listen(host, port) as listener:
        port = listener.getsockname()[1]
        scheme = "https" if "ssl_certfile" in how else "http"
        at = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        announce(f"the API is described at {at}/docs; Ctrl-C stops it")
        if ask:
            announce(ask.format(at=at))
        announce(f"opening {settings.archive}, which takes longer the first time ...")
        words = "1 worker is ready" if workers == 1 else f"{workers} workers are ready"
        ready = partial(announce, words)
        Supervisor(listener, workers, partial(work, settings), ready).run()


def _check_installation(settings: Settings) -> str:
    """Fail early and in plain words, before a server starts; return how a demo is asked."""
    archive = Archive(settings.archive)
    if not archive.sequence:
        raise NotFoundError(f"the archive {settings.archive} holds no delivery; ingest one first")
    ledger = Ledger.open(settings)
    try:
        read_champion(settings, ledger)
        Access.open(settings, ledger, clock).check(create_app(settings).openapi())
        if not is_demonstration(settings):
            refuse_keys(ledger, clock)
            return ""
        key = open_key(settings, ledger, clock)
    finally:
        ledger.close()
    first = archive.enterprises()["id"][0]
    return (
        f'ask it: curl -H "Authorization: Bearer $(cat {key})" -H "X-Purpose: routine" '
        f"'{{at}}/v1/enterprises/{first}/explanation?lang=en'"
    )
