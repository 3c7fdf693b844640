"""The commands on the keys of programs: issued, listed, shown, rotated, revoked."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
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
    clock,
    grant_of,
    history_of,
    moment,
    new_secret_file,
    open_the_desk,
    scope_of,
    the_ledger,
    unknown_districts,
    unknown_sources,
    warn_of,
    words_of,
)
from .options import AsJson

if TYPE_CHECKING:
    from ..serving.access import ApiKey, Issued

__all__ = ["keys_app"]

SOON = timedelta(days=30)
STYLES = {
    "valid": "green",
    "ends soon": "yellow",
    "not valid yet": "red",
    "expired": "dim",
    "revoked": "red",
}
keys_app = typer.Typer(
    help="Keys of programs: who may ask the service, for what, and until when.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="ID", help="The id, as `xinheng keys list` shows it.")]
Days = Annotated[int, typer.Option(min=1, max=366, help="Days for which it is valid.")]
Output = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="New file for the key, which only its owner may read."),
]


@keys_app.command()
def issue(
    holder: Annotated[str, typer.Argument(help="Program or department that gets it.")],
    role: RoleName,
    district: Districts = None,
    category: Categories = None,
    permission: Permissions = None,
    source: Sources = None,
    channel: Annotated[str, typer.Option(help="Channel in which it asks.")] = "program",
    days: Days = 365,
    limit: Annotated[
        float | None, typer.Option(help="Requests a second, instead of its channel's own.")
    ] = None,
    person: Person = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Issue a key and show it once: only its digest is kept, so nobody can show it again."""
    with ExitStack() as stack:
        write = None if output is None else stack.enter_context(new_secret_file(output))
        desk = stack.enter_context(open_the_desk())
        grant = grant_of(role, district, category, permission, source)
        valid = timedelta(days=days)
        issued = desk.issue(holder, grant, channel, valid, limit=limit, person=person)
        if write is not None:
            write(issued.text)
    _show_issued(issued, output, as_json=as_json)


@keys_app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List every key there ever was, the oldest first, and whether it is valid."""
    with open_the_desk() as desk:
        keys = desk.keys.all()

    def show(console: Console) -> None:
        if not keys:
            console.print('there is no key yet: xinheng keys issue HOLDER --role "data scientist"')
            return
        table = Table("id", "holder", "role", "narrowed", "channel", "ends", "used", "")
        for key in keys:
            state = _state(key)
            table.add_row(
                key.id,
                escape(key.holder),
                key.grant.role.value,
                scope_of(key.grant),
                key.channel,
                moment(key.expires),
                moment(key.used) or "never",
                f"[{STYLES[state]}]{state}[/]",
            )
        console.print(table)

    answer(as_json, {"keys": [_told(key) for key in keys]}, show)


@keys_app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show what a key may do, and what was done to it by whom."""
    with open_the_desk() as desk:
        key = desk.keys.find(name)
    with the_ledger() as ledger:
        history = history_of(ledger, f"key {key.id}")
    allowed, webhooks = sorted(filter(key.principal.allows, key.grant.permissions)), _webhooks(key)
    told = _told(key) | {"allowed": allowed, "webhooks": webhooks, "history": history}

    def show_one(console: Console) -> None:
        table = Table("", f"key {key.id}", show_header=True)
        limit = "as its channel" if key.limit is None else f"{key.limit:g} a second"
        for what, value in (
            ("holder", escape(key.holder)),
            ("role", key.grant.role.value),
            ("narrowed", scope_of(key.grant) or "no"),
            ("may", ", ".join(allowed)),
            ("of", escape(key.person or "nobody")),
            ("channel", key.channel),
            ("requests", limit),
            ("issued", moment(key.created)),
            ("ends", moment(key.expires)),
            ("used", moment(key.used) or "never"),
            ("in the place of", key.after or "none"),
            ("webhooks", escape(", ".join(webhooks)) or "none"),
            ("state", _state(key)),
        ):
            table.add_row(what, value)
        console.print(table)
        for each in history:
            console.print(f"{moment(each['at'])} {each['action']} by {each['actor']}")

    answer(as_json, told, show_one)


