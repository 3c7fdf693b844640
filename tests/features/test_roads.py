"""Three roads to every value: the kernel, SQL written from the declarations, and a slow reading."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import Archive, read_source
from xinheng.core.time import day
from xinheng.features import (
    Aggregate,
    Cases,
    Catalogue,
    Events,
    Median,
    Nearby,
    Rate,
    build_references,
    compute,
    matching,
    standard_catalogue,
    statement,
)
from xinheng.features.events import COLUMNS
from xinheng.features.expression import Binary, Expression, Unary, leaves_of
from xinheng.simulation import simulate

from .histories import DAYS, VOCABULARY, Record, aggregates, build, histories
from .lives import TODAY, lives, patterns_of
from .others import CASES
from .reading import Reading
from .test_indicator import declare
from .test_rates import rates
from .vocabulary import vocabulary

ROOT = Path(__file__).parents[2]
CHICAGO = ROOT.parent / "shared" / "data" / "chicago"
RECEIVED = datetime(2026, 6, 1, tzinfo=UTC)
STANDARD = standard_catalogue()
SAID = STANDARD.select(
    ids=[
        each.id
        for each in STANDARD
        if not any(isinstance(leaf, Nearby) for leaf in leaves_of(each.expression))
    ]
)
ROUNDED = ("ln", "log10", "log10p1", "log2p1")


def asked(who: Iterable[int], when: Sequence[int]) -> pd.DataFrame:
    pairs = [(enterprise, as_of) for enterprise in who for as_of in when]
    return pd.DataFrame(pairs, columns=["enterprise", "as_of"], dtype="int32")


@dataclass(frozen=True)
class World:
    """What every road starts from."""

    events: Events
    bans: Events
    cases: Cases = CASES

    @property
    def codes(self) -> dict[int, tuple[int, int]]:
        columns = self.cases.enterprise, self.cases.scheme, self.cases.case
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return {enterprise: (scheme, case) for enterprise, scheme, case in rows}


def world(records: Sequence[Record], names: tuple[tuple[str, str], ...]) -> World:
    nobodys = [record for record in records if record.enterprise < 0]
    own = [record for record in records if record.enterprise >= 0]
    return World(build(own, names), build(nobodys, names))


def kernel(catalogue: Catalogue, start: World, rows: pd.DataFrame) -> pd.DataFrame:
    references = build_references(catalogue, start.events, cases=start.cases, bans=start.bans)
    return compute(catalogue, start.events, rows, references=references)


def columns_of(events: Events) -> dict[str, Any]:
    return {name: getattr(events, name) for name in COLUMNS}


class Warehouse:
    """A database with the tables that a statement reads."""

    def __init__(self, catalogue: Catalogue, names: Sequence[tuple[str, str]]) -> None:
        self.catalogue, self.names = catalogue, names
        self.connection = duckdb.connect()
        listed = [(number, *name) for number, name in enumerate(names)]
        frame = pd.DataFrame(listed, columns=["stream", "kind", "code"])
        self.connection.register("vocabulary", frame)

    def run(self, start: World, rows: pd.DataFrame, **how: object) -> pd.DataFrame:
        """Return what the statement yields for some rows, in their order."""
        self.connection.register("events", pa.table(columns_of(start.events)))
        names = [start.bans.vocabulary[number] for number in start.bans.stream]
        halves = {"kind": [kind for kind, _ in names], "code": [code for _, code in names]}
        texts = {name: pa.array(half, pa.string()) for name, half in halves.items()}
        self.connection.register("bans", pa.table(columns_of(start.bans) | texts))
        cases = {name: getattr(start.cases, name) for name in ("enterprise", "scheme", "case")}
        self.connection.register("cases", pa.table(cases))
        self.connection.register("rows", rows)
        query = statement(self.catalogue, **how)  # type: ignore[arg-type]
        found = self.connection.execute(query).df().set_index(["enterprise", "as_of"])
        assert found.index.is_unique
        return found.reindex(pd.MultiIndex.from_frame(rows))


def slowly(catalogue: Catalogue, start: World, rows: pd.DataFrame) -> pd.DataFrame:
    reading = Reading(catalogue, start.events, start.bans, start.codes)
    found = [reading.row(who, when) for who, when in rows.itertuples(index=False)]
    return pd.DataFrame(found, index=pd.MultiIndex.from_frame(rows))


def is_whole(node: Expression) -> bool:
    """Tell whether a tree is made of whole numbers only, so that every road is exact."""
    match node:
        case Aggregate(operator=operator):
            return operator not in ("total", "peaks")
        case Rate() | Median():
            return False
        case Unary(operator) if operator in ROUNDED:
            return False
        case Binary("divide"):
            return False
    parts = [getattr(node, name) for name in getattr(node, "__match_args__", ())]
    return all(is_whole(part) for part in parts if isinstance(part, Expression))


def agree(one: pd.DataFrame, other: pd.DataFrame, catalogue: Catalogue) -> None:
    assert list(one.columns) == list(other.columns) == list(catalogue.ids)
    assert len(one) == len(other)
    for each in catalogue:
        tolerance = 0.0 if is_whole(each.expression) else 1e-9
        np.testing.assert_allclose(
            other[each.id],
            one[each.id],
            rtol=tolerance,
            atol=tolerance / 1000,
            err_msg=f"{each.id}: {each.formula}",
        )


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    made = Warehouse(SAID, vocabulary())
    yield made
    made.connection.close()


def test_the_vocabulary_feeds_every_indicator() -> None:
    for each in SAID:
        for leaf in leaves_of(each.expression):
            for pattern in patterns_of(leaf):
                assert matching((pattern,), vocabulary()), f"{each.id}: {pattern}"


EVERYBODY = range(5)
EDGES = (0, 0, 1, 91, 365, 366)


@settings(max_examples=8, deadline=None)
@given(lives(), st.lists(st.sampled_from(EDGES), min_size=1, max_size=3, unique=True))
def test_three_roads_lead_to_every_value(
    warehouse: Warehouse, records: list[Record], before: list[int]
) -> None:
    start = world(records, vocabulary())
    rows = asked(EVERYBODY, [TODAY - days for days in before])
    expected = slowly(SAID, start, rows)
    agree(expected, kernel(SAID, start, rows), SAID)
    agree(expected, warehouse.run(start, rows), SAID)
    agree(expected, warehouse.run(start, rows, vocabulary=vocabulary()), SAID)


@settings(max_examples=4, deadline=None)
@given(lives(), st.sampled_from(EDGES))
def test_one_day_for_all_yields_the_same(
    warehouse: Warehouse, records: list[Record], before: int
) -> None:
    start = world(records, vocabulary())
    as_of = TODAY - before
    rows = asked(np.unique(start.events.enterprise).tolist(), [as_of])
    expected = kernel(SAID, start, rows)
    agree(expected, warehouse.run(start, rows, as_of=as_of), SAID)
    agree(expected, warehouse.run(start, rows, as_of=as_of, vocabulary=vocabulary()), SAID)


DATES = st.lists(DAYS, min_size=1, max_size=3, unique=True)


@settings(max_examples=15, deadline=None)
@given(histories(40), st.lists(aggregates(), min_size=1, max_size=9), DATES)
def test_any_aggregate_has_the_same_value_in_sql(
    records: list[Record], parts: list[Aggregate], dates: list[int]
) -> None:
    catalogue = Catalogue(
        tuple(
            declare(id=f"X{n}", expression=part, use="scheduling") for n, part in enumerate(parts)
        )
    )
    start = world(records, VOCABULARY)
    rows = asked(range(4), dates)
    base = Warehouse(catalogue, VOCABULARY)
    agree(kernel(catalogue, start, rows), base.run(start, rows), catalogue)
    rows = asked(np.unique(start.events.enterprise).tolist(), dates[:1])
    found = base.run(start, rows, vocabulary=VOCABULARY, as_of=dates[0])
    agree(kernel(catalogue, start, rows), found, catalogue)


def city(folder: Path, enterprises: int, least: int) -> World:
    """Return the records of a simulated city, of the departments with so many rows at least."""
    made = simulate(folder / "city", 11, enterprises=enterprises, producers=50, years=2)
    archive = Archive(folder / "archive")
    for name in made.delivering:
        if sum(made.rows[file] for file in made.rows if file.startswith(f"{name}/")) >= least:
            source = read_source(ROOT / "data" / "sources" / name)
            archive.ingest(source, made.folder / "deliveries" / name, RECEIVED)
    return world_of(archive)


def world_of(archive: Archive) -> World:
    views = archive.events(), archive.bans()
    events, bans = (Events.from_table(view.table, view.vocabulary) for view in views)
    return World(events, bans, Cases.from_table(archive.cases()))


def everywhere(start: World, *dates: str) -> pd.DataFrame:
    return asked(np.unique(start.events.enterprise).tolist(), [day(when) for when in dates])


def check_roads(start: World, rows: pd.DataFrame, some: int) -> None:
    """Check all rows on two roads and some of them on the third."""
    found = kernel(SAID, start, rows)
    names = start.events.vocabulary
    base = Warehouse(SAID, names)
    agree(found, base.run(start, rows), SAID)
    agree(found, base.run(start, rows, vocabulary=names), SAID)
    slow = slowly(SAID, start, rows.sample(some, random_state=7))
    agree(slow, found.loc[slow.index], SAID)


def test_a_small_city_has_the_same_values_on_every_road(tmp_path: Path) -> None:
    start = city(tmp_path, enterprises=100, least=40)
    check_roads(start, everywhere(start, "2021-02-28", "2021-07-01", "2022-01-05"), 30)


@pytest.mark.slow
def test_a_larger_city_has_the_same_values_on_every_road(tmp_path: Path) -> None:
    start = city(tmp_path, enterprises=1500, least=1)
    check_roads(start, everywhere(start, "2021-02-28", "2021-07-01", "2022-01-05"), 200)


@pytest.mark.slow
@pytest.mark.skipif(not CHICAGO.is_dir(), reason=f"the tables of Chicago are not in {CHICAGO}")
def test_chicago_has_the_same_values_on_every_road(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.ingest(read_source(ROOT / "data" / "sources" / "chicago"), CHICAGO, RECEIVED)
    start = world_of(archive)
    check_roads(start, everywhere(start, "2012-06-01", "2014-03-01"), 60)


@settings(max_examples=20, deadline=None)
@given(histories(), rates(), DATES)
def test_any_rate_has_the_same_value_in_sql(
    records: list[Record], rate: Rate, dates: list[int]
) -> None:
    catalogue = Catalogue((declare(expression=rate, missing=-99, use="scheduling"),))
    start, rows = world(records, VOCABULARY), asked(range(4), dates)
    base = Warehouse(catalogue, VOCABULARY)
    expected = kernel(catalogue, start, rows)
    agree(expected, base.run(start, rows), catalogue)
    agree(expected, base.run(start, rows, vocabulary=VOCABULARY), catalogue)
