"""What is shown of downgrade warnings on a console, and told of them to machines."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..core import time

if TYPE_CHECKING:
    from ..earlywarning.downgrading import CityDrafts
    from ..ledger.downgrades import Downgrade, Event

__all__ = ["brief", "show_run", "show_warning", "table_of", "until_when", "whole"]


def until_when(found: "Downgrade", day: int) -> str:
    """Return by when something has to be done to a warning, or until when it counts."""
    if found.due is None:
        return "" if found.until is None else f", until {time.show(found.until)}"
    late = ", overdue" if found.is_overdue(day) else ""
    return f", due {time.show(found.due)}{late}"


def brief(found: "Downgrade", day: int) -> dict[str, Any]:
    """Return a warning in short, as values that JSON knows."""
    days = {"since": found.first, "until": found.until, "due": found.due}
    return {
        "warning": found.id,
        "enterprise": found.draft.enterprise,
        "district": found.draft.district,
        "as_of": time.show(found.draft.as_of),
        "state": found.state.value,
        "level": found.level,
        "period": found.period,
        "follows": found.draft.follows,
        **{name: None if each is None else time.show(each) for name, each in days.items()},
        "overdue": found.is_overdue(day),
    }


def whole(found: "Downgrade", day: int, language: str) -> dict[str, Any]:
    """Return a warning with its grounds and acts, but for the code on its document."""
    grounds = [
        {
            "ground": each.identity,
            "rule": each.rule,
            "since": time.show(each.since),
            "text": each.text[language],
            "basis": each.basis,
            "records": list(each.records),
        }
        for each in found.grounds
    ]
    events = [
        {"position": each.position, "at": each.at.isoformat(), "actor": each.actor,
         "act": each.act.value, **_said(each)}
        for each in found.events
    ]  # fmt: skip
    return brief(found, day) | {"grounds": grounds, "events": events}


def _said(event: "Event") -> dict[str, Any]:
    """Return what was said in an act, but for the code on the document."""
    return {name: value for name, value in event.detail.items() if name != "code"}


def table_of(found: "list[Downgrade]", day: int) -> Table:
    """Return warnings as a table."""
    table = Table(box=None, pad_edge=False)
    for name in ("warning", "enterprise", "district", "level", "days", "state", "due"):
        table.add_column(name)
    for each in found:
        due = "" if each.due is None else time.show(each.due)
        table.add_row(
            str(each.id),
            each.draft.enterprise,
            each.draft.district or "",
            each.level,
            str(each.period),
            each.state.value,
            f"[red]{due}[/]" if each.is_overdue(day) else due,
        )
    return table


def show_run(console: Console, found: "CityDrafts", day: int) -> None:
    """Show of how many enterprises rules tell, and what was drafted."""
    table = Table("rule", "enterprises", box=None, pad_edge=False)
    for rule, count in found.warnings.counts().items():
        if count:
            table.add_row(rule, f"{count:,}")
    console.print(table if table.row_count else "no rule tells of anybody")
    console.print(f"downgrade warnings drafted: {len(found.new):,}")
    if found.new:
        console.print(table_of(found.new[:20], day))
        console.print("next: xinheng warnings show WARNING", highlight=False)


def show_warning(console: Console, found: "Downgrade", day: int, language: str) -> None:
    """Show one warning: its grounds, and all that was done to it."""
    draft = found.draft
    console.print(
        f"[bold]warning {found.id}[/] of {draft.enterprise} as of {time.show(draft.as_of)}: "
        f"{found.level} for {found.period} days ({draft.basis}), {found.state}"
        f"{until_when(found, day)}",
        soft_wrap=True,
    )
    for ground in found.grounds:
        console.print(
            f"- {escape(ground.text[language])} ({escape(ground.basis)}) "
            f"[dim]{ground.identity[:12]}[/]",
            soft_wrap=True,
            highlight=False,
        )
    table = Table("", "at", "who", "act", "said", box=None, pad_edge=False)
    for event in found.events:
        at = f"{event.at.astimezone(time.SHANGHAI):%Y-%m-%d %H:%M}"
        told = "; ".join(
            f"{name}: {value}" for name, value in _said(event).items() if value not in (None, False)
        )
        table.add_row(str(event.position), at, escape(event.actor), event.act.value, escape(told))
    console.print(table)
