"""The revision of a ledger: which one it has, which one the program needs, and the way there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, String, column, inspect, select, table, text
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from ..core.errors import InvalidError, NotFoundError, StorageError
from .engine import PATIENCE, open_engine, shown

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

__all__ = [
    "HEAD",
    "REVISIONS",
    "Standing",
    "downgrade",
    "open_ready",
    "prepare",
    "standing",
    "upgrade",
]

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
HEAD = REVISIONS[-1]
VERSION = "ledger_version"
FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x58494E48454E47  # of PostgreSQL's advisory locks, the one of upgrades
NO_RIGHT = "42501"
OWN = {
    "promotion": {"id", "at", "purpose", "bundle", "actor", "reason"},
    "audit": {"id", "at", "actor", "action", "subject", "detail"},
}
"""Tables that every ledger has had, by which one without a revision is recognised."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ledger stands to the program.

    Attributes
    ----------
    state
        `empty`, `unversioned` (made before there were revisions), `old`, `current` or `newer`.
    revision
        The revision it has; empty if none.
    """

    state: str
    revision: str = ""


def standing(engine: Engine) -> Standing:
    """Return how a ledger stands to the program.

    Raises
    ------
    StorageError
        If it cannot be opened.

    Examples
    --------
    >>> from xinheng.ledger.engine import open_engine
    >>> standing(open_engine("sqlite://")).state
    'empty'
    """
    try:
        with engine.connect() as connection:
            return _standing(connection)
    except DatabaseError as error:
        raise _closed(engine, error) from error


def open_ready(url: str, patience: float = PATIENCE) -> Engine:
    """Return an engine to a ledger that is of the program's revision; see `prepare`."""
    engine = open_engine(url, patience)
    try:
        prepare(engine)
    except Exception:
        engine.dispose()
        raise
    return engine


def prepare(engine: Engine) -> None:
    """Make sure that the ledger is of the program's revision: SQLite is upgraded, others refused.

    Raises
    ------
    InvalidError
        If it is newer than the program, or old and not SQLite, or no ledger.
    NotFoundError
        If it is empty and not SQLite.
    """
    found = standing(engine)
    if found.state == "current":
        return
    _refuse_newer(engine, found)
    if engine.dialect.name == "sqlite":
        upgrade(engine)
        return
    name = _named(engine)
    advice = f"run `xinheng ledger upgrade` as a role that may create tables in {name}"
    if found.state == "empty":
        raise NotFoundError(f"there is no ledger in {name} yet; {advice}")
    raise InvalidError(
        f"the ledger {name} is of revision {found.revision or 'none'}, and this program needs "
        f"{HEAD}; {advice}"
    )


def upgrade(engine: Engine) -> Standing:
    """Bring a ledger to the program's revision, all or nothing; of two at once one waits.

    Returns
    -------
    Standing
        How it stood before.

    Raises
    ------
    InvalidError
        If it is newer than the program, or holds tables of another program.
    """
    with _alone(engine) as connection:
        before = _standing(connection)
        _refuse_newer(engine, before)
        if before.state != "current":
            _check_own(connection)
            _migrate(connection, HEAD)
    return before


def downgrade(engine: Engine, revision: str) -> Standing:
    """Bring a ledger back to an earlier revision; nothing that it holds is dropped.

    Returns
    -------
    Standing
        How it stood before.

    Raises
    ------
    NotFoundError
        If there is no such revision.
    InvalidError
        If the ledger is not of a later one.
    """
    if revision not in REVISIONS:
        raise NotFoundError.among("revision", revision, REVISIONS)
    with _alone(engine) as connection:
        before = _standing(connection)
        _refuse_newer(engine, before)
        if before.revision <= revision:
            raise InvalidError(
                f"the ledger is of revision {before.revision or 'none'}, so there is no way down "
                f"to {revision}; `xinheng ledger status` tells more"
            )
        _migrate(connection, revision, down=True)
    return before


def _standing(connection: Connection) -> Standing:
    names = set(inspect(connection).get_table_names())
    if VERSION not in names:
        return Standing("unversioned" if names & OWN.keys() else "empty")
    statement = select(column("version_num", String)).select_from(table(VERSION))
    revision = connection.execute(statement).scalar() or ""
    if not revision:
        return Standing("unversioned")
    if revision not in REVISIONS:
        return Standing("newer", revision)
    return Standing("current" if revision == HEAD else "old", revision)


def _refuse_newer(engine: Engine, found: Standing) -> None:
    if found.state == "newer":
        raise InvalidError(
            f"the ledger {_named(engine)} is of revision {found.revision}, and "
            f"this program knows those up to {HEAD}: a newer version made "
            "it. Run that version, or let it go back: xinheng ledger downgrade " + HEAD
        )


def _check_own(connection: Connection) -> None:
    """Refuse tables that only share their name with ours."""
    inspector = inspect(connection)
    for name in OWN.keys() & set(inspector.get_table_names()):
        found = {each["name"] for each in inspector.get_columns(name)}
        if not found >= OWN[name]:
            raise InvalidError(
                f"the table {name} has no {', '.join(sorted(OWN[name] - found))}, so it is another "
                "program's; give the ledger a database or a schema of its own"
            )


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction, statements that define tables included, and nobody else's meanwhile."""
    if engine.dialect.name != "sqlite":
        with _of_postgresql(engine) as connection:
            yield connection
        return
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        before, raw.isolation_level = raw.isolation_level, None
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()
        except DatabaseError as error:
            raise InvalidError(f"the ledger could not be changed: {error.orig}") from error
        finally:
            connection.rollback()
            raw.isolation_level = before


@contextmanager
def _of_postgresql(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            yield connection
            connection.commit()
    except OperationalError as error:
        raise _closed(engine, error) from error
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != NO_RIGHT:
            raise
        raise InvalidError(
            f"the ledger {_named(engine)} stays as it is: the role {engine.url.username} may not "
            "make or change its tables; name the owner's by XINHENG_LEDGER for this one command "
            "(deploy/README.md)"
        ) from error


def _named(engine: Engine) -> str:
    return shown(engine.url.render_as_string(hide_password=False))


def _closed(engine: Engine, error: DatabaseError) -> StorageError:
    return StorageError(f"the ledger {_named(engine)} cannot be opened: {error.orig}")


def _migrate(connection: Connection, revision: str, *, down: bool = False) -> None:
    """Run the steps to a revision within the connection's transaction."""
    from alembic.runtime.environment import EnvironmentContext

    config, scripts = _scripts()

    def steps(now: Any, _: object) -> Any:
        if down:
            return scripts._downgrade_revs(revision, now)  # noqa: SLF001 as Alembic's manual does
        return scripts._upgrade_revs(revision, now)  # noqa: SLF001 likewise

    with EnvironmentContext(config, scripts, fn=steps) as environment:
        environment.configure(connection=connection, version_table=VERSION, transactional_ddl=True)
        environment.run_migrations()


def _scripts() -> tuple[Any, "ScriptDirectory"]:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)
