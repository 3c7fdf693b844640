"""How fast a delivery is taken in, in how much memory, and whether the archive slows as it grows.

A department's monthly figures, as text, come in as Parquet and as CSV: through mapping, contract,
identity and comparison with the archive; then the Parquet delivery comes again with one row in ten
mended. The peers are the bare DuckDB statement that does the same casts and the same filter and
writes what is left to Parquet, with no contract, no identities, no store; and the same checks by
pandera on pandas, at a size that fits. `agree` says that all keep the same rows.

Targets: a million rows a second from Parquet, 300,000 from CSV, at least a third of the bare
statement's speed, under 3 GB; and the last of many deliveries costs no more than the tenth.
"""

import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.csv as pacsv

from xinheng.archive import Archive, read_source
from xinheng.core.time import NEVER

from .frames import taken_in as by_pandera
from .insured import BROKEN, MENDED, department, made, write
from .measuring import Peak, apart, is_quick, lasting, told

FULL, QUICK, CSV_SHARE = 50_000_000, 2_000_000, 5
AGAIN, AGAIN_QUICK = 2_000_000, 500_000
MANY, MANY_QUICK = 10_000, 80
PART = 2_000_000
TARGETS = {"parquet": 1_000_000, "csv": 300_000}
GIGABYTES, SHARE, GROWTH = 3.0, 1 / 3, 1.1
RECEIVED, RECEIVED_AGAIN = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
BARE = """COPY (SELECT * FROM (
    SELECT trim(code) AS code, trim(month) AS month, TRY_CAST(trim(day) AS DATE) AS day,
        TRY_CAST(trim(told) AS DATE) AS told, TRY_CAST(trim(heads) AS DOUBLE) AS heads
    FROM {read}) WHERE length(code) = 18 AND month IS NOT NULL AND day IS NOT NULL
        AND told >= day AND heads >= 0) TO '{out}' (FORMAT parquet)"""
CONTENT = "count(*), coalesce(sum(hash(code, CAST(day AS DATE), heads)), 0)"
STANDING = """SELECT id AS code, DATE '1970-01-01' + occurred AS day, value AS heads
    FROM events JOIN enterprises USING (enterprise) WHERE withdrawn = $never"""

Figures = dict[str, Any]
Content = tuple[int, int]


def taken_in(source: Path, delivery: Path, archive: Path, received: datetime) -> Figures:
    """Take a delivery in, and return rows, seconds, peak memory and what came of it."""
    declared = read_source(source)
    with Peak() as peak, lasting() as seconds:
        receipt = Archive(archive).ingest(declared, delivery, received)
    [file] = receipt.delivery.files
    return {
        "rows": file.rows,
        "counts": (file.accepted, file.duplicate, file.quarantined),
        "seconds": seconds(),
        "speed": file.rows / seconds(),
        "own_gb": peak.own_gb,
        "with_mapped_gb": peak.with_mapped_gb,
    }


def bare(path: Path, out: Path) -> float:
    """Run the bare statement over a delivery on two threads, and return the seconds it took."""
    read = f"read_{path.suffix[1:]}('{path}'" + (
        ", all_varchar=true)" if path.suffix == ".csv" else ")"
    )
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET enable_progress_bar = false")
        with lasting() as seconds:
            connection.execute(BARE.format(read=read, out=out))
    return seconds()


def content_of_file(path: Path) -> Content:
    """Return how many rows a peer kept, and the sum of their hashes."""
    with duckdb.connect() as connection:
        count, total = connection.read_parquet(str(path)).aggregate(CONTENT).fetchall()[0]
    return count, int(total)


