"""An archive of alerts by a made-up agency, by a mapping as anybody would write it."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from xinheng.archive import Archive, read_source

__all__ = ["agency", "told"]

TOML = """
title = "Alerts of a made-up agency"
department = "made-up agency"
scheme = "made-up"

[clocks]
backfill = "trusted"

[files.alerts]
path = "alerts.csv"
reader = "csv"

[[records]]
kind = "alert"
rows = "alerts"
sql = "alert.sql"
"""
SQL = """
SELECT _row, number, day AS occurred, coalesce(known, day) AS known, product, item, hazard
FROM alerts
"""
HEADER = ("number", "day", "known", "product", "item", "hazard")


def agency(folder: Path) -> Archive:
    """Return an empty archive, with a mapping beside it."""
    source = folder / "agency"
    source.mkdir(parents=True)
    (source / "source.toml").write_text(TOML, encoding="utf-8")
    (source / "alert.sql").write_text(SQL, encoding="utf-8")
    return Archive(folder / "archive")


def told(folder: Path, rows: Iterable[Sequence[str]]) -> None:
    """Deliver rows of alerts, with the columns of `HEADER`."""
    delivery = folder / f"delivery {len(list(folder.iterdir()))}"
    delivery.mkdir()
    with (delivery / "alerts.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    source = read_source(folder / "agency")
    receipt = Archive(folder / "archive").ingest(source, delivery, datetime(2026, 6, 1, tzinfo=UTC))
    assert receipt.landed
