"""Code tables: which codes exist, on which days they hold, and what goes with them.

A table is a CSV file with the columns `code`, `zh`, `en`, `valid_from` and `valid_to` (both days
belong to the validity; empty means open), any columns of its own such as `ordinal` or `score`,
and usually `note` and `basis`, the source of the row (`design` where a value is our proposal).
A code may stand in several rows as long as their validities do not overlap.
"""

import csv
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from .errors import InvalidError, NotFoundError, unknown
from .time import NEVER, day, show

__all__ = ["CodeTable", "code_tables"]

ALWAYS = -(2**31) + 1
STANDARD = ("code", "zh", "en", "valid_from", "valid_to")
TABLES = resources.files(__package__) / "tables"

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class CodeTable:
    """A table of codes with the days on which each of them is valid.

    `table` holds the columns of the file as text, empty as null, sorted by code and validity;
    `since` and `until` are the first and last day of each row's validity.

    Examples
    --------
    >>> table = CodeTable.load("food_category")
    >>> table.check(["0101", "9999"], day("2026-03-01")).tolist()
    [True, False]
    >>> table.numbers("score", ["0101", "0401", "9999"], day("2026-03-01")).tolist()
    [13.5, 34.0, nan]
    """

    name: str
    table: pa.Table
    since: npt.NDArray[np.int64]
    until: npt.NDArray[np.int64]

    @classmethod
    def load(cls, name: str) -> "CodeTable":
        """Return the table of that name that comes with the package.

        Raises
        ------
        NotFoundError
            If there is no such table.
        """
        return _load(name)

    @classmethod
    def read(cls, path: Path) -> "CodeTable":
        """Read a source's own table from a UTF-8 CSV file; only the column `code` must be there.

        Raises
        ------
        InvalidError
            If the file cannot be read as a code table; file, row and reason are named.
        """
        return _read(path, path.stem, str(path))

    @property
    def codes(self) -> list[str]:
        """Every code that is valid on some day, sorted."""
        return list(dict.fromkeys(map(str, self.table["code"].to_pylist())))

    @property
    def columns(self) -> list[str]:
        """The names of the columns of `table`."""
        return list(self.table.column_names)

    def rows(self, codes: npt.ArrayLike, days: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Return for each code the row that is valid on its day, or -1.

        Parameters
        ----------
        codes
            Codes as text; a missing one has no row.
        days
            Day numbers, one for each code, or one for all.
        """
        known = pd.Index(self.codes, dtype=object)
        place = known.get_indexer(pd.Index(np.asarray(codes, dtype=object), dtype=object))
        when = np.broadcast_to(np.asarray(days, dtype=np.int64), place.shape)
        owner = known.get_indexer(pd.Index(self.table["code"].to_pylist(), dtype=object))
        row = np.searchsorted((owner << 33) + self.since, (place << 33) + when, "right") - 1
        owner, until = np.append(owner, -1), np.append(self.until, ALWAYS)
        valid = (place >= 0) & (owner[row] == place) & (when <= until[row])
        return np.where(valid, row, -1)

    def check(self, codes: npt.ArrayLike, days: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Tell for each code whether it exists and is valid on its day.

        Examples
        --------
        >>> CodeTable.load("incident").check(["death", "fire", None], [0, 0, 0]).tolist()
        [True, False, False]
        """
        valid: npt.NDArray[np.bool_] = self.rows(codes, days) >= 0
        return valid

    def words(self, column: str, codes: npt.ArrayLike, days: npt.ArrayLike) -> Texts:
        """Return a column's text for each code on its day, None where the code is not valid."""
        values = np.array([*self._column(column), None], dtype=object)
        return values[self.rows(codes, days)]

    def numbers(
        self, column: str, codes: npt.ArrayLike, days: npt.ArrayLike
    ) -> npt.NDArray[np.float64]:
        """Return a column's number for each code on its day, NaN where there is none.

        Raises
        ------
        NotFoundError
            If the table has no such column.
        InvalidError
            If the column holds something that is no number.
        """
        try:
            values = np.array([*self._column(column), None], dtype=np.float64)
        except ValueError as error:
            message = f"column {column!r} of code table {self.name!r} holds text: {error}"
            raise InvalidError(message) from None
        return values[self.rows(codes, days)]

    def at(self, when: int) -> "CodeTable":
        """Return the table as it stands on one day, with one row a code."""
        held = (self.since <= when) & (when <= self.until)
        return CodeTable(self.name, self.table.filter(held), self.since[held], self.until[held])

    def hint(self, shown: int = 12) -> str:
        """Say in words which codes there are.

        Examples
        --------
        >>> CodeTable.load("award_level").hint()
        'there are: city, nation, province'
        """
        more = f" and {len(self.codes) - shown} more" if len(self.codes) > shown else ""
        return f"there are: {', '.join(self.codes[:shown])}{more}"

    def fault(self, code: str | None, when: int) -> str | None:
        """Say in words why a code is not valid on a day; None if it is.

        Examples
        --------
        >>> CodeTable.load("award_level").fault("town", day("2026-03-01"))
        "there is no award_level 'town'. There are: city, nation, province"
        """
        if self.rows(np.array([code], dtype=object), when)[0] >= 0:
            return None
        mine = np.array([held == code for held in self.table["code"].to_pylist()], dtype=bool)
        if not mine.any():
            return unknown(self.name, code, self.codes)
        periods = ", ".join(
            _period(since, until)
            for since, until in zip(self.since[mine], self.until[mine], strict=True)
        )
        return f"{self.name} {code!r} does not hold on {show(when)}; it is valid {periods}"

    def _column(self, column: str) -> list[str | None]:
        if column not in self.columns:
            raise NotFoundError.among(f"column in code table {self.name!r}", column, self.columns)
        texts: list[str | None] = self.table[column].to_pylist()
        return texts


def code_tables() -> list[str]:
    """Return the names of the code tables that come with the package.

    Examples
    --------
    >>> "penalty_kind" in code_tables()
    True
    """
    files = (file.name for file in TABLES.iterdir())
    return sorted(file.removesuffix(".csv") for file in files if file.endswith(".csv"))


@cache
def _load(name: str) -> CodeTable:
    if name not in code_tables():
        raise NotFoundError.among("code table", name, code_tables())
    return _read(TABLES / f"{name}.csv", name, f"{name}.csv")


def _read(file: Traversable, name: str, shown: str) -> CodeTable:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{shown}: this is no readable code table, expected a UTF-8 CSV file: {error}"
        raise InvalidError(message) from None
    lines = csv.reader(text.splitlines())
    head = [column.strip() for column in next(lines, [])]
    if "code" not in head or len(set(head)) < len(head):
        message = f"{shown}: expected distinct columns with one named 'code', found {head}"
        raise InvalidError(message)
    rows = []
    for cells in lines:
        where = f"{shown}, line {lines.line_num}"
        if not cells:
            continue
        if len(cells) != len(head):
            message = f"{where}: {len(cells)} fields where the header has {len(head)}"
            raise InvalidError(message)
        row = dict.fromkeys(STANDARD, "") | {
            column: cell.strip() for column, cell in zip(head, cells, strict=True)
        }
        if not row["code"]:
            raise InvalidError(f"{where}: the code is empty; give it or delete the line")
        rows.append((row["code"], *_validity(row, where), where, row))
    if not rows:
        raise InvalidError(f"{shown}: a code table without any code; add one line for each code")
    rows.sort(key=lambda item: item[:3])
    for before, after in itertools.pairwise(rows):
        if before[0] == after[0] and after[1] <= before[2]:
            message = (
                f"{after[3]}: code {after[0]!r} is valid twice, {_period(*before[1:3])} and "
                f"{_period(*after[1:3])}; end the one before the other begins"
            )
            raise InvalidError(message)
    columns = {
        column: pa.array([row[4][column] or None for row in rows], pa.string())
        for column in dict.fromkeys((*STANDARD, *head))
    }
    since, until = (np.array([row[place] for row in rows], dtype=np.int64) for place in (1, 2))
    return CodeTable(name, pa.table(columns), since, until)


def _validity(row: Mapping[str, str], where: str) -> tuple[int, int]:
    try:
        since = day(row["valid_from"]) if row["valid_from"] else ALWAYS
        until = day(row["valid_to"]) if row["valid_to"] else NEVER
    except InvalidError as error:
        raise InvalidError(f"{where}: {error}") from None
    if until < since:
        message = f"{where}: valid from {show(since)} to {show(until)}, which is no day at all"
        raise InvalidError(message)
    return since, until


def _period(since: int, until: int) -> str:
    opens = "always" if since == ALWAYS else f"from {show(since)}"
    closes = "on" if until == NEVER else f"to {show(until)}"
    return "always" if opens == "always" and closes == "on" else f"{opens} {closes}"
