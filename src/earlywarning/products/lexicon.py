"""A lexicon: codes with the names that each of them goes by, from a day to another."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import ClassVar, Self, cast

import pyarrow as pa

from ...core.codes import ALWAYS, CodeTable
from ...core.errors import InvalidError, unknown
from ...core.time import show
from .spelling import plain, uniform

__all__ = ["Lexicon"]

OTHERS = "|"


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """A dated table of codes, each with a name, further names and a watch tag 四新一特.

    `SHIPPED` is the file that ships with the package, `KIND` what its rows are called in errors,
    `COLUMNS` what it must have beside what every code table has.
    """

    SHIPPED: ClassVar[str]
    KIND: ClassVar[str]
    COLUMNS: ClassVar[tuple[str, ...]] = ("zh", "also", "tag")

    table: CodeTable

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file of one's own: UTF-8 CSV with the columns of the one that ships.

        Raises
        ------
        InvalidError
            If a column is missing, a tag is unknown, or two rows share a name on some day.
        """
        table = CodeTable.read(path)
        missing = sorted(set(cls.COLUMNS) - set(table.columns))
        if missing:
            raise InvalidError(
                f"{path}: there is no column {', '.join(map(repr, missing))}; a table of "
                f"{cls.KIND}s has code, en, valid_from, valid_to and {', '.join(cls.COLUMNS)}"
            )
        lexicon = cls(table)
        lexicon.check(path.name)
        return lexicon

    @classmethod
    def default(cls) -> Self:
        """Return the one that ships with the package."""
        if cls not in SHIPPED:
            with resources.as_file(resources.files(__package__) / cls.SHIPPED) as path:
                SHIPPED[cls] = cls.load(path)
        return cast("Self", SHIPPED[cls])

    def check(self, source: str) -> None:
        """Refuse what contradicts itself; `source` names the file."""
        self.check_known(source, "tag", CodeTable.load("product_tag").codes)
        rows = sorted(self._named(), key=itemgetter(0, 2))
        for before, after in pairwise(rows):
            (name, code, _, until), (same, other, since, _) = before, after
            if name == same and code != other and since <= until:
                when = "always" if since == ALWAYS else f"from {show(since)}"
                raise InvalidError(
                    f"{source}: {name!r} is a name of {code!r} and of {other!r} {when}; take it "
                    "from one of them, or end one before the other begins"
                )

    def check_known(self, source: str, column: str, exists: list[str]) -> None:
        """Refuse a value of a column that does not exist."""
        for code, value in zip(self.column("code"), self.column(column), strict=True):
            if value and value not in exists:
                raise InvalidError(
                    f"{source}, {self.KIND} {code!r}: {unknown(column, value, exists)}"
                )

    def at(self, day: int) -> Self:
        """Return what holds on a day."""
        return type(self)(self.table.at(day))

    def column(self, name: str) -> list[str]:
        """Return a column's texts, the empty text where there is none."""
        return [text or "" for text in self.table.table[name].to_pylist()]

    def names(self) -> list[list[str]]:
        """Return the names of each row, by `spelling`."""
        listed = [
            [zh, *also.split(OTHERS)]
            for zh, also in zip(self.column("zh"), self.column("also"), strict=True)
        ]
        sizes = [len(each) for each in listed]
        even = iter(uniform(pa.array([name for each in listed for name in each], pa.string())))
        made = [[plain(next(even)) for _ in range(size)] for size in sizes]
        return [[name for name in dict.fromkeys(each) if name] for each in made]

    def _named(self) -> Iterator[tuple[str, str, int, int]]:
        """Yield name, code, first and last day."""
        days = self.table.since.tolist(), self.table.until.tolist()
        for code, names, since, until in zip(self.column("code"), self.names(), *days, strict=True):
            for name in names:
                yield name, code, since, until


SHIPPED: dict[type[Lexicon], Lexicon] = {}
