"""The commands on the accounts of people: who there is, what they may do, and their secrets."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..terminal import answer
from .desk import (
    Categories,
    Districts,
    Permissions,
    Person,
    RoleName,
    Sources,
    grant_of,
    history_of,
    moment,
    open_the_desk,
    read_secret,
    scope_of,
    the_ledger,
    unknown_districts,
    unknown_sources,
    warn_of,
    words_of,
)
from .options import AsJson

if TYPE_CHECKING:
    from ..serving.access import Account

__all__ = ["accounts_app"]

GROUP = 4
TRIES = 3
ELSEWHERE = "oidc "
accounts_app = typer.Typer(
    help="Accounts of people: who may sign in, and what they may do.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="The name by which they sign in.")]


@accounts_app.command()
def add(
    name: Name,
    role: RoleName,
    district: Districts = None,
    category: Categories = None,
    permission: Permissions = None,
    source: Sources = None,
    person: Person = None,
    as_json: AsJson = False,
) -> None:
    """Make an account; its password is typed, or is the first line of the standard input."""
    grant = grant_of(role, district, category, permission, source)
    password = read_secret("Password", twice=True)
    with open_the_desk() as desk:
        account = desk.add(name, grant, password)
        if person is not None:
            account = desk.set_person(name, person)
    _answer(account, f"{account.actor} is there, {words_of(account.grant)}", as_json=as_json)


@accounts_app.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """List every account, and whether it is in use."""
    with open_the_desk() as desk:
        accounts = desk.accounts.all()

    def show(console: Console) -> None:
        if not accounts:
            console.print("there is no account yet: xinheng accounts add NAME --role administrator")
            return
        table = Table("name", "role", "narrowed", "second factor", "devices", "since", "")
        for each in accounts:
            table.add_row(
                each.name,
                each.grant.role.value,
                scope_of(each.grant),
                "yes" if each.secret else "[yellow]no[/]",
                str(len(each.devices)),
                moment(each.created),
                _use(each),
            )
        console.print(table)

    answer(as_json, {"accounts": [_told(each) for each in accounts]}, show)


@accounts_app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show what an account may do, and what was done to it by whom."""
    with open_the_desk() as desk:
        account = desk.accounts.find(name)
    with the_ledger() as ledger:
        history = history_of(ledger, account.actor)
    told = _told(account) | {"allowed": sorted(account.grant.permissions), "history": history}

    def show_one(console: Console) -> None:
        table = Table("", account.actor)
        for what, value in (
            ("role", account.grant.role.value),
            ("narrowed", scope_of(account.grant) or "no"),
            ("may", ", ".join(sorted(account.grant.permissions))),
            ("of", escape(account.person or account.actor)),
            ("second factor", "yes" if account.secret else "no"),
            ("devices", str(len(account.devices))),
            ("made", moment(account.created)),
            ("disabled", moment(account.disabled) or "no"),
        ):
            table.add_row(what, value)
        console.print(table)
        for each in history:
            console.print(f"{moment(each['at'])} {each['action']} by {each['actor']}")

    answer(as_json, told, show_one)


@accounts_app.command()
def grant(
    name: Name,
    role: RoleName,
    district: Districts = None,
    category: Categories = None,
    permission: Permissions = None,
    source: Sources = None,
    as_json: AsJson = False,
) -> None:
    """Let an account do this instead of what it may do now; its sessions end."""
    given = grant_of(role, district, category, permission, source)
    with open_the_desk() as desk:
        account = desk.regrant(name, given)
    _answer(
        account, f"{account.actor} is {words_of(account.grant)}; sessions ended", as_json=as_json
    )


