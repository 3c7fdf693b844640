"""How fast each reader turns a file into rows of text, alone, beside the reader of a library.

The peers read the same file into text columns: pyarrow's reader of CSV, also for GB18030, of JSON
lines and of Parquet, and pandas (by calamine) for Excel. They number no lines, set no broken row
aside and digest no bytes. `agree` says that both read the same texts.
"""

import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.json as pajson
import pyarrow.parquet as pq
import xlsxwriter

from xinheng.archive.reading import Reader, read

from .insured import COLUMNS, made
from .measuring import Peak, apart, is_quick, lasting, told

FULL, QUICK, SHEET, ROUNDS = 2_000_000, 500_000, 20, 3
PEOPLE = pa.array(["信衡市福田区禾沐餐饮店", "信衡市宝安区芳瑞食品有限公司", '"双",引号'])
NAMES = [*COLUMNS, "name"]


def rows(count: int) -> pa.Table:
    """Return rows as text: codes, days and figures, and names of which some have to be quoted."""
    who = pa.array(np.arange(count) % len(PEOPLE))
    return made(0, count).append_column("name", PEOPLE.take(who))


def write_csv(table: pa.Table, path: Path) -> None:
    """Write CSV in UTF-8."""
    pacsv.write_csv(table, path)


def write_gb18030(table: pa.Table, path: Path) -> None:
    """Write CSV in GB18030."""
    write_csv(table, path)
    path.write_bytes(path.read_bytes().decode("utf-8").encode("gb18030"))


def write_json_lines(table: pa.Table, path: Path) -> None:
    """Write JSON lines."""
    table.to_pandas().to_json(path, orient="records", lines=True, force_ascii=False)


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write Parquet."""
    pq.write_table(table, path)


def write_excel(table: pa.Table, path: Path) -> None:
    """Write a workbook of one sheet."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        columns = table.to_pydict().values()
        for row, texts in enumerate([NAMES, *zip(*columns, strict=True)]):
            sheet.write_row(row, 0, texts)


def csv_by_pyarrow(path: Path, encoding: str = "utf8") -> pa.Table:
    """Read CSV as text."""
    return pacsv.read_csv(
        path,
        read_options=pacsv.ReadOptions(encoding=encoding),
        convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(NAMES, pa.string())),
    )


def gb18030_by_pyarrow(path: Path) -> pa.Table:
    """Read CSV in GB18030 as text."""
    return csv_by_pyarrow(path, "gb18030")


def json_by_pyarrow(path: Path) -> pa.Table:
    """Read JSON lines as text."""
    schema = pa.schema([(name, pa.string()) for name in NAMES])
    return pajson.read_json(path, parse_options=pajson.ParseOptions(explicit_schema=schema))


def parquet_by_pyarrow(path: Path) -> pa.Table:
    """Read Parquet, which holds text already."""
    return pq.read_table(path)


def excel_by_pandas(path: Path) -> pa.Table:
    """Read a sheet as text."""
    frame = pd.read_excel(path, engine="calamine", dtype=str, keep_default_na=False)
    return pa.Table.from_pandas(frame, preserve_index=False)


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how it is read here, how a file of it is written, and who reads it beside us."""

    reader: Reader
    write: Callable[[pa.Table, Path], None]
    peer: Callable[[Path], pa.Table]
    suffix: str
    share: int = 1


FORMATS = {
    "csv": Format(Reader("csv"), write_csv, csv_by_pyarrow, "csv"),
    "csv_gb18030": Format(
        Reader("csv", encoding="gb18030"), write_gb18030, gb18030_by_pyarrow, "csv"
    ),
    "json_lines": Format(Reader("json-lines"), write_json_lines, json_by_pyarrow, "jsonl"),
    "parquet": Format(Reader("parquet"), write_parquet, parquet_by_pyarrow, "parquet"),
    "excel": Format(Reader("excel"), write_excel, excel_by_pandas, "xlsx", SHEET),
}


def ours(name: str, path: Path, drafts: Path) -> tuple[float, float, int]:
    """Read a file; return the seconds of the median round, the peak, and a hash of the texts."""
    seconds = []
    with Peak() as peak:
        for number in range(ROUNDS):
            workspace = drafts / str(number)
            workspace.mkdir(parents=True)
            with lasting() as took:
                reading = read(path, FORMATS[name].reader, workspace)
            seconds.append(took())
    return statistics.median(seconds), peak.own_gb, digest(reading.data)


def theirs(name: str, path: Path) -> tuple[float, float, int]:
    """Read a file by the peer; return the same."""
    seconds = []
    with Peak() as peak:
        for _ in range(ROUNDS):
            with lasting() as took:
                table = FORMATS[name].peer(path)
            seconds.append(took())
    return statistics.median(seconds), peak.own_gb, digest(table)


def digest(table: pa.Table) -> int:
    """Return a number that stands for all texts, row by row."""
    total = 0
    for batch in table.select(NAMES).to_batches(max_chunksize=1_000_000):
        frame = pd.DataFrame({name: batch[name].to_pandas() for name in NAMES})
        total += int(pd.util.hash_pandas_object(frame, index=False).to_numpy().sum())
    return total % 2**64


def main() -> None:
    """Measure, print what was found, and one JSON object last."""
    count = QUICK if is_quick(__doc__) else FULL
    figures: dict[str, float] = {}
    ratios, agree = {}, True
    for name, form in FORMATS.items():
        few = count // form.share
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"rows.{form.suffix}"
            form.write(rows(few), path)
            seconds, peak, found = apart(ours, name, path, Path(folder) / "drafts")
            peer_seconds, peer_peak, expected = apart(theirs, name, path)
        agree &= found == expected
        ratios[f"{form.peer.__name__}"] = round(peer_seconds / seconds, 2)
        figures |= {
            f"{name}_rows": few,
            f"{name}_rows_per_s": round(few / seconds),
            f"{name}_peer_rows_per_s": round(few / peer_seconds),
            f"{name}_peak_gb": round(peak, 2),
            f"{name}_peer_peak_gb": round(peer_peak, 2),
        }
        print(name, found == expected, ratios)
    told("readers", ratios, figures, [], agree=agree)


if __name__ == "__main__":
    main()