def content_of_archive(folder: Path, rows: int) -> Content:
    """Return how many records stand in an archive, and the sum of their hashes."""
    archive, count, total = Archive(folder), 0, 0
    with duckdb.connect() as connection:
        connection.register("enterprises", archive.enterprises())
        parts = -(-rows // PART)
        for part in range(parts):
            connection.register("events", archive.events(part=(part, parts)).table)
            some, summed = (
                connection.sql(STANDING, params={"never": NEVER}).aggregate(CONTENT).fetchall()[0]
            )
            count, total = count + some, total + int(summed)
    return count, total


class Intake:
    """Figures of deliveries taken in beside their peers, as they come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.figures: dict[str, float] = {}
        self.ratios: dict[str, float] = {}
        self.missed: list[str] = []
        self.agree = True

    def beside_duckdb(self, suffix: str, rows: int) -> None:
        """Take a delivery in, and run the bare statement over it."""
        folder, target = self._folder / suffix, TARGETS[suffix]
        path = write(folder / "delivery", rows, suffix)
        ours = self._taken_in(suffix, folder, path)
        seconds = apart(bare, path, folder / "bare.parquet")
        self._compare(folder, rows, "bare.parquet")
        self.figures[f"{suffix}_bare_rows_per_s"] = round(rows / seconds)
        self.ratios[f"duckdb_{suffix}"] = ratio = round(seconds / ours["seconds"], 3)
        if ours["speed"] < target:
            self.missed.append(f"{suffix}: {target:,} rows/s: {ours['speed']:,.0f}")
        if ratio < SHARE:
            self.missed.append(f"{suffix}: a third of DuckDB: {ratio}")
        if ours["own_gb"] > GIGABYTES:
            self.missed.append(f"{suffix}: {GIGABYTES} GB: {ours['own_gb']:.2f}")

    def beside_pandera(self, rows: int) -> None:
        """Take a delivery in that fits into memory, check it by pandera, take it in again mended.

        Of the second delivery, one row in ten is a new version and the others are duplicates.
        """
        folder = self._folder / "again"
        path = write(folder / "delivery", rows, "parquet")
        ours = self._taken_in("fitting", folder, path)
        peer = apart(by_pandera, path, folder / "pandera.parquet")
        self._compare(folder, rows, "pandera.parquet")
        self.ratios["pandera_parquet"] = round(peer["seconds"] / ours["seconds"], 3)
        self.figures["pandera_rows_per_s"] = round(rows / peer["seconds"])
        self.figures["pandera_peak_gb"] = round(peer["peak_gb"], 2)
        path = write(folder / "mended", rows, "parquet", mended=True)
        again = self._taken_in("mended", folder, path, RECEIVED_AGAIN)
        apart(bare, path, folder / "bare.parquet")
        self._compare(folder, rows, "bare.parquet")
        mended, broken = -(-(rows - 1) // MENDED), -(-rows // BROKEN)
        self.agree &= again["counts"] == (mended, rows - mended - broken, broken)

    def _taken_in(
        self, name: str, folder: Path, path: Path, received: datetime = RECEIVED
    ) -> Figures:
        source = folder / "source"
        if not source.exists():
            department(source, path.suffix[1:])
        found: Figures = apart(taken_in, source, path.parent, folder / "archive", received)
        self.figures |= {
            f"{name}_rows": found["rows"],
            f"{name}_rows_per_s": round(found["speed"]),
            f"{name}_peak_gb": round(found["own_gb"], 2),
            f"{name}_peak_with_mapped_gb": round(found["with_mapped_gb"], 2),
        }
        return found

    def _compare(self, folder: Path, rows: int, peer: str) -> None:
        ours = apart(content_of_archive, folder / "archive", rows)
        self.agree &= ours == content_of_file(folder / peer)
        print(self.figures)

    def many(self, count: int) -> None:
        """Take in many deliveries of ten rows each."""
        seconds = small_deliveries(self._folder / "small", count)
        early, late = statistics.median(seconds[5:25]), statistics.median(seconds[-20:])
        self.figures |= {
            "early_delivery_s": round(early, 3),
            f"delivery_{count}_s": round(late, 3),
            "mean_late_delivery_s": round(statistics.mean(seconds[-100:]), 3),
        }
        if late > GROWTH * early:
            self.missed.append(f"delivery {count} costs no more than the tenth: {late / early:.2f}")


def small_deliveries(folder: Path, many: int) -> list[float]:
    """Take in many deliveries of ten rows each, and return the seconds of each."""
    source = read_source(department(folder / "source", "csv"))
    archive, seconds = Archive(folder / "archive"), []
    for number in range(many):
        delivery = folder / f"delivery{number}"
        delivery.mkdir()
        rows = made(number * 10 + 1, number * 10 + 11)
        pacsv.write_csv(rows, delivery / "insured.csv")
        start = time.perf_counter()
        archive.ingest(source, delivery, RECEIVED)
        seconds.append(time.perf_counter() - start)
    return seconds


def main() -> None:
    """Measure, print what was found, and one JSON object last."""
    quick = is_quick(__doc__)
    rows = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as name:
        intake = Intake(Path(name))
        intake.beside_duckdb("parquet", rows)
        intake.beside_duckdb("csv", rows // CSV_SHARE)
        intake.beside_pandera(AGAIN_QUICK if quick else AGAIN)
        intake.many(MANY_QUICK if quick else MANY)
    told("archive", intake.ratios, intake.figures, intake.missed, agree=intake.agree)


if __name__ == "__main__":
    main()
