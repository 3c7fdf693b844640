"""Taking in the same delivery by pandera on pandas, as who knows both well would write it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from .insured import COLUMNS
from .measuring import Peak, lasting

__all__ = ["RECEIVED", "taken_in"]

RECEIVED = pd.Timestamp("2026-01-01")
LENGTH, KEY = 18, ["code", "month"]
ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", np.uint8)
VALUES = np.full(256, 1e6, np.float32)  # what is no character of a code spoils the sum
VALUES[ALPHABET] = np.arange(len(ALPHABET))
WEIGHTS = np.array([pow(3, place, 31) for place in range(17)] + [1], np.float32)


def right(codes: pd.Series) -> pd.Series:
    """Tell which are unified social credit codes with the right check character."""
    of_length = codes.str.len() == LENGTH
    texts = "".join(codes[of_length]).encode()
    characters = np.frombuffer(texts, np.uint8).reshape(-1, LENGTH)
    found = of_length.copy()
    found[of_length] = np.fmod(VALUES[characters] @ WEIGHTS, 31) == 0
    return found


SCHEMA = pandera.DataFrameSchema(
    {
        "code": pandera.Column(str, pandera.Check(right)),
        "month": pandera.Column(str),
        "day": pandera.Column(
            "datetime64[us]",
            pandera.Check.in_range(pd.Timestamp("1900-01-01"), pd.Timestamp("2200-12-31")),
        ),
        "told": pandera.Column("datetime64[us]", pandera.Check.le(RECEIVED)),
        "heads": pandera.Column(float, pandera.Check.in_range(0, np.finfo(float).max)),
    },
    checks=pandera.Check(lambda frame: frame["told"] >= frame["day"], name="told when it was"),
    unique=KEY,
    strict=True,
    drop_invalid_rows=True,
)


def taken_in(path: Path, out: Path) -> dict[str, float]:
    """Read, type, check, drop what fails, number the enterprises and write the rest to Parquet."""
    with Peak() as peak, lasting() as seconds:
        frame = read(path).apply(lambda column: column.str.strip())
        for name in ("day", "told"):
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d", errors="coerce")
            frame[name] = frame[name].astype("datetime64[us]")
        frame["heads"] = pd.to_numeric(frame["heads"], errors="coerce").astype(float)
        frame = SCHEMA.validate(frame.drop_duplicates(), lazy=True)
        frame["entity"] = pd.factorize(frame["code"])[0]
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), out)
    return {"accepted": len(frame), "seconds": seconds(), "peak_gb": peak.own_gb}


def read(path: Path) -> pd.DataFrame:
    """Read a delivery as text."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pandas()
    texts = pacsv.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pa.string()))
    return pacsv.read_csv(path, convert_options=texts).to_pandas()
