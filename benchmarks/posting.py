"""Posting: from the answer 202 to a grade that has seen the record, over HTTP.

The demonstration, as `make demo` leaves it, is copied and served by `xinheng serve`: keys,
purposes, limits and audit as everywhere. A program posts records one after the other, each of
another enterprise, by kind; after each 202 it asks for the grade as of the next day until the
answer has seen a further delivery. Then several programs post at once and ask for receipts. Small
deliveries are folded into the tables meanwhile, as it is in use. At last records are posted, laid
over a grade book and graded without HTTP in a city of 23 copies of a made-up one, which is of a
twentieth of the size with `--quick`.

`agree` says that every grade asked for is, field by field, that of a service opened anew on the
archive, that each record landed once, and that the archive is sound.

Target: a grade is there within a second of the 202, for half of the records and for 99 of 100.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import numpy as np
import pyarrow.compute as pc

from xinheng.archive import Archive, read_source, told_by_kind
from xinheng.core import time as days
from xinheng.core.settings import Settings, load_settings
from xinheng.features.overlaid import newer_events
from xinheng.grading import GradeBook, read_champion
from xinheng.ledger import Ledger
from xinheng.serving.access import ApiKey, Grant, Keys, Role, Scope
from xinheng.serving.access.rows import kept
from xinheng.serving.live.service import clock

from .copies import copied, original
from .measuring import is_quick, told
from .running import HOST, free_port, running

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "out" / "demo"
SOURCE = "city-market"
FULL, QUICK, AT_ONCE, SECONDS = 300, 20, 4, 1.0
EVERY = 0.005
SMALL, QUICKLY, YEARS, COPIES, WARM = 20_000, 1_000, 9, 23, 3


def installation(folder: Path, demo: Path) -> Settings:
    """Copy a demonstration, as `make demo` leaves it, so that it stays as it is."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["cp", "-r", str(demo), str(folder / "demo")], check=True)  # noqa: S603, S607
    copied = folder / "demo"
    return load_settings(
        archive=copied / "archive",
        bundles=copied / "bundles",
        keys=copied / "keys",
        grades=copied / "grades",
        kept=copied / "kept",
        ledger=f"sqlite:///{copied / 'ledger.db'}",
        sources=ROOT / "data" / "sources",
    )


def key_of(settings: Settings) -> str:
    """Issue a key that posts the records of one source about enterprises of every district."""
    districts = frozenset(f"4403{number:02}" for number in range(1, 20))
    scope = Scope(districts=districts, sources=frozenset({SOURCE}))
    with closing(Ledger(settings.ledger)) as ledger:
        keys = Keys(kept(ledger, ApiKey), clock)
        grant, valid = Grant(Role.DEPARTMENT, scope), timedelta(days=2)
        return keys.issue("a benchmark", grant, "program", valid, limit=1e6).text


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """Serve an installation in a process of its own, and yield its address."""
    names = ("archive", "bundles", "keys", "grades", "kept", "ledger", "sources")
    values = {f"XINHENG_{name.upper()}": str(getattr(settings, name)) for name in names}
    port = free_port()
    base = f"http://{HOST}:{port}"
    command = [sys.executable, "-m", "xinheng.cli", "serve", "--port", str(port)]
    with running(command, f"{base}/readyz", **values):
        yield base


class Program:
    """A program that posts records and asks for grades."""

    def __init__(self, base: str, key: str, day: str) -> None:
        headers = {"Authorization": f"Bearer {key}", "X-Purpose": "delivery"}
        self._client = httpx.Client(base_url=base, headers=headers, timeout=30.0)
        self._day = day

    def close(self) -> None:
        """Release the connection."""
        self._client.close()

    def grade(self, code: str) -> dict[str, Any]:
        """Return the grade of an enterprise as of the next day."""
        url = f"/v1/enterprises/{code}/grade"
        answer = self._client.get(url, params={"as_of": self._day})
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def post(self, code: str) -> tuple[float, str]:
        """Post a record; return how many seconds the 202 took, and the receipt's address."""
        start, headers = time.perf_counter(), {"Idempotency-Key": str(uuid4())}
        answer = self._client.post("/v1/records", json=records(code), headers=headers)
        answer.raise_for_status()
        return time.perf_counter() - start, answer.headers["Location"]

    def graded(self, code: str) -> tuple[float, float, str]:
        """Post a record; return seconds to the 202, from it to a grade that saw it, and receipt."""
        before = self.grade(code)["sequence"]
        took, receipt = self.post(code)
        start = time.perf_counter()
        while self.grade(code)["sequence"] <= before:
            time.sleep(EVERY)
        return took, time.perf_counter() - start, receipt

    def settled(self, receipt: str) -> dict[str, Any]:
        """Return what became of a posting, once something did."""
        while (found := self._client.get(receipt).json())["state"] == "accepted":
            time.sleep(EVERY)
        told_of: dict[str, Any] = found
        return told_of


def records(code: str) -> dict[str, Any]:
    """Return a body with one record that was known yesterday and counts today."""
    now = clock()
    happened, known = now - timedelta(days=9), now - timedelta(days=1)
    record = {
        "kind": "penalty", "enterprise": code, "number": f"B-{uuid4()}",
        "occurred": happened.date().isoformat(), "known": known.date().isoformat(),
        "organ": "market", "food": "true", "violation": "label", "penalty_kind": "fine",
        "fine": "3",
    }  # fmt: skip
    return {"source": SOURCE, "records": [record]}


