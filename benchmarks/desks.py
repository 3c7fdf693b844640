"""Departments that fill an archive with records of many kinds, delivery by delivery.

Every enterprise is told of by the same few desks, so that a store of any size is made in the same
way, and by intake alone: records that are corrected, that are withdrawn, and that a second
department tells of are among them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinheng.archive import Archive, read_source
from xinheng.simulation.identifiers import credit_codes

__all__ = ["DESKS", "codes", "filled"]

RECEIVED = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DAY, DAYS_BETWEEN, DAYS_UNTIL_TOLD = np.datetime64("2022-01-10"), 30, 5
STEP = 7919  # spreads the enterprises of which a delivery tells over all of them
TOML = """
title = "{name}"
department = "{name}"
scheme = "uscc"
[clocks]
backfill = "trusted"
[files.told]
path = "told.parquet"
reader = "parquet"
[[records]]
kind = "{kind}"
rows = "told"
sql = "records.sql"
relay = {relay}
"""
SQL = """SELECT _row, code AS enterprise, number, day AS occurred, told AS known,
    {columns} FROM told"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A department that delivers records of one kind.

    Attributes
    ----------
    name, kind, columns
        Its name, the kind of its records, and the SQL of the kind's own columns.
    every
        A delivery tells of one enterprise in so many.
    deliveries
        How many it makes.
    about
        The desk whose records it tells of, if they are not its own.
    of
        The delivery of that desk with which it begins.
    more
        What is added to every amount, for a correction.
    late
        Days after which it tells of them.
    """

    name: str
    kind: str
    columns: str
    every: int
    deliveries: int
    about: str = ""
    of: int = 0
    more: int = 0
    late: int = DAYS_UNTIL_TOLD

    def rows(self, enterprises: int, delivery: int) -> pa.Table:
        """Return a delivery as text."""
        round_ = self.of + delivery
        who = np.arange(round_ * STEP % self.every, enterprises, self.every)
        day = FIRST_DAY + round_ * DAYS_BETWEEN
        number = pc.cast(pa.array(who), pa.string())
        amount = (who * STEP + round_) % 1000 + self.more
        columns = {
            "code": codes(who),
            "number": pc.binary_join_element_wise(
                f"{self.about or self.name}-{round_}", number, "-"
            ),
            "day": pa.repeat(str(day), len(who)),
            "told": pa.repeat(str(day + self.late), len(who)),
            "amount": pc.cast(pa.array(amount), pa.string()),
        }
        return pa.table(columns)

    def source(self, folder: Path) -> Path:
        """Write its mapping."""
        folder.mkdir(parents=True)
        relay = "true" if self.about and self.kind != "lifecycle" and not self.more else "false"
        (folder / "source.toml").write_text(
            TOML.format(name=self.name, kind=self.kind, relay=relay), encoding="utf-8"
        )
        sql = SQL.format(columns=self.columns)
        (folder / "records.sql").write_text(sql, encoding="utf-8")
        return folder


ENTERPRISE = """'active' AS status, 'entity' AS population, 'limited' AS type,
    '深圳市' || number || '商行' AS name, '广东省深圳市' || number || '号' AS address"""
REPORT = "'2021' AS year, day AS due, amount AS employees, amount AS revenue, amount AS assets"
VISIT = "'routine' AS purpose, 'daily' AS selection, 'pass' AS result, amount AS score"
PENALTY = """'market' AS organ, 'true' AS food, 'label' AS violation, 'fine' AS penalty_kind,
    amount AS fine, '食品安全法 art. 125' AS basis, told AS published"""
SUIT = "'defendant' AS role, 'contract' AS cause, amount"
CALL = """'complaint' AS type, 'true' AS food, 'label' AS topic, 'hotline' AS channel,
    'true' AS verified"""
DESKS = (
    Desk("registry", "enterprise", ENTERPRISE, 1, 1),
    Desk("insurance", "insurance", "amount AS insured", 1, 6),
    Desk("tax", "tax_return", "'vat' AS tax, day AS due, told AS filed", 1, 4),
    Desk("reports", "annual_report", REPORT, 1, 1),
    Desk("market", "inspection", VISIT, 4, 6),
    Desk("hotline", "complaint", CALL, 12, 12),
    Desk("court", "litigation", SUIT, 10, 6),
    Desk("cases", "penalty", PENALTY, 20, 12),
    Desk("mended", "inspection", VISIT, 4, 2, about="market", of=1, more=1, late=60),
    Desk("centre", "penalty", PENALTY, 20, 3, about="cases", of=2, late=20),
    Desk("appeals", "lifecycle", "'penalty' AS of, 'withdrawn' AS change", 20, 2, about="cases"),
)


def filled(folder: Path, enterprises: int) -> int:
    """Fill an archive with everything that the desks deliver; return how many records landed.

    Journals are folded in the end, so that all of it lies in Parquet files.
    """
    archive, landed = Archive(folder / "archive"), 0
    for desk in DESKS:
        source = read_source(desk.source(folder / "sources" / desk.name))
        for number in range(desk.deliveries):
            delivery = folder / "deliveries" / f"{desk.name}{number}"
            delivery.mkdir(parents=True)
            path = delivery / "told.parquet"
            pq.write_table(desk.rows(enterprises, number), path)
            [file] = archive.ingest(source, delivery, RECEIVED).delivery.files
            path.unlink()
            landed += file.accepted
            print(f"{desk.name} {number}: {file.rows:,} rows, {file.accepted:,} landed", flush=True)
    archive.fold(RECEIVED)
    return landed


def codes(who: npt.NDArray[np.int64]) -> pa.StringArray:
    """Return the credit codes of enterprises."""
    return credit_codes(who, np.ones(len(who), bool))
