"""How fast a delivery is taken in, in how much memory, and whether the archive slows as it grows.

A department's monthly figures, as text, come in as Parquet and as CSV: through mapping, contract,
identity and comparison with the archive. The peer is the bare DuckDB statement that does the same
casts and the same filter and writes what is left to Parquet, with no contract, no identities, no
store. `agree` says that both keep the same rows and that their figures sum to the same.

Targets: a million rows a second from Parquet, 300,000 from CSV, at least a third of the bare
statement's speed, under 3 GB; and the last of many deliveries costs no more than the tenth.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from xinheng.archive import Archive, read_source
from xinheng.simulation.identifiers import credit_codes

FULL, QUICK, ENTERPRISES, PIECE = 50_000_000, 2_000_000, 3_690_000, 1_000_000
CSV_SHARE, MANY, MANY_QUICK = 5, 10_000, 150
PARQUET_TARGET, CSV_TARGET, GIGABYTES, SHARE = 1_000_000, 300_000, 3.0, 1 / 3
RECEIVED = datetime(2026, 1, 1, tzinfo=UTC)
TOML = """
title = "Heads insured by month"
department = "social insurance"
scheme = "uscc"
[clocks]
backfill = "trusted"
[files.insured]
path = "insured.{suffix}"
reader = "{reader}"
[[records]]
kind = "insurance"
rows = "insured"
sql = "insurance.sql"
"""
SQL = """SELECT _row, code AS enterprise, month AS number, day AS occurred, told AS known,
    heads AS insured FROM insured"""
BARE = """COPY (SELECT * FROM (
    SELECT trim(code) AS code, trim(month) AS month, TRY_CAST(trim(day) AS DATE) AS day,
        TRY_CAST(trim(told) AS DATE) AS told, TRY_CAST(trim(heads) AS DOUBLE) AS heads
    FROM {read}) WHERE length(code) = 18 AND month IS NOT NULL AND day IS NOT NULL
        AND told >= day AND heads >= 0) TO '{out}' (FORMAT parquet)"""
COLUMNS = ["code", "month", "day", "told", "heads"]


def pieces(rows: int) -> "list[tuple[int, int]]":
    """Return where each piece of a made-up delivery begins and ends."""
    return [(start, min(start + PIECE, rows)) for start in range(0, rows, PIECE)]


def made(start: int, stop: int) -> pa.Table:
    """Return rows of a made-up delivery: every enterprise month after month, one in 500 broken."""
    numbers = np.arange(start, stop)
    month, who = np.divmod(numbers, ENTERPRISES)
    distinct, places = np.unique(who, return_inverse=True)
    codes = credit_codes(distinct, np.ones(len(distinct), bool)).take(pa.array(places))
    days = np.datetime64("2024-01-15") + month * 30
    heads = numbers * 7919 % 500
    texts = pa.array(heads).cast(pa.string()).to_pandas()
    texts[numbers % 500 == 0] = "-1"
    columns = [
        codes,
        pa.array(np.datetime_as_string(days.astype("datetime64[M]"))),
        pa.array(np.datetime_as_string(days)),
        pa.array(np.datetime_as_string(days + 3)),
        pa.array(texts, pa.string()),
    ]
    return pa.Table.from_arrays(columns, COLUMNS)


def department(folder: Path, reader: str, suffix: str) -> Path:
    """Write the mapping of a department that delivers in one format."""
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text(TOML.format(reader=reader, suffix=suffix))
    (folder / "insurance.sql").write_text(SQL)
    return folder


def write(folder: Path, rows: int, suffix: str) -> Path:
    """Write a delivery."""
    folder.mkdir(parents=True)
    path, schema = folder / f"insured.{suffix}", made(0, 1).schema
    opened = pq.ParquetWriter if suffix == "parquet" else pacsv.CSVWriter
    with opened(path, schema) as writer:
        for start, stop in pieces(rows):
            writer.write_table(made(start, stop))
    return path


def taken_in(source: Path, delivery: Path, archive: Path) -> dict[str, float]:
    """Take a delivery in, and return rows, seconds, peak memory and what came of it."""
    start = time.perf_counter()
    receipt = Archive(archive).ingest(read_source(source), delivery, RECEIVED)
    seconds = time.perf_counter() - start
    [file] = receipt.delivery.files
    records = Archive(archive).records("insurance")
    return {
        "rows": file.rows,
        "accepted": file.accepted,
        "insured": float(np.sum(records["insured"].to_numpy())),
        "seconds": seconds,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def bare(path: Path, out: Path) -> dict[str, float]:
    """Run the bare statement over a delivery on two threads."""
    read = f"read_{path.suffix[1:]}('{path}'" + (
        ", all_varchar=true)" if path.suffix == ".csv" else ")"
    )
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("SET enable_progress_bar = false")
    start = time.perf_counter()
    connection.execute(BARE.format(read=read, out=out))
    seconds = time.perf_counter() - start
    kept, insured = (
        connection.read_parquet(str(out)).aggregate("count(*), sum(heads)").fetchall()[0]
    )
    return {"accepted": kept, "insured": insured, "seconds": seconds}


def apart(work: Callable[..., dict[str, float]], *given: Path) -> dict[str, float]:
    """Run in a process of its own, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def small_deliveries(folder: Path, many: int) -> list[float]:
    """Take in many deliveries of ten rows each, and return the seconds of each."""
    source = read_source(department(folder / "source", "csv", "csv"))
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rows, in under 50 s")
    quick = parser.parse_args().quick
    rows, many = (QUICK, MANY_QUICK) if quick else (FULL, MANY)
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    missed, agree = [], True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for suffix, count, target in (
            ("parquet", rows, PARQUET_TARGET),
            ("csv", rows // CSV_SHARE, CSV_TARGET),
        ):
            path = write(folder / suffix, count, suffix)
            source = department(folder / f"{suffix}-source", suffix, suffix)
            ours = apart(taken_in, source, path.parent, folder / f"{suffix}-archive")
            peer = apart(bare, path, folder / f"{suffix}-bare.parquet")
            agree &= (ours["accepted"], ours["insured"]) == (peer["accepted"], peer["insured"])
            speed = ours["rows"] / ours["seconds"]
            figures |= {
                f"{suffix}_rows": ours["rows"],
                f"{suffix}_rows_per_s": round(speed),
                f"{suffix}_bare_rows_per_s": round(ours["rows"] / peer["seconds"]),
                f"{suffix}_peak_gb": round(ours["peak_gb"], 2),
            }
            ratios[f"duckdb_{suffix}"] = round(peer["seconds"] / ours["seconds"], 3)
            if speed < target:
                missed.append(f"{suffix}: {target:,} rows/s: {speed:,.0f}")
            if ratios[f"duckdb_{suffix}"] < SHARE:
                missed.append(f"{suffix}: a third of DuckDB: {ratios[f'duckdb_{suffix}']}")
            if ours["peak_gb"] > GIGABYTES:
                missed.append(f"{suffix}: {GIGABYTES} GB: {ours['peak_gb']:.2f}")
            print(figures)
        seconds = small_deliveries(folder / "small", many)
        early, late = statistics.median(seconds[5:25]), statistics.median(seconds[-20:])
        figures |= {"early_delivery_s": round(early, 3), f"delivery_{many}_s": round(late, 3)}
        figures["mean_late_delivery_s"] = round(statistics.mean(seconds[-100:]), 3)
        if late > 1.1 * early:
            missed.append(f"delivery {many} costs no more than the tenth: {late / early:.2f} times")
    result = {"benchmark": "archive", "ratios": ratios, "figures": figures, "agree": agree}
    print(json.dumps(result | {"missed": missed}))


if __name__ == "__main__":
    main()
