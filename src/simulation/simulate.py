"""A whole simulated city, written as its departments deliver it, and the truth apart."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..core.errors import InvalidError
from .city import City
from .departments import department_files
from .desk import Desk
from .files import write
from .life import live, months_of
from .records import Records
from .spoil import spoil
from .truth import expected_auc

__all__ = ["FIRST_YEAR", "Simulation", "simulate"]

FIRST_YEAR, FEWEST = 2022, 20
DELIVERIES, TRUTH, BROKEN = "deliveries", "truth.parquet", "broken.parquet"


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was written, and how hard the city is.

    Attributes
    ----------
    folder
        Where it lies: `deliveries/NAME/` for each source mapping of `data/sources`,
        `truth.parquet` and `broken.parquet`.
    sources
        Names of the departments' source mappings.
    rows
        Rows by file, named `source/file`.
    broken
        How many of them are broken.
    routine
        Routine inspections with a result.
    base_rate
        Share of them with a critical violation.
    bayes_auc
        Area under the ROC curve that a model could reach which knew all but who inspects.
    """

    folder: Path
    sources: tuple[str, ...]
    rows: dict[str, int]
    broken: int
    routine: int
    base_rate: float
    bayes_auc: float


def simulate(folder: Path, seed: int, *, enterprises: int = 2_000, years: int = 4) -> Simulation:
    """Simulate a city of food enterprises and write what its departments deliver.

    Parameters
    ----------
    folder
        Where to write; it must be empty or not exist, so that no two cities mix.
    seed
        The same seed gives the same bytes.
    enterprises
        How many live there at some time.
    years
        How many years from `FIRST_YEAR` on.

    Raises
    ------
    InvalidError
        If the folder is not empty, or there are too few enterprises or years to simulate.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidError(f"{folder} is not empty; name a new folder, or delete this one first")
    if enterprises < FEWEST or years < 1 or seed < 0:
        raise InvalidError(
            f"cannot simulate {enterprises} enterprises over {years} years with seed {seed}; at "
            f"least {FEWEST} enterprises, one year and a seed of 0 are needed"
        )
    months = months_of(FIRST_YEAR, years)
    city, records = live(seed, enterprises, months)
    end = months[-1].after
    rng = np.random.default_rng([seed, len("deliveries")])
    rows, broken = {}, []
    for delivered in department_files(Desk(rng, city, records, end)):
        spoiled, faults = spoil(rng, delivered)
        write(spoiled, folder / DELIVERIES / spoiled.source)
        rows[f"{spoiled.source}/{spoiled.name}"] = len(spoiled.table)
        broken += faults
    columns = {
        name: [getattr(each, name) for each in broken]
        for name in ("source", "file", "row", "fault")
    }
    pq.write_table(pa.table(columns), folder / BROKEN)
    truth = _truth(city, records, end)
    pq.write_table(pa.Table.from_pandas(truth, preserve_index=False), folder / TRUTH)
    routine = truth[truth["purpose"] == "routine"]
    return Simulation(
        folder=folder,
        sources=tuple(dict.fromkeys(name.split("/")[0] for name in rows)),
        rows=rows,
        broken=len(broken),
        routine=len(routine),
        base_rate=float(routine["violation"].mean()),
        bayes_auc=expected_auc(routine["probability"], routine["found"]),
    )


def _truth(city: City, records: Records, end: int) -> pd.DataFrame:
    """Return the true chances of every inspection with a result, and what came of it.

    `probability` is that of a critical violation before it is known who inspects, `found` that
    with who inspects.
    """
    seen = records.frame("inspection")
    seen = seen[seen["critical"].notna() & (seen["known"] < end)]
    return pd.DataFrame(
        {
            "number": seen["number"],
            "enterprise": city.enterprises["code"].to_numpy()[seen["enterprise"].to_numpy()],
            "occurred": seen["occurred"].to_numpy("datetime64[D]"),
            "purpose": seen["purpose"],
            "probability": seen["probability"],
            "found": seen["found"],
            "violation": seen["critical"] > 0,
        }
    )
