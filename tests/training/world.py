"""A made-up city of food businesses in an archive, with a hidden quality and an odd inspector."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from xinheng.archive import Archive, read_source
from xinheng.training import Cohort, Draws

RECEIVED = datetime(2026, 6, 1, tzinfo=UTC)
START = date(2020, 1, 1)
FEW = Draws(draws=100)

TOML = """
title = "Inspections of a made-up district"
department = "district bureau"
scheme = "made-up"

[clocks]
backfill = "trusted"

[files.inspections]
path = "inspections.csv"
reader = "csv"

[[records]]
kind = "enterprise"
rows = "inspections"
sql = "enterprise.sql"

[[records]]
kind = "inspection"
rows = "inspections"
sql = "inspection.sql"

[[records]]
kind = "lifecycle"
rows = "inspections"
sql = "lifecycle.sql"
"""
ENTERPRISE = """
SELECT _row, shop AS enterprise, number, CAST(day AS DATE) - 400 AS occurred,
    CAST(day AS DATE) - 400 AS known, 'operator' AS population, 'active' AS status,
    DATE '2018-01-01' AS established_on, trade AS category, brand, shop AS site
FROM inspections WHERE purpose <> 'change'
"""
PLACED = """
SELECT _row, shop AS enterprise, number, CAST(day AS DATE) - CAST(told AS INT) AS occurred,
    CAST(day AS DATE) - CAST(told AS INT) AS known, 'operator' AS population, 'active' AS status,
    DATE '2018-01-01' AS established_on, trade AS category, brand, shop AS site, longitude, latitude
FROM inspections WHERE purpose = 'routine'
"""
INSPECTION = """
SELECT _row, shop AS enterprise, number, day AS occurred, known, purpose, plan, inspector,
    'daily' AS selection, CASE WHEN critical > '0' THEN 'fail' ELSE 'pass' END AS result,
    critical, serious, minor
FROM inspections WHERE purpose <> 'change'
"""
# What happened to an inspection comes as a row of purpose "change" that names it in `plan`.
LIFECYCLE = """
SELECT _row, shop AS enterprise, number, day AS occurred, known, 'inspection' AS of,
    plan AS change
FROM inspections WHERE purpose = 'change'
"""


def city(shops: int = 250, visits: int = 6, seed: int = 3) -> pd.DataFrame:
    """Return one row per inspection: worse shops fail more, and inspector z finds more."""
    rng = np.random.default_rng(seed)
    bad = rng.normal(0, 1.2, shops)
    rows = []
    for shop in range(shops):
        days = np.sort(rng.choice(1400, visits, replace=False))
        for visit, offset in enumerate(days.tolist()):
            inspector = "xyz"[rng.integers(3)]
            risk = 1 / (1 + np.exp(1.5 - bad[shop] - 1.5 * (inspector == "z")))
            day = START + timedelta(days=offset)
            rows.append(
                {
                    "shop": f"S{shop:04d}",
                    "number": f"{shop:04d}-{visit}",
                    "day": day,
                    "known": day,
                    "purpose": "routine",
                    "plan": "plan" if shop % 10 else "",
                    "inspector": inspector,
                    "trade": "ABC"[shop % 3],
                    "brand": f"B{shop // 5}",
                    "critical": int(rng.random() < risk),
                    "serious": int(rng.poisson(0.3)),
                    "minor": int(rng.poisson(1 + risk)),
                }
            )
    return pd.DataFrame(rows).sort_values(["day", "number"])


def quarters(shops: int = 120, visits: int = 8, seed: int = 5) -> pd.DataFrame:
    """Return inspections of shops in two places, each with an inspector of its own.

    Worse shops fail more, and inspector z, of the north, finds more. Every fifth shop comes into
    the register only on the day before it is first inspected, and was visited for a complaint
    long before; every tenth is first inspected in 2023, if it was at all since.
    """
    rng = np.random.default_rng(seed)
    table = city(shops, visits, seed)
    soon = (table["day"] < date(2023, 1, 1)) & table["shop"].duplicated(keep="last")
    table = table[~(soon & table["shop"].str.endswith("0"))]
    number = table["shop"].str[1:].astype(int)
    north = (number % 2 == 1).to_numpy()
    bad = rng.normal(0, 1, shops)[number]
    chance = 1 / (1 + np.exp(2.5 - bad - 2.5 * north))
    first = ~table["shop"].duplicated()
    late = (number % 5 == 0) & first
    table = table.assign(
        critical=(rng.random(len(table)) < chance).astype(int),
        inspector=np.where(north, "z", "x"),
        told=np.where(number % 5 == 0, 1, 400),
        longitude=114.0 + 0.003 * rng.random(shops)[number],
        latitude=22.5 + 0.2 * north + 0.003 * rng.random(shops)[number],
        plan="plan",
    )
    before = table[late].assign(
        number=lambda f: f["number"] + "/complaint",
        day=lambda f: f["day"] - timedelta(days=500),
        known=lambda f: f["day"],
        purpose="complaint",
        critical=0,
    )
    return pd.concat([table, before]).sort_values(["day", "number"])


def archive_of(
    table: pd.DataFrame, folder: Path, *more: pd.DataFrame, enterprise: str = ENTERPRISE
) -> Archive:
    """Build an archive of one department that delivers the tables one after the other."""
    source = folder / "source"
    source.mkdir(parents=True)
    statements = {"enterprise": enterprise, "inspection": INSPECTION, "lifecycle": LIFECYCLE}
    for name, text in statements.items():
        (source / f"{name}.sql").write_text(text, "utf-8")
    (source / "source.toml").write_text(TOML, "utf-8")
    archive = Archive(folder / "archive")
    for number, rows in enumerate((table, *more)):
        delivery = folder / f"delivery{number}"
        delivery.mkdir()
        rows.to_csv(delivery / "inspections.csv", index=False)
        archive.ingest(read_source(source), delivery, RECEIVED)
    return archive


def cohort_of(as_of: list[int], label: list[int], **columns: list[int]) -> Cohort:
    """Build a cohort from a few columns; what is not given follows from `as_of`."""
    days = np.array(as_of, np.int32)
    count = len(as_of)
    given = {name: np.array(values, np.int32) for name, values in columns.items()}
    return Cohort(
        name="made up",
        enterprise=given.get("enterprise", np.arange(count, dtype=np.int32)),
        as_of=days,
        label=np.array(label, np.float64),
        settled=given.get("settled", days),
        available=given.get("available", days),
        withdrawn=given.get("withdrawn", np.full(count, np.iinfo(np.int32).max, np.int32)),
        number=np.array([str(n) for n in range(count)], object),
        selection=np.full(count, "daily", object),
        nuisance={"inspector": np.full(count, "", object)},
    )
