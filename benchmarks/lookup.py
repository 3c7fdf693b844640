"""How long it takes to look entries of the audit trail up, and what finding them costs who writes.

The trail is made up: readings of a million enterprises by 330 who ask, some of them for a case and
some of a thousand enterprises at once. Peers are statements of `sqlite3` that ask the same table
and use no index. `agree` says that both find the same entries. Entries a second are those of one
connection that commits five hundred at a time, with the indices and without.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import insert

from xinheng.ledger import Ledger, Sought, connected, upgrade
from xinheng.ledger.tables import ENTRY

from .measuring import is_quick, told

START = datetime(2025, 1, 1, tzinfo=UTC)
EVERY = timedelta(seconds=3)
FULL, QUICK = 3_000_000, 150_000
BLOCK, NAMES, PAGE, TIMES = 10_000, 1_000_000, 100, 9
GROUP, WRITTEN = 500, 20_000
PEOPLE = [f"key {n:010d}" for n in range(30)] + [f"account user{n}" for n in range(300)]
LISTS = frozenset({"read scores"})
TARGET_MS = 250
ONE, CASE = f"91440300MA5{42:07d}", "case:2026-77"
Row = dict[str, object]


def rows(count: int) -> Iterator[list[Row]]:
    """Yield the entries in blocks."""
    dice = random.Random(1)  # noqa: S311 of no secret
    for first in range(0, count, BLOCK):
        yield [_row(number, dice) for number in range(first, min(first + BLOCK, count))]


def _row(number: int, dice: random.Random) -> Row:
    action, purpose, detail = "read grade", "routine", '{"as_of":"2026-03-01"}'
    subject, share = _code(dice.randrange(NAMES)), dice.random()
    if share < 0.02:
        purpose = f"case:2026-{dice.randrange(1_000)}"
    elif share < 0.021:
        action, purpose, subject = "issue key", "", f"key {number:010d}"
    elif share < 0.0215:
        action, subject = "read scores", "1,000 enterprises"
        named = (f'"{_code(each)}"' for each in dice.sample(range(NAMES), 1_000))
        detail = f'{{"enterprises":[{",".join(named)}]}}'
    return {
        "chain": f"{number // 100_000:032x}", "position": number % 100_000 + 1,
        "at": START + number * EVERY, "actor": dice.choice(PEOPLE[:30] if share > 0.1 else PEOPLE),
        "purpose": purpose, "action": action, "subject": subject, "detail": detail,
        "previous": 64 * "0", "digest": f"{number:064x}",
    }  # fmt: skip


def _code(number: int) -> str:
    return f"91440300MA5{number:07d}"


def questions(count: int) -> dict[str, tuple[Sought, str]]:
    """Return what is asked, and the same as a condition of SQL."""
    day = START + count / 2 * EVERY
    since, until = (f"{each:%Y-%m-%d %H:%M:%S.%f}" for each in (day, day + timedelta(days=1)))
    return {
        "newest": (Sought(), "1"),
        "of_an_enterprise": (
            Sought(subjects=frozenset({ONE}), lists=LISTS),
            f"subject = '{ONE}' OR action = 'read scores' AND detail LIKE '%\"{ONE}\"%'",
        ),
        "by_a_person": (Sought(actor=PEOPLE[250]), f"actor = '{PEOPLE[250]}'"),
        "for_a_case": (Sought(purpose=CASE), f"purpose = '{CASE}'"),
        "keys_issued": (Sought(actions=frozenset({"issue key"})), "action = 'issue key'"),
        "of_a_day": (
            Sought(since=day, until=day + timedelta(days=1)), f"at >= '{since}' AND at < '{until}'"
        ),
        "by_a_person_for_a_case": (
            Sought(actor=PEOPLE[3], purpose=CASE), f"actor = '{PEOPLE[3]}' AND purpose = '{CASE}'"
        ),
    }  # fmt: skip


def ours(ledger: Ledger, sought: Sought) -> tuple[float, list[str]]:
    """Return the milliseconds that a page takes, and the first hundred entries by their digests."""
    took = []
    for _ in range(TIMES):
        start = perf_counter()
        page = ledger.search(sought, None, PAGE)
        took.append(1_000 * (perf_counter() - start))
    found = [entry.digest for _, entry in page.entries]
    while page.next is not None and len(found) < PAGE:
        page = ledger.search(sought, page.next, PAGE)
        found += [entry.digest for _, entry in page.entries]
    return median(took), found[:PAGE]


def plain(path: Path, condition: str) -> tuple[float, list[str]]:
    """Return the same by one statement that uses no index."""
    statement = (
        f"SELECT digest FROM audit_entry NOT INDEXED WHERE {condition} "  # noqa: S608 our own
        f"ORDER BY at DESC, id DESC LIMIT {PAGE}"
    )
    with closing(sqlite3.connect(path)) as connection:
        start = perf_counter()
        found = [row[0] for row in connection.execute(statement)]
        return 1_000 * (perf_counter() - start), found


def written(path: Path, *, indices: bool) -> float:
    """Return the entries a second that one connection commits, five hundred at a time."""
    names = [column.name for column in ENTRY.c if column.name != "id"]
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO audit_entry ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 our own
    given = [tuple(str(row[name]) for name in names) for block in rows(WRITTEN) for row in block]
    with connected(f"sqlite:///{path}") as engine:
        upgrade(engine)
    with closing(sqlite3.connect(path)) as connection:
        for name in ("at", "by_actor", "by_purpose", "by_action") if not indices else ():
            connection.execute(f"DROP INDEX audit_entry_{name}")
        start = perf_counter()
        for first in range(0, WRITTEN, GROUP):
            connection.executemany(statement, given[first : first + GROUP])
            connection.commit()
        return WRITTEN / (perf_counter() - start)


def main() -> None:
    """Measure and tell."""
    count = QUICK if is_quick(__doc__) else FULL
    with TemporaryDirectory() as name:
        path = Path(name) / "ledger.db"
        with connected(f"sqlite:///{path}") as engine:
            upgrade(engine)
            for block in rows(count):
                with engine.begin() as connection:
                    connection.execute(insert(ENTRY), block)
        figures, ratios, agree = {"entries": float(count)}, {}, True
        with closing(Ledger(f"sqlite:///{path}")) as ledger:
            for what, (sought, condition) in questions(count).items():
                took, found = ours(ledger, sought)
                scanned, expected = plain(path, condition)
                agree &= found == expected
                figures[f"{what}_ms"], ratios[what] = round(took, 1), round(scanned / took, 1)
                print(f"{what:24} {took:8.1f} ms, scanned {scanned:8.0f} ms, {len(found)} entries")
        for what, indices in (("with_indices", True), ("by_subject_only", False)):
            speed = written(Path(name) / f"{what}.db", indices=indices)
            figures[f"written_{what}_per_second"] = round(speed)
            print(f"written {what:16} {speed:8,.0f} entries/s")
    slow = [each for each, took in figures.items() if each.endswith("_ms") and took > TARGET_MS]
    told("lookup", ratios, figures, agree=agree, missed=slow)


if __name__ == "__main__":
    main()
