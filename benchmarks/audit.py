"""How many entries a second the audit trail takes, every one of them committed when it is told.

Threads ask one process to record a reading each and wait for the commit, as those of a service do;
`sqlite3` is the same entry by one connection, a transaction for each, without chain or anchor. Both
flush to the same disk. `agree` says that all entries are there and the whole trail verifies.
"""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from xinheng.ledger import Ledger, Proof, connected, verify

from .measuring import is_quick, told

AT = datetime(2026, 1, 1, tzinfo=UTC)
THREADS = (1, 8, 40)
FULL, QUICK = 5_000, 1_000
TARGET = 1_000


def ours(folder: Path, threads: int, count: int) -> float:
    """Return the entries a second that so many threads get recorded."""
    proof = Proof(folder / "audit", folder / "keys")
    with closing(Ledger(f"sqlite:///{folder}/ledger.db", proof)) as ledger:

        def read(number: int) -> None:
            ledger.audit(
                at=AT, actor="wang", action="read grade", subject=f"E{number}", detail={"n": number}
            )

        read(-1)
        with ThreadPoolExecutor(threads) as pool:
            start = perf_counter()
            list(pool.map(read, range(count)))
            return count / (perf_counter() - start)


def plain(path: Path, count: int) -> float:
    """Return the rows a second of one connection that commits each."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE audit (at TEXT, actor TEXT, subject TEXT, detail TEXT)")
        start = perf_counter()
        for number in range(count):
            row = (AT.isoformat(), "wang", f"E{number}", "{}")
            connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?)", row)
            connection.commit()
        return count / (perf_counter() - start)


def main() -> None:
    """Measure and tell."""
    count = QUICK if is_quick(__doc__) else FULL
    with TemporaryDirectory() as name:
        folder = Path(name)
        speeds = {threads: ours(folder, threads, count) for threads in THREADS}
        peer = plain(folder / "plain.db", count)
        proof = Proof(folder / "audit", folder / "keys")
        start = perf_counter()
        with connected(f"sqlite:///{folder}/ledger.db") as engine:
            found = verify(engine, proof)
        checked = found.entries / (perf_counter() - start)
    best = max(speeds.values())
    for threads, speed in speeds.items():
        print(f"{threads:3} threads: {speed:8,.0f} entries/s")
    print(f"sqlite3, a commit each: {peer:8,.0f} rows/s; verified: {checked:8,.0f} entries/s")
    figures = {f"{threads}_threads_entries_per_second": round(v) for threads, v in speeds.items()}
    figures |= {"verified_entries_per_second": round(checked)}
    told(
        "audit",
        {"sqlite3": round(best / peer, 2)},
        figures,
        agree=found.first is None and found.entries == len(THREADS) * (count + 1),
        missed=[] if best >= TARGET else [f"{TARGET} entries/s"],
    )


if __name__ == "__main__":
    main()