@accounts_app.command("person")
def set_person(
    name: Name,
    person: Annotated[
        str | None,
        typer.Argument(help="Another account, or who signs in elsewhere as the audit has it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whose an account is who has another one too: no two of them are two people.

    Without a person, it is of whoever it is called after.
    """
    with open_the_desk() as desk:
        account = desk.set_person(name, person)
    words = f"{account.actor} is of {account.person or 'whoever it is called after'}"
    _answer(account, escape(words), as_json=as_json)


@accounts_app.command()
def disable(name: Name, as_json: AsJson = False) -> None:
    """Take an account out of use: its sessions end, its name stays taken."""
    with open_the_desk() as desk:
        account = desk.disable(name)
    _answer(account, f"{account.actor} is out of use; its sessions ended", as_json=as_json)


@accounts_app.command()
def enable(name: Name, as_json: AsJson = False) -> None:
    """Take an account into use again, with the password that it had."""
    with open_the_desk() as desk:
        account = desk.enable(name)
    _answer(account, f"{account.actor} is in use again", as_json=as_json)


@accounts_app.command()
def password(name: Name, as_json: AsJson = False) -> None:
    """Set a password: typed, or the first line of the standard input; sessions end."""
    with open_the_desk() as desk:
        found = desk.accounts.find(name)
    typed = read_secret("New password", twice=True)
    with open_the_desk() as desk:
        account = desk.set_password(found.name, typed)
    _answer(account, f"{account.actor} has a new password; sessions ended", as_json=as_json)


@accounts_app.command()
def factor(
    name: Name,
    drop: Annotated[
        bool, typer.Option("--drop", help="Ask for no code any more, as of a lost telephone.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Give an account a second factor: show a secret once, and ask for a code made with it.

    Until the code is right, nothing changes for the account.
    """
    if drop:
        with open_the_desk() as desk:
            account = desk.drop_second_factor(name)
        words = f"{account.actor} is asked for no code any more; sessions ended"
        _answer(account, words, as_json=as_json)
        return
    with open_the_desk() as desk:
        address = desk.offer_second_factor(name)
    _show_offer(address)
    account = _confirm(name, TRIES if sys.stdin.isatty() else 1)
    words = f"{account.actor} is asked for a code from now on; sessions ended"
    _answer(account, words, as_json=as_json)


@accounts_app.command("sign-out")
def sign_out(
    who: Annotated[
        str, typer.Argument(help="An account, or who signed in elsewhere, as the audit has it.")
    ],
    as_json: AsJson = False,
) -> None:
    """End every session of somebody; who still has the password can begin a new one."""
    with open_the_desk() as desk:
        actor = who if who.startswith(ELSEWHERE) else desk.accounts.find(who).actor
        count = desk.end_sessions(actor)
    answer(
        as_json,
        {"actor": actor, "sessions": count},
        lambda console: console.print(f"{count} sessions of {escape(actor)} ended"),
    )


def _confirm(name: str, tries: int) -> "Account":
    """Ask for a code until it is right, so many times at most."""
    from ..core.errors import CredentialError

    code = read_secret("Code of the application")
    try:
        with open_the_desk() as desk:
            return desk.confirm_second_factor(name, code)
    except CredentialError as error:
        if tries == 1:
            raise
        Console(stderr=True).print(str(error))
    return _confirm(name, tries - 1)


def _show_offer(address: str) -> None:
    """Show a secret beside what is answered: it is for whoever is at the machine only."""
    secret = address.partition("secret=")[2].partition("&")[0]
    grouped = " ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP))
    console = Console(stderr=True)
    console.print("give this to an application for codes; it is shown once:")
    console.print(address, soft_wrap=True, highlight=False, markup=False)
    console.print(f"or type its secret there: {grouped}", soft_wrap=True, highlight=False)


def _answer(account: "Account", words: str, *, as_json: bool) -> None:
    told = _told(account) | {
        "unknown_districts": unknown_districts(account.grant),
        "unknown_sources": unknown_sources(account.grant),
    }

    def show(console: Console) -> None:
        console.print(words, soft_wrap=True)
        warn_of(console, account.grant)

    answer(as_json, told, show)


def _use(account: "Account") -> str:
    since = account.disabled
    return f"[red]disabled {moment(since)}[/]" if since else "[green]in use[/]"


def _told(account: "Account") -> dict[str, Any]:
    """Return what may be told of an account."""
    return {
        "name": account.name,
        "grant": account.grant.to_dict(),
        "person": account.person,
        "second_factor": account.secret is not None,
        "devices": len(account.devices),
        "created": account.created,
        "disabled": account.disabled,
    }