@keys_app.command()
def rotate(
    name: Name,
    days: Days = 365,
    overlap: Annotated[
        int, typer.Option(min=0, max=90, help="Days for which the old one stays valid as well.")
    ] = 7,
    person: Person = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Issue a key in the place of another; both are valid until the holder has changed over."""
    with ExitStack() as stack:
        write = None if output is None else stack.enter_context(new_secret_file(output))
        desk = stack.enter_context(open_the_desk())
        issued = desk.rotate(name, timedelta(days=days), timedelta(days=overlap), person=person)
        old = desk.keys.find(name)
        if write is not None:
            write(issued.text)
    _show_issued(issued, output, as_json=as_json, old=old)


@keys_app.command()
def revoke(name: Name, as_json: AsJson = False) -> None:
    """Make a key invalid, within two seconds in a service that runs; there is no way back."""
    with open_the_desk() as desk:
        key = desk.revoke(name)
    webhooks = _webhooks(key)

    def show_one(console: Console) -> None:
        console.print(
            f"the key {key.id} of {escape(key.holder)} is revoked since {moment(key.revoked)}"
        )
        for url in webhooks:
            console.print(f"{escape(url)} waits until a key in its place resumes it")

    answer(as_json, _told(key) | {"webhooks": webhooks}, show_one)


def _show_issued(
    issued: "Issued", output: Path | None, *, as_json: bool, old: "ApiKey | None" = None
) -> None:
    from ..serving.access import Permission

    key = issued.key
    told = _told(key) | {"file": None if output is None else str(output)}
    if output is None:
        told["key"] = issued.text
    if old is not None:
        told["old"] = _told(old) | {"webhooks": _webhooks(old)}
    told["unknown_districts"] = unknown_districts(key.grant)
    told["unknown_sources"] = unknown_sources(key.grant)

    def show_text(console: Console) -> None:
        if output is None:
            console.print(issued.text, soft_wrap=True, highlight=False)
            console.print("this is shown once: keep it where only its holder can read it")
        else:
            console.print(f"the key is in {output}, which only you may read", soft_wrap=True)
        console.print(
            f"key {key.id} of {escape(key.holder)}: {words_of(key.grant)}, until "
            f"{moment(key.expires)}"
        )
        if old is not None:
            console.print(f"the old one, {old.id}, ends {moment(old.expires)}")
            for url in told["old"]["webhooks"]:
                console.print(f"{escape(url)} goes on by the new one")
        if _lacks_person(key):
            console.print(
                "it decides nothing, as it is nobody's: a key that does has --person NAME",
                soft_wrap=True,
            )
        if key.grant.allows(Permission.POST_RECORDS) and not key.grant.scope.sources:
            console.print("it posts records of no source: a key that does has --source NAME")
        warn_of(console, key.grant)

    answer(as_json, told, show_text)


def _told(key: "ApiKey") -> dict[str, Any]:
    """Return what may be told of a key."""
    return {
        "id": key.id,
        "holder": key.holder,
        "grant": key.grant.to_dict(),
        "channel": key.channel,
        "limit": key.limit,
        "created": key.created,
        "expires": key.expires,
        "revoked": key.revoked,
        "used": key.used,
        "after": key.after,
        "person": key.person,
        "state": _state(key),
    }


def _lacks_person(key: "ApiKey") -> bool:
    return not all(map(key.principal.allows, key.grant.permissions))


def _webhooks(key: "ApiKey") -> list[str]:
    """Return where changes are sent that a key asked for."""
    from ..serving.webhooks import Webhooks

    with the_ledger() as ledger:
        return [each.url for each in Webhooks(ledger, clock).of([key.id])]


def _state(key: "ApiKey") -> str:
    now = clock()
    if key.revoked is not None:
        return "revoked"
    if now < key.created:
        return "not valid yet"
    if not key.valid(now):
        return "expired"
    return "ends soon" if key.expires - now < SOON else "valid"
