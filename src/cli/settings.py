"""The commands of settings: what they are, where each comes from, and what is unsafe about them."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..core.errors import InvalidError, XinhengError
from ..terminal import answer
from .options import AsJson

if TYPE_CHECKING:
    from ..core.settings import Settings
    from ..jobs.safety import Unsafe

__all__ = ["settings_app"]

settings_app = typer.Typer(
    help="Every setting, its value and where it comes from; `check` tells what is unsafe.",
    invoke_without_command=True,
)


@settings_app.callback()
def settings(context: typer.Context, as_json: AsJson = False) -> None:
    """List every setting, its value and where the value comes from."""
    if context.invoked_subcommand is not None:
        return
    from ..core.settings import list_settings, load_settings

    listed = list_settings(load_settings())

    def show(console: Console) -> None:
        table = Table("variable", "value", "from", "meaning")
        for one in listed:
            table.add_row(one.variable, one.value, one.origin, one.description)
        console.print(table)
        console.print("next: xinheng settings check")

    answer(as_json, {one.name: one.value for one in listed}, show)


@settings_app.command()
def check(as_json: AsJson = False) -> None:
    """Tell what about the settings is unsafe or of no use, and what to do; status 1 if any is."""
    from ..core.settings import load_settings
    from ..jobs.safety import check_settings

    settings = load_settings()
    found = [*check_settings(settings), *_useless(settings)]

    def show(console: Console) -> None:
        for each in found:
            console.print(f"[bold red]{each.variable}[/] {escape(each.problem)}", soft_wrap=True)
            console.print(f"  {escape(each.remedy)}", soft_wrap=True, highlight=False)
        if not found:
            console.print("nothing about the settings is unsafe or of no use")

    told = [
        {"variable": each.variable, "problem": each.problem, "remedy": each.remedy}
        for each in found
    ]
    answer(as_json, {"findings": told}, show)
    if found:
        raise InvalidError(f"see to the settings: {len(found)} found")


def _useless(settings: "Settings") -> "Iterator[Unsafe]":
    """Find what the service or its jobs would not begin with, as they read it when they begin."""
    from ..earlywarning.enterprises.warningpolicy import WarningPolicy
    from ..grading.reviewing import ReviewPolicy
    from ..jobs import read_timetable
    from ..jobs.safety import Unsafe
    from ..ledger import Ledger
    from ..serving.access import Access, Channels, Purposes
    from ..serving.hosting.listening import check_address, transport

    def signing_in() -> object:
        with closing(Ledger("sqlite://")) as ledger:
            alone = settings.model_copy(update={"channels": None, "purposes": None})
            return Access.open(alone, ledger, partial(datetime.now, UTC))

    files: tuple[tuple[str, Path | None, Callable[[Path], object]], ...] = (
        ("CHANNELS", settings.channels, Channels.load),
        ("PURPOSES", settings.purposes, Purposes.load),
        ("REVIEW_POLICY", settings.review_policy, ReviewPolicy.load),
        ("WARNING_POLICY", settings.warning_policy, WarningPolicy.load),
        ("JOBS", settings.jobs, read_timetable),
        ("SIGN_IN", settings.sign_in, lambda _: signing_in()),
        ("CERTIFICATE", settings.certificate, lambda _: transport(settings)),
    )
    begun: list[tuple[str, Callable[[], object]]] = [
        (name, partial(read, path)) for name, path, read in files if path is not None
    ]
    begun.append(("ADDRESS", partial(check_address, settings, settings.address)))
    for name, begin in begun:
        try:
            begin()
        except XinhengError as error:
            yield Unsafe(f"XINHENG_{name}", str(error), "mend it: nothing begins with it as it is")
