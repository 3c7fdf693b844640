"""The command that looks entries of the audit trail up."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..core.errors import InvalidError
from ..terminal import answer
from .desk import moment, the_ledger
from .options import AsJson

__all__ = ["entries"]

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def entries(
    actor: Annotated[
        str | None, typer.Option(help='Who, as "account li" or "key ulINl8iGnU".')
    ] = None,
    enterprise: Annotated[
        str | None, typer.Option(help="Of which enterprise, alone or among others.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help='Of what else, as "account li".')] = None,
    action: Annotated[
        list[str] | None, typer.Option(help='What was done, as "read grade"; may be repeated.')
    ] = None,
    purpose: Annotated[
        str | None, typer.Option(help="What for, to the letter, as complaint:2026-0117.")
    ] = None,
    since: Day = None,
    until: Day = None,
    after: Annotated[str | None, typer.Option(help="Where the page before ended.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List who did or read what, and what for, the newest first, up to before the day `until`."""
    from ..ledger import Place
    from ..serving.answers import audit_values
    from ..serving.sought import sought

    wanted = sought(
        actor=actor,
        enterprise=enterprise,
        subject=subject,
        actions=action or (),
        purpose=purpose,
        since=since and since.date(),
        until=until and until.date(),
    )
    try:
        place = None if after is None else Place.read(after)
    except ValueError as error:
        raise InvalidError(f"--after {after}: {error}") from None
    with the_ledger() as ledger:
        values = audit_values(ledger.search(wanted, place, limit))

    def show(console: Console) -> None:
        table = Table("at", "who", "did", "of", "what for")
        for each in values["entries"]:
            texts = (each[name] for name in ("actor", "action", "subject", "purpose"))
            table.add_row(moment(each["at"]), *map(escape, texts))
        console.print(table)
        if values["next"] is not None:
            console.print(f"there may be more: --after {values['next']}", soft_wrap=True)

    answer(as_json, values, show)
