"""The commands of settings: what they are, where each comes from, and what is unsafe about them."""

import typer
from rich.console import Console
from rich.table import Table

from ..core.errors import InvalidError
from ..terminal import answer
from .options import AsJson

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
    """Tell what about the settings is unsafe, and what to do; status 1 if something is."""
    from ..core.settings import load_settings
    from ..jobs.safety import check_settings

    found = check_settings(load_settings())

    def show(console: Console) -> None:
        for each in found:
            console.print(f"[bold red]{each.variable}[/] {each.problem}", soft_wrap=True)
            console.print(f"  {each.remedy}", soft_wrap=True, highlight=False)
        if not found:
            console.print("nothing about the settings is unsafe")

    told = [
        {"variable": each.variable, "problem": each.problem, "remedy": each.remedy}
        for each in found
    ]
    answer(as_json, {"findings": told}, show)
    if found:
        raise InvalidError(f"{len(found)} of the settings are unsafe")
