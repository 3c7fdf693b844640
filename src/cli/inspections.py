"""The command that says what the gradings ask for: of everybody, or of one with the records."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..core import time
from ..core.errors import NotFoundError
from ..terminal import (
    answer,
    check_table,
    progress,
    show_inspections,
    show_one_inspected,
    write_table,
)
from .options import AsJson, AsOf, past_day

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from ..archive import Archive
    from ..core.settings import Settings
    from ..features import Events
    from ..grading import GradeBook, InspectionPolicy, RiskTable
    from ..ledger import Ledger

    Numbers = npt.NDArray[np.int32]

__all__ = ["inspections"]

DAYS = ("checked", "due")


def inspections(
    as_of: AsOf,
    enterprise: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this one, with the records behind.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Inspection policy as TOML instead of the package's own.")
    ] = None,
    risk_table: Annotated[
        Path | None, typer.Option(help="Risk points as TOML instead of the package's own.")
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Table of everybody to write: .parquet or .csv.")
    ] = Path("out/inspections.parquet"),
    as_json: AsJson = False,
) -> None:
    """Say what the gradings of enterprises ask for: visits a year, share drawn, intensity."""
    from ..core.settings import load_settings
    from ..grading import InspectionPolicy, RiskTable, inspection_dossier, tally_inspections
    from ..ledger import Ledger

    day = past_day(as_of)
    check_table(output)
    rules = InspectionPolicy.load(policy) if policy else InspectionPolicy.default()
    table = RiskTable.load(risk_table) if risk_table else RiskTable.default()
    found: dict[str, Any] = {
        "as_of": as_of,
        "policy": f"{rules.name} {rules.on(day).version}",
        "risk_table": f"{table.name} {table.on(day).version}",
    }
    settings = load_settings()
    with closing(Ledger.open(settings)) as ledger, progress() as tell:
        tell("Reading records", 0, 1)
        desk = _Desk.open(settings, ledger, rules, table, day)
        numbers = desk.known() if enterprise is None else desk.number(enterprise)
        tell("Grading and planning", 0, 1)
        planned = desk.planned(numbers)
        if enterprise is None:
            tell("Writing", 0, 1)
            write_table(_named(desk.archive, planned), output)
    found["bundle"] = None if desk.book is None else desk.book.bundle.digest
    if enterprise is not None:
        origins = desk.archive.lineage(int(numbers[0]), day)
        told = inspection_dossier(rules, table, desk.events, planned, origins)
        found |= {"enterprise": enterprise} | told
        answer(as_json, found, lambda console: show_one_inspected(console, found))
        return
    found |= tally_inspections(rules, planned, day) | {"output": str(output)}
    answer(as_json, found, lambda console: show_inspections(console, found))


@dataclass(frozen=True, slots=True, eq=False)
class _Desk:
    """What inspections are planned from as of a day; without a champion there is no `book`."""

    archive: "Archive"
    events: "Events"
    book: "GradeBook | None"
    rules: "InspectionPolicy"
    table: "RiskTable"
    day: int

    @classmethod
    def open(
        cls,
        settings: "Settings",
        ledger: "Ledger",
        rules: "InspectionPolicy",
        table: "RiskTable",
        day: int,
    ) -> "_Desk":
        from ..archive import Archive
        from ..features import Events

        archive = Archive(settings.archive)
        if not archive.sequence:
            raise NotFoundError(
                f"the archive {archive.folder} holds no delivery; `xinheng ingest` takes one in"
            )
        book = _book(settings, ledger)
        events = book.events if book else Events.from_view(archive.events())
        return cls(archive, events, book, rules, table, day)

    def known(self) -> "Numbers":
        """Return the numbers of all of whom something was known as of the day."""
        import numpy as np

        return np.unique(self.events.enterprise[time.is_known(self.events.available, self.day)])

    def number(self, enterprise: str) -> "Numbers":
        """Return the number of one of whom something was known as of the day."""
        known = self.known()
        found: Numbers = known[known == self.archive.enterprise(enterprise)]
        if not len(found):
            raise NotFoundError(
                f"nothing was known about {enterprise!r} as of {time.show(self.day)}; ask for a "
                "later day"
            )
        return found

    def planned(self, numbers: "Numbers") -> "pd.DataFrame":
        """Return the plan of some enterprises; see `plan_inspections`."""
        import pandas as pd

        from ..grading import plan_inspections, side_by_side

        rows = pd.DataFrame({"enterprise": numbers, "as_of": self.day}).astype("int32")
        levels = None
        if self.book is not None:
            levels = self.book.grades(numbers, self.day)["level"].cat.codes.to_numpy()
        gradings = side_by_side(self.events, rows, levels=levels, table=self.table)
        return plan_inspections(self.rules, self.events, gradings)


def _book(settings: "Settings", ledger: "Ledger") -> "GradeBook | None":
    """Open the grade book, or return None where no model was promoted yet."""
    from ..grading import Purpose, open_book

    try:
        ledger.champion(Purpose.GRADE)
    except NotFoundError:
        return None
    return open_book(settings, ledger, threads=2)


def _named(archive: "Archive", planned: "pd.DataFrame") -> "pd.DataFrame":
    """Return the plan with the enterprises' own codes, and days as dates."""
    import pandas as pd

    found = planned.reset_index()
    codes = archive.enterprises()["id"].to_pandas()
    found["enterprise"] = codes.take(found["enterprise"].to_numpy()).to_numpy()
    for name in ("as_of", *DAYS):
        days = found[name].to_numpy("int64")
        dates = pd.Series(days.astype("datetime64[D]").astype("datetime64[s]"))
        found[name] = dates.where(days != time.NEVER).dt.date
    return found
