"""A made-up bureau that samples, takes complaints and passes alerts on."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from xinheng.archive import Archive, read_source

__all__ = ["Bureau"]

TOML = """
title = "A made-up bureau"
department = "made-up bureau"
scheme = "made-up"

[clocks]
backfill = "trusted"
"""
FILE = """
[files.{kind}]
path = "{kind}.csv"
reader = "csv"

[[records]]
kind = "{kind}"
rows = "{kind}"
sql = "{kind}.sql"
"""
SELECT = "SELECT _row, number, occurred, known, {columns} FROM {kind}"
COLUMNS = MappingProxyType(
    {
        "enterprise": "enterprise, district",
        "sampling": "enterprise, lot, product, item IS NULL AS passed, item, hazard, maker",
        "complaint": "enterprise, 'report' AS type, food, product",
        "opinion": "product, true AS food, 'negative' AS polarity, 1 AS credibility, cluster",
        "alert": "product, item, hazard",
        "lifecycle": "enterprise, 'sampling' AS \"of\", 'withdrawn' AS change",
    }
)
HEADERS = MappingProxyType(
    {
        "enterprise": "number,occurred,known,enterprise,district",
        "sampling": "number,occurred,known,enterprise,lot,product,item,hazard,maker",
        "complaint": "number,occurred,known,enterprise,food,product",
        "opinion": "number,occurred,known,product,cluster",
        "alert": "number,occurred,known,product,item,hazard",
        "lifecycle": "number,occurred,known,enterprise",
    }
)


class Bureau:
    """An archive, with a mapping beside it, to which rows are delivered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = Archive(folder / "archive")
        source = folder / "bureau"
        source.mkdir()
        toml = TOML + "".join(FILE.format(kind=kind) for kind in COLUMNS)
        (source / "source.toml").write_text(toml, encoding="utf-8")
        for kind, columns in COLUMNS.items():
            sql = SELECT.format(columns=columns, kind=kind)
            (source / f"{kind}.sql").write_text(sql, encoding="utf-8")

    def deliver(self, received: str = "2027-01-01", **rows: Iterable[str]) -> None:
        """Deliver lines of CSV by kind; all other files are empty."""
        delivery = self.folder / f"delivery {len(list(self.folder.iterdir()))}"
        delivery.mkdir()
        for kind, header in HEADERS.items():
            text = "\n".join([header, *rows.get(kind, ())]) + "\n"
            (delivery / f"{kind}.csv").write_text(text, encoding="utf-8")
        at = datetime.fromisoformat(received).replace(tzinfo=UTC)
        receipt = self.archive.ingest(read_source(self.folder / "bureau"), delivery, at)
        counts = {
            each.file: each.quarantined for each in receipt.delivery.files if each.quarantined
        }
        assert receipt.landed, receipt
        assert not counts, counts
