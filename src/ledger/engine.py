"""Connections to the operational database: SQLite with nothing to set up, or PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, StaticPool, create_engine, event, make_url

__all__ = ["PATIENCE", "connected", "file_of", "open_engine", "reserve", "shown"]

PATIENCE = 60.0
GRACE = 0.5
"""How much longer than the server itself it is waited that it gives up."""
ALIVE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""After a minute of silence a server is taken for gone, and not after hours."""


def open_engine(url: str, patience: float = PATIENCE, *, create: bool = True) -> Engine:
    """Return an engine; no connection is made yet.

    Parameters
    ----------
    url
        SQLAlchemy URL; `postgresql://` means psycopg.
    patience
        Seconds to wait for others: for SQLite's lock, or for PostgreSQL to answer where it is
        less than usual, be it that the server is at work, that it hangs, or that nothing is heard
        of it any more.
    create
        Whether SQLite may make the file and its folder where there are none.

    Examples
    --------
    >>> open_engine("sqlite://").dialect.name
    'sqlite'
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, patience, create=create)
    hurried = patience < PATIENCE
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg")
        if parsed.drivername == "postgresql"
        else parsed,
        connect_args=ALIVE | (_hurried(patience) if hurried else {}),
        hide_parameters=True,
        pool_pre_ping=True,
    )
    if hurried:
        from .hurried import Hurry

        event.listen(engine, "do_connect", Hurry(patience + GRACE))
    return engine


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    """Open an engine, and release its connections at the end."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def file_of(url: str) -> Path | None:
    """Return the file of an SQLite database; None of one in memory, or of another kind.

    Examples
    --------
    >>> file_of("sqlite:///out/ledger.db").as_posix()
    'out/ledger.db'
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database))


def reserve(path: Path) -> None:
    """Make a file where there is none, which only its owner may read: it is to hold secrets."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def shown(url: str) -> str:
    """Return a URL as it may be shown: the password hidden."""
    return make_url(url).render_as_string(hide_password=True)


def _sqlite(url: URL, patience: float, *, create: bool) -> Engine:
    path, more = file_of(url.render_as_string(hide_password=False)), {}
    if path is None:
        more = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    elif create:
        path.parent.mkdir(parents=True, exist_ok=True)
    else:
        url = url.set(database=path.resolve().as_uri(), query={"mode": "rw", "uri": "true"})
    engine = create_engine(url, hide_parameters=True, **more)
    if path is not None and create:
        event.listen(engine, "do_connect", lambda *_: reserve(path))

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _: object) -> None:
        connection.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


def _hurried(patience: float) -> dict[str, Any]:
    """Return options under which psycopg gives up soon, whatever hangs."""
    milliseconds = int(patience * 1000)
    return {
        "connect_timeout": max(2, int(patience / 3)),
        "tcp_user_timeout": milliseconds,
        "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
    }
