"""The commands of monitoring: one monthly look at everything, and the alerts that came of it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ..core import time
from ..terminal import answer, progress
from .options import AsJson, AsOf, open_archive, past_day
from .person import person

if TYPE_CHECKING:
    from ..grading.monitoring import Monitored, Told

__all__ = ["alerts", "monitor"]

STYLES = {"opened": "bold red", "changed": "yellow", "goes on": "yellow", "closed": "green"}
Language = Annotated[str, typer.Option("--lang", help="Language of the sentences: zh or en.")]


def monitor(
    as_of: AsOf,
    budget: Annotated[
        float, typer.Option(min=0.01, max=20, help="False alarms a quarter that are put up with.")
    ] = 0.75,
    record: Annotated[
        bool, typer.Option("--record/--look", help="Keep what is told in the ledger, or only look.")
    ] = True,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Look for drift in deliveries, indicators, scores and outcomes, and say what caused it.

    Everything that came before the first day of the month of --as-of is held against the months
    before it and against the reference in the champion's bundle. Run it once a month; a story that
    was told is not told anew until it changes or is over.
    """
    from ..core.settings import load_settings
    from ..grading import open_book
    from ..grading.monitoring import monitor as run
    from ..ledger import Alerts, Ledger

    _check(language)
    settings, day = load_settings(), past_day(as_of)
    ledger, kept = Ledger.open(settings), Alerts(settings.ledger)
    try:
        book = open_book(settings, ledger, threads=2)
        with progress() as tell:
            found = run(
                open_archive(), book, kept, day,
                champions=ledger.promotions.history("grade"),
                at=datetime.now(UTC), actor=person(),
                budget=budget, record=record, threads=2, progress=tell,
            )  # fmt: skip
    finally:
        ledger.close()
        kept.close()
    answer(as_json, _plain(found, record=record), lambda console: _show(console, found, language))


def alerts(
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """List the alerts that are open, with their cause, since when, and what to do."""
    from ..core.settings import load_settings
    from ..grading.monitoring import Cause, sentence
    from ..ledger import Alerts

    _check(language)
    kept = Alerts(load_settings().ledger)
    try:
        rows = kept.history() if every else list(kept.open().values())
        runs = kept.runs()
    finally:
        kept.close()
    departments = {each.source: each.department for each in open_archive().deliveries()}
    listed = [
        {
            "as_of": row["as_of"].isoformat(),
            "state": row["state"],
            "key": row["key"],
            "cause": row["cause"],
            "since": row["since"].isoformat(),
            "text": sentence(
                Cause(row["cause"]), time.day(row["since"]), row["detail"], departments, language
            ),
        }
        for row in rows
    ]

    def show(console: Console) -> None:
        for row in listed:
            _print(console, row["state"], row["cause"], row["text"], f"told {row['as_of']}")
        last = f"the last of {len(runs)} runs was as of {runs[-1]['as_of']}" if runs else (
            "nothing was monitored yet: xinheng monitor --as-of DATE"
        )  # fmt: skip
        console.print(f"{len(listed)} alerts; {last}")

    answer(as_json, {"alerts": listed, "runs": len(runs)}, show)


def _check(language: str) -> None:
    from ..core.errors import NotFoundError
    from ..grading.monitoring import LANGUAGES

    if language not in LANGUAGES:
        raise NotFoundError.among("language", language, LANGUAGES)


def _plain(found: "Monitored", *, record: bool) -> dict[str, Any]:
    return {
        "as_of": time.show(found.survey.day),
        "series": found.survey.series,
        "questions": found.survey.asked,
        "bars": {str(group): bar for group, bar in found.survey.bars.items()},
        "recorded": record,
        "stories": [_story(found, each) for each in found.told],
    }


def _story(found: "Monitored", told: "Told") -> dict[str, Any]:
    return {
        "state": str(told.state),
        "key": told.key,
        "since": time.show(told.since),
        **told.detail,
        "zh": found.words(told, "zh"),
        "en": found.words(told, "en"),
    }


def _show(console: Console, found: "Monitored", language: str) -> None:
    seasons = [each for each in found.told if each.state == "season"]
    for each in found.told:
        if each.state != "season":
            note = f"since {time.show(each.since)}"
            cause = each.detail["cause"]
            _print(console, each.state, cause, found.words(each, language), note)
    counts = Table("", "", box=None, show_header=False)
    counts.add_row("looked at", f"deliveries before {time.show(found.survey.day)}")
    counts.add_row("series", f"{found.survey.series:,}, {found.survey.asked:,} questions")
    bars = ", ".join(f"{group} {bar:.1e}" for group, bar in found.survey.bars.items())
    counts.add_row("told below", f"{bars}: by the budget and the archive's own past")
    counts.add_row("season only", f"{len(seasons)} that moved as they did in earlier years")
    console.print(counts)
    if not any(each.state in ("opened", "changed") for each in found.told):
        console.print("nothing new: all is as the months before gave reason to expect")


def _print(console: Console, state: str, cause: str, text: str, note: str) -> None:
    style = STYLES.get(str(state), "")
    console.print(f"[{style}]{state}[/] {cause} ({note})" if style else f"{state} {cause} ({note})")
    console.print(f"  {text}\n", highlight=False)
