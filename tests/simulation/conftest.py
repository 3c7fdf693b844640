"""Parts of simulated cities: a fixed one, and hidden ones whose seed nobody has seen before.

A hidden seed is in the name of the test, so that what it found can be run again:
`HIDDEN_SEED=123 make test`.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinheng.simulation.city import City, found_city
from xinheng.simulation.laws import Laws, read_laws
from xinheng.simulation.life import CHANCES, live_part
from xinheng.simulation.months import Month, months_of
from xinheng.simulation.outbreaks import Outbreaks, break_out
from xinheng.simulation.parts import Part
from xinheng.simulation.records import SCHEMAS, spooled
from xinheng.simulation.register import REGISTER

COUNT, PRODUCERS, KNOWN, TRIALS = 8_000, 400, 57, 4
MONTHS = months_of(2020, 6)
KNOWN_SEED = 11


@dataclass(frozen=True)
class Lived:
    """A part of a city and all that happened in it."""

    seed: int
    laws: Laws
    city: City
    outbreaks: Outbreaks
    folder: Path
    months: tuple[Month, ...] = tuple(MONTHS)

    @property
    def end(self) -> int:
        return self.months[-1].after

    def frame(self, kind: str) -> pd.DataFrame:
        empty = SCHEMAS[kind].empty_table()
        return pa.concat_tables([empty, *spooled([self.folder], kind)]).to_pandas()

    def register(self) -> pd.DataFrame:
        return pq.read_table(self.folder / REGISTER).to_pandas()

    def chances(self) -> pd.DataFrame:
        return pq.read_table(self.folder / CHANCES).to_pandas()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Live a known city, a hidden one, and a hidden one under contrary laws."""
    if "lived" in metafunc.fixturenames:
        cases = [("standard", KNOWN_SEED), ("standard", HIDDEN), ("contrary", HIDDEN)]
        names = [f"{laws}-{seed}" for laws, seed in cases]
        metafunc.parametrize("lived", cases, ids=names, indirect=True, scope="session")


HIDDEN = int(os.environ["HIDDEN_SEED"])


@pytest.fixture(scope="session")
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    name, seed = request.param
    part = Part(0, 0, COUNT, PRODUCERS, 0)
    return live(tmp_path_factory.mktemp("lived"), read_laws(name), seed, part, MONTHS, [KNOWN])


def live(
    folder: Path,
    laws: Laws,
    seed: int,
    part: Part,
    months: Sequence[Month],
    truths: Sequence[int],
) -> Lived:
    outbreaks = break_out(np.random.default_rng([seed, 0, 1]), len(months))
    live_part(folder, seed, laws, part, months, outbreaks, truths=truths, trials=TRIALS)
    born = np.random.default_rng([seed, 0, 0])
    city = found_city(born, laws, part, months[0].first, months[-1].after)
    return Lived(seed, laws, city, outbreaks, folder, tuple(months))
