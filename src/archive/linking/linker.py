"""Linking records without a credit code to the enterprises they are about."""

import re
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...core.identifiers import licence_check_digit
from ..database import workbench
from .candidates import find_candidates
from .comparison import compare
from .decision import decide
from .reading import Places, addresses, licences, names, uniform

__all__ = ["LINKS", "Linker", "Links"]

HINTS = ("by_licence", "by_name", "by_address")
CANDIDATE = pa.struct(
    [
        ("code", pa.string()),
        ("name", pa.string()),
        ("address", pa.string()),
        ("score", pa.float64()),
        ("why", pa.string()),
    ]
)
LINKS = pa.schema(
    [
        ("code", pa.string()),
        ("how", pa.string()),
        ("score", pa.float64()),
        ("candidates", pa.list_(CANDIDATE)),
    ]
)
FOUND = """
    SELECT code, how, score, coalesce(candidates, []) AS candidates
    FROM range({start}, {stop}) AS hints(hint) LEFT JOIN chosen USING (hint) LEFT JOIN (
        SELECT hint, max(score) AS score, list({{'code': code, 'name': name,
            'address': address, 'score': score, 'why': why}} ORDER BY rank) AS candidates
        FROM near GROUP BY hint) USING (hint) ORDER BY hint"""
NUMBERED = re.compile("[A-Z]{2}[0-9]{14}")
BLOCK = 10_000
ROOM = "road[-3:] || '/' || door || '/' || regexp_extract(behind, '[0-9A-Z]+$')"


@dataclass(frozen=True, slots=True)
class Links:
    """What hints were found to be about.

    Attributes
    ----------
    table
        One row for each hint, in their order: `code`, `how` (licence, name and address, name),
        `score` of the best candidate, and up to five `candidates`, the best first. `code` is
        missing where nothing is certain, and there are no candidates where nothing is near.
    """

    table: pa.Table

    @property
    def linked(self) -> int:
        """The number of hints whose enterprise is certain."""
        return int(pc.count(self.table["code"]).as_py())


class Linker:
    """A register by which hints find their enterprises.

    Parameters
    ----------
    register
        Columns `code`, `name`, `address`, `licence`: what is known of enterprises, now or once,
        in any number of rows for each; all but the code may be missing.

    Examples
    --------
    >>> register = pa.table({
    ...     "code": ["A", "B"],
    ...     "name": ["信衡市福田区禾沐餐饮店", "信衡市福田区禾沐餐饮二店"],
    ...     "address": ["信衡市福田区芳瑞路8号101", "信衡市福田区芳瑞路88号203"],
    ...     "licence": pa.nulls(2, pa.string()),
    ... })
    >>> hints = pa.table({
    ...     "by_licence": pa.nulls(2, pa.string()),
    ...     "by_name": ["禾木餐饮店", "禾沐餐饮店"],
    ...     "by_address": ["福田区芳瑞路8号101室", None],
    ... })
    >>> links = Linker(register).link(hints)
    >>> links.table["code"].to_pylist(), links.table["how"].to_pylist()
    (['A', None], ['name and address', None])
    >>> [near["code"] for near in links.table["candidates"][1].as_py()]
    ['A', 'B']
    """

    __slots__ = ("_read", "_register")

    def __init__(self, register: pa.Table) -> None:
        rows = pa.array(np.arange(len(register), dtype=np.int32))
        known = register.select(["code", "name", "address", "licence"])
        self._register = known.append_column("row", rows)
        self._read: tuple[Places, dict[str, pa.Table]] | None = None

    def link(self, hints: pa.Table) -> Links:
        """Find the enterprises of hints: `by_licence`, `by_name`, `by_address`, any missing."""
        empty = [pc.is_null(hints[name]).to_numpy() for name in HINTS]
        numbers = np.flatnonzero(~np.logical_and.reduce(empty))
        if not len(numbers):
            return Links(pa.Table.from_pylist([{"candidates": []}] * len(hints), schema=LINKS))
        told = pa.table(
            {"hint": numbers}
            | {name[3:]: uniform(hints[name].take(pa.array(numbers))) for name in HINTS}
        )
        places, parts = self._parts()
        with workbench(told=told, register=self._register, **parts) as connection:
            _read_hints(connection, places)
            find_candidates(connection)
            blocks = [
                _linked(connection, places, start, min(start + BLOCK, len(hints)))
                for start in range(0, len(hints), BLOCK)
            ]
        return Links(pa.concat_tables(blocks))

    def _parts(self) -> tuple[Places, dict[str, pa.Table]]:
        """Return what is looked up of the register; it is read once."""
        if self._read is None:
            with workbench(plain=_uniform(self._register)) as connection:
                places = Places.known(connection, "plain")
                read = names("plain", places.formal(), "row")
                connection.execute(
                    f"""
                    CREATE TEMP TABLE known_name AS SELECT row, core, numbers FROM ({read});
                    CREATE TEMP VIEW known_place AS {addresses("plain", places, "row")};
                    {_marks("known", "plain", "row")}"""
                )
                parts = {
                    name: connection.sql(f"FROM {name}").to_arrow_table()
                    for name in ("known_core", "known_mark")
                }
            self._read = places, parts
        return self._read


