"""The commands of early warning: what is watched, and how well it would have been."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ..core import time
from ..terminal import answer, progress
from .alarms import close, list_alarms, note, reopen, run, show
from .options import AsJson, open_archive, past_day

if TYPE_CHECKING:
    from ..earlywarning.backtest import Backtest, Difference, Found, Tried

__all__ = ["watch_app"]

REFERENCES = ("ratio", "farrington 3 in 4")
ALL_KINDS = "all"
LOOKS = {7: "weekly", 1: "daily"}

watch_app = typer.Typer(
    help="Watch for emerging risks of products.", no_args_is_help=True, add_completion=False
)


@watch_app.callback()
def watch() -> None:
    """Watch for emerging risks of products."""


watch_app.command("run")(run)
watch_app.command("list")(list_alarms)
for _command in (show, note, close, reopen):
    watch_app.command()(_command)


@watch_app.command()
def backtest(
    calibrate: Annotated[
        str, typer.Option(help="Day from which on alarms are counted to choose thresholds.")
    ],
    test: Annotated[str, typer.Option(help="Day from which on delays are measured.")],
    until: Annotated[str, typer.Option(help="The day after the last one of the test.")],
    kind: Annotated[str, typer.Option(help="Records that tell of hazards: alert, sampling, or all"
        " of which failed samples are the cases, with numbers tested and what people say.")] = (
        "alert"
    ),
    budget: Annotated[list[float] | None, typer.Option(help="Alarms a week; may be given several"
        " times. 1 and 2 by default.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Tell how soon each detector would have found what spread, at equal numbers of alarms.

    What spread is labelled by a rule that looks ahead, which no detector does: each reads only
    what was known by the end of the week or the day. Records before the first day are what
    detectors begin with.
    """
    from ..core.errors import InvalidError, NotFoundError
    from ..earlywarning import ALL, KINDS, Joint, read_cases
    from ..earlywarning.backtest import backtest as tried
    from ..earlywarning.watch import read_all_cases

    days = past_day(calibrate), past_day(test), past_day(until)
    if not days[0] < days[1] < days[2]:
        raise InvalidError(
            f"--calibrate {calibrate}, --test {test} and --until {until} must follow one another"
        )
    budgets = budget or [1.0, 2.0]
    if min(budgets) <= 0:
        raise InvalidError("--budget is a number of alarms a week, above 0")
    if kind not in (*KINDS, ALL_KINDS):
        raise NotFoundError.among("--kind", kind, [*KINDS, ALL_KINDS])
    archive = open_archive()
    cases = read_all_cases(archive, days[2]) if kind == ALL_KINDS else read_cases(archive, kind)
    detectors = (*ALL, Joint()) if kind == ALL_KINDS else ALL
    if not cases.day[0] < days[0]:
        raise InvalidError(
            f"--calibrate {calibrate} leaves nothing before it to begin with: the first {kind} "
            f"was known on {time.show(int(cases.day[0]))}"
        )
    with progress() as tell:
        found = tried(cases, days, detectors, budgets, tell=tell)
    answer(as_json, _plain(found), lambda console: _show(console, found))


def _plain(found: "Backtest") -> dict[str, Any]:
    return {
        "calibrated_from": time.show(found.before.first),
        "from": time.show(found.span.first),
        "until": time.show(found.span.after),
        "series": found.series,
        "onsets": len(found.onsets.day),
        "detectors": [_line(found, each) for each in found.tried],
    }


def _line(found: "Backtest", one: "Tried") -> dict[str, Any]:
    return {
        "detector": one.detector,
        "looks": LOOKS[one.step],
        "budget": one.budget,
        **_measures(one.equal),
        "realised": _measures(one.realised),
        "against": {name: _plainly(found.against(one, name)) for name in REFERENCES},
    }


def _measures(found: "Found") -> dict[str, float]:
    return {
        "alarms_a_week": found.weekly,
        "mean_delay_days": found.mean,
        "within_4_weeks": found.within(4),
        "within_8_weeks": found.within(8),
        "alarms_on_onsets": found.right,
    }


def _plainly(apart: "Difference | None") -> dict[str, float] | None:
    return None if apart is None else {"days": apart.mean, "low": apart.low, "high": apart.high}


def _show(console: Console, found: "Backtest") -> None:
    span = f"{time.show(found.span.first)} to {time.show(found.span.after)}"
    console.print(
        f"{len(found.onsets.day)} onsets among {found.series:,} series, {span}; thresholds of "
        f"realised alarms are from {time.show(found.before.first)} on\n",
        highlight=False,
    )
    for budget in sorted({each.budget for each in found.tried}):
        console.print(_table(found, budget))


def _table(found: "Backtest", budget: float) -> Table:
    table = Table(title=f"At {budget:g} alarms a week", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("detector", no_wrap=True)
    for name in (
        *("mean days", "found in 4 weeks", "in 8 weeks", "alarms on onsets", "realised alarms"),
        *(f"days after {name}" for name in REFERENCES),
    ):
        table.add_column(name, justify="right")
    for each in (each for each in found.tried if each.budget == budget):
        equal = each.equal
        shares = (f"{share:.0%}" for share in (equal.within(4), equal.within(8), equal.right))
        apart = (_told(found.against(each, name)) for name in REFERENCES)
        name, realised = f"{each.detector}, {LOOKS[each.step]}", f"{each.realised.weekly:.2f}"
        table.add_row(name, f"{equal.mean:.1f}", *shares, realised, *apart)
    return table


def _told(apart: "Difference | None") -> str:
    return "" if apart is None else f"{apart.mean:+.1f}\n{apart.low:+.1f} to {apart.high:+.1f}"
