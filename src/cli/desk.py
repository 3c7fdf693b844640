"""What the commands on keys and accounts share: the desk, grants in options, secrets typed."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..core import time
from ..core.errors import InvalidError, NotFoundError
from .person import person

if TYPE_CHECKING:
    from ..ledger import Ledger
    from ..serving.access import Channels, Desk, Grant

__all__ = [
    "Categories",
    "Districts",
    "Permissions",
    "Person",
    "RoleName",
    "clock",
    "grant_of",
    "history_of",
    "moment",
    "new_secret_file",
    "open_the_desk",
    "read_secret",
    "scope_of",
    "show_one",
    "the_ledger",
    "unknown_districts",
    "unknown_sources",
    "warn_of",
    "words_of",
]

PRIVATE: Final = 0o600
LONGEST = 1_024

RoleName = Annotated[str, typer.Option("--role", help="Exactly one; docs/access.md lists them.")]
Districts = Annotated[
    list[str] | None,
    typer.Option(
        "--district", metavar="CODE", help="District it is held to, as 440304; may be repeated."
    ),
]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source", metavar="NAME", help="Source whose records it may post; may be repeated."
    ),
]
Categories = Annotated[
    list[str] | None,
    typer.Option(
        "--category", metavar="CODE", help="Food category it is held to, as 0101; may be repeated."
    ),
]
Permissions = Annotated[
    list[str] | None,
    typer.Option(
        "--permission",
        metavar="NAME",
        help='Permission that it keeps of the role\'s, as "read grade"; may be repeated.',
    ),
]

Person = Annotated[
    str | None,
    typer.Option(
        "--person",
        metavar="NAME",
        help="Whose it is: an account, or who signs in elsewhere as the audit has it.",
    ),
]

clock: Callable[[], datetime] = partial(datetime.now, UTC)


@contextmanager
def the_ledger() -> Iterator["Ledger"]:
    """Open the ledger of the installation."""
    from ..core.settings import load_settings
    from ..ledger import Ledger

    with closing(Ledger.open(load_settings())) as ledger:
        yield ledger


@contextmanager
def open_the_desk() -> Iterator["Desk"]:
    """Open the desk to whoever is at this machine."""
    try:
        from ..serving.access import open_desk
    except ModuleNotFoundError as error:
        message = f"keys and accounts need {error.name}: pip install 'xinheng[serving]'"
        raise NotFoundError(message) from None
    with the_ledger() as ledger, open_desk(ledger, person(), _channels(), clock) as desk:
        yield desk


def grant_of(
    role: str,
    districts: list[str] | None,
    categories: list[str] | None,
    permissions: list[str] | None,
    sources: list[str] | None = None,
) -> "Grant":
    """Return the grant that options describe."""
    from ..serving.access import Grant

    named = {"districts": districts, "categories": categories, "permissions": permissions}
    named["sources"] = sources
    return Grant.of({"role": role, **{name: codes for name, codes in named.items() if codes}})


def words_of(grant: "Grant") -> str:
    """Return role and scope of a grant, in one line for a console."""
    return f"{grant.role} {scope_of(grant)}".rstrip()


def scope_of(grant: "Grant") -> str:
    """Return what a grant is narrowed to, in one line for a console."""
    named = grant.to_dict()
    parts = [
        f"{word} {', '.join(named[name])}"
        for name, word in (
            ("districts", "in"),
            ("categories", "of"),
            ("permissions", "only"),
            ("sources", "posts"),
        )
        if name in named
    ]
    return escape("; ".join(parts))


def unknown_districts(grant: "Grant") -> list[str]:
    """Return the districts of a grant that the table of codes does not have today."""
    return grant.unknown_districts(time.day_of(clock()))


def unknown_sources(grant: "Grant") -> list[str]:
    """Return the sources of a grant of which this installation has no mapping."""
    from ..core.settings import load_settings

    folder = load_settings().sources
    return [each for each in sorted(grant.scope.sources or ()) if not (folder / each).is_dir()]


def warn_of(console: Console, grant: "Grant") -> None:
    """Say what of a grant may be a slip: names that nothing has."""
    told = [
        f"{code} is no code of a district: it reaches only what its source places there by this "
        "very name"
        for code in unknown_districts(grant)
    ]
    told += [
        f"there is no source {each} in the folder that XINHENG_SOURCES names: until there is, "
        "none of its records can be posted"
        for each in unknown_sources(grant)
    ]
    for each in told:
        console.print(f"[yellow]{escape(each)}[/]", soft_wrap=True)


def read_secret(what: str, *, twice: bool = False) -> str:
    """Return what is typed without being shown, or the first line of the standard input.

    It is never an option: the list of processes and the history of the shell show those.

    Raises
    ------
    InvalidError
        If nothing comes.
    """
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, confirmation_prompt=twice, err=True))
    line = sys.stdin.readline(LONGEST).rstrip("\r\n")
    if not line:
        raise InvalidError(
            f"no {what.lower()} came: type it at a terminal, or send it to the standard input"
        )
    return line


@contextmanager
def new_secret_file(path: Path) -> Iterator[Callable[[str], None]]:
    """Make a file that only its owner may read; yield what writes it. No error leaves it there.

    Raises
    ------
    InvalidError
        If there is such a file already, or it cannot be made.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        raise InvalidError(f"{path} exists, and no key replaces it; name a new file") from None
    except OSError as error:
        raise InvalidError(f"{path} cannot be written: {error.strerror}") from None

    def write(text: str) -> None:
        file.write(text + "\n")
        file.flush()
        os.fsync(handle)

    try:
        with open(handle, "w", encoding="ascii") as file:  # noqa: PTH123 a handle has no path
            yield write
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def history_of(subject: str) -> list[dict[str, Any]]:
    """Return what was done to a key or an account, by whom and when."""
    names = ("at", "actor", "action", "detail")
    with the_ledger() as ledger:
        return [{name: row[name] for name in names} for row in ledger.audited(subject)]


def show_one(
    console: Console, name: str, told: Mapping[str, str], history: list[dict[str, Any]]
) -> None:
    """Show a key or an account: what there is to tell of it, and what was done to it."""
    table = Table("", name)
    for row in told.items():
        table.add_row(*row)
    console.print(table)
    for each in history:
        console.print(f"{moment(each['at'])} {each['action']} by {each['actor']}")


def moment(at: datetime | None) -> str:
    """Return a moment as it is in Shanghai, to the minute; nothing for none."""
    return "" if at is None else f"{at.astimezone(time.SHANGHAI):%Y-%m-%d %H:%M}"


def _channels() -> "Channels":
    from ..core.settings import load_settings
    from ..serving.access import Channels

    path = load_settings().channels
    return Channels.default() if path is None else Channels.load(path)