def _marks(tables: str, table: str, owner: str) -> str:
    """Return the SQL that writes how rows are found: by core, numbered name, room and licence."""
    return f"""
        CREATE OR REPLACE TEMP TABLE {tables}_core AS
            SELECT DISTINCT {owner}, core AS text FROM {tables}_name;
        CREATE OR REPLACE TEMP TABLE {tables}_mark AS
            SELECT {owner}, hash('=' || core || numbers) AS mark FROM {tables}_name
                WHERE numbers <> ''
            UNION ALL SELECT {owner}, hash('@' || {ROOM}) FROM {tables}_place
            UNION ALL SELECT {owner}, hash('#' || {licences("licence")}) FROM {table}
                WHERE {licences("licence")} IS NOT NULL"""


def _read_hints(connection: duckdb.DuckDBPyConnection, places: Places) -> None:
    formal = names("told", places.formal(), "hint")
    loose = names("told", places.loose(), "hint")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE hint_name AS {formal} UNION {loose};
        CREATE OR REPLACE TEMP TABLE hint_place AS {addresses("told", places, "hint")};
        {_marks("hint", "told", "hint")}"""
    )
    numbers = connection.sql(
        f"SELECT hint, {licences('licence')} AS text FROM told"
    ).to_arrow_table()
    sure = [_proves_itself(text) for text in numbers["text"].to_pylist()]
    licensed = numbers.append_column("sure", pa.array(sure, pa.bool_()))
    connection.register("hint_licence", licensed)


def _linked(
    connection: duckdb.DuckDBPyConnection, places: Places, start: int, stop: int
) -> pa.Table:
    """Return the links of the hints from `start` to before `stop`."""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE candidate AS
        FROM found WHERE hint >= {start} AND hint < {stop}"""
    )
    rows = connection.sql("FROM register SEMI JOIN candidate USING (code)").to_arrow_table()
    connection.register("rows", _uniform(rows))
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE known_name AS
            SELECT DISTINCT * FROM ({names("rows", places.formal(), "code")});
        CREATE OR REPLACE TEMP TABLE known_place AS
            SELECT DISTINCT * FROM ({addresses("rows", places, "code")});
        CREATE OR REPLACE TEMP TABLE licensed AS
            SELECT DISTINCT hint, code, sure FROM hint_licence
            JOIN (SELECT code, {licences("licence")} AS text FROM rows) USING (text)
            JOIN candidate USING (hint, code) WHERE sure IS NOT FALSE
        """
    )
    compare(connection)
    decide(connection)
    found = connection.sql(FOUND.format(start=start, stop=stop)).to_arrow_table()
    connection.unregister("rows")
    return found.cast(LINKS)


def _uniform(table: pa.Table) -> pa.Table:
    for name in ("name", "address", "licence"):
        table = table.set_column(table.column_names.index(name), name, uniform(table[name]))
    return table


def _proves_itself(number: str | None) -> bool | None:
    """Tell whether a licence number has the right check digit; None where it has none to check.

    Examples
    --------
    >>> [_proves_itself(text) for text in ("JY24403990000075", "JY24403990000076", "粤食1号")]
    [True, False, None]
    """
    if number is None or not NUMBERED.fullmatch(number):
        return None
    return licence_check_digit(number[2:15]) == number[15]