def chosen(settings: Settings, count: int) -> list[str]:
    """Return the codes of enterprises whose district is known, drawn at random."""
    archive = Archive(settings.archive)
    enterprises = archive.records("enterprise")
    codes = enterprises.filter(pc.is_valid(enterprises["district"]))["enterprise"].unique()
    rng = np.random.default_rng(7)
    return [str(codes[place]) for place in rng.choice(len(codes), count, replace=False).tolist()]


def agreeing(settings: Settings, day: str, found: dict[str, dict[str, Any]], posted: int) -> bool:
    """Tell whether grades are those of a service opened anew, and all landed once."""
    archive = Archive(settings.archive)
    with served(settings) as base, closing(Program(base, key_of(settings), day)) as program:
        anew = {code: program.grade(code) for code in found}
    numbers = archive.records("penalty")["number"].to_pylist()
    mine = [number for number in numbers if number.startswith("B-")]
    once = len(mine) == len(set(mine)) == posted
    return anew == found and once and archive.verify() == []


def measured(folder: Path, count: int) -> tuple[dict[str, float], bool]:
    """Return the figures, and whether everything is as it must be."""
    settings = installation(folder, DEMO)
    codes, key = chosen(settings, 2 * count + AT_ONCE), key_of(settings)
    day = days.show(days.day_of(clock()) + 1)
    with served(settings) as base, closing(Program(base, key, day)) as program:
        for code in codes[2 * count :]:
            program.graded(code)  # what is done on first use is not measured
        alone = [program.graded(code) for code in codes[:count]]
        programs = [Program(base, key, day) for _ in range(AT_ONCE)]

        def work(place: int) -> list[str]:
            mine = codes[count + place : 2 * count : AT_ONCE]
            return [programs[place].post(code)[1] for code in mine]

        start = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            receipts = [each for some in pool.map(work, range(AT_ONCE)) for each in some]
        states = {program.settled(receipt)["state"] for receipt in receipts}
        together = time.perf_counter() - start
        found = {code: program.grade(code) for code in codes[: 2 * count : max(1, count // 20)]}
        for each in programs:
            each.close()
    accepted, graded, _ = (np.array(each) for each in zip(*alone, strict=True))
    figures = {
        "accepted_ms_p50": 1e3 * float(np.quantile(accepted.astype(float), 0.5)),
        "accepted_ms_p99": 1e3 * float(np.quantile(accepted.astype(float), 0.99)),
        "graded_ms_p50": 1e3 * float(np.quantile(graded.astype(float), 0.5)),
        "graded_ms_p99": 1e3 * float(np.quantile(graded.astype(float), 0.99)),
        "graded_ms_longest": 1e3 * float(graded.astype(float).max()),
        "posted_at_once_per_s": len(receipts) / together,
        "records": 2 * count + AT_ONCE,
    }
    agree = states == {"folded"} and agreeing(settings, day, found, 2 * count + AT_ONCE)
    return figures, agree


def large(folder: Path, settings: Settings, size: int, count: int) -> dict[str, float]:
    """Return how long a record takes in a larger city, of copies of a made-up one, without HTTP."""
    archive = copied(original(folder, size, YEARS, seed=1), folder / "large", COPIES)
    with closing(Ledger(settings.ledger)) as ledger:
        book = GradeBook(archive, read_champion(settings, ledger))
    source = read_source(settings.sources / SOURCE)
    day, rng = days.day_of(clock()) + 1, np.random.default_rng(7)
    who = rng.choice(book.known(day), WARM + count, replace=False)
    codes, took = archive.codes(who), list[tuple[float, float, float]]()
    book.grade(int(who[0]), day)
    for number in who.tolist():
        told_of = told_by_kind(source, records(codes[number])["records"])
        start = time.perf_counter()
        landed = archive.post_told(told_of, clock()).receipt.delivery.sequence
        posted = time.perf_counter()
        newer = newer_events(archive, book.sequence, landed, 10)
        book = book.advanced(landed, newer or {})
        laid = time.perf_counter()
        book.grade(number, day)
        took.append((posted - start, laid - posted, time.perf_counter() - laid))
    parts = 1e3 * np.array(took[WARM:])
    middle, last = np.quantile(parts, 0.5, axis=0), np.quantile(parts.sum(axis=1), 0.99)
    names = ("large_posted_ms", "large_laid_over_ms", "large_graded_ms")
    figures = dict(zip(names, middle.tolist(), strict=True))
    sizes = {"large_enterprises": len(archive.enterprises()), "large_events": len(book.events)}
    return figures | sizes | {"large_in_all_ms_p99": float(last)}


def main() -> None:
    """Measure, and print one JSON object as the last line."""
    count = QUICK if is_quick(__doc__) else FULL
    if not (DEMO / "demo.json").is_file():
        raise SystemExit("there is no demonstration in out/demo; `make demo` makes it")
    with TemporaryDirectory() as name:
        figures, agree = measured(Path(name), count)
        again = installation(Path(name) / "again", DEMO)
        size = SMALL if count == FULL else QUICKLY
        figures |= large(Path(name), again, size, count)
    missed = [name for name in ("graded_ms_p50", "graded_ms_p99") if figures[name] > 1e3 * SECONDS]
    told("posting", {}, figures, missed, agree=agree)


if __name__ == "__main__":
    main()
