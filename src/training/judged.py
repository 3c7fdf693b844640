"""Judged rows: what the models of a run said of its test rows and what came, kept in a file.

A run takes minutes, questions come for weeks. Whoever has this file takes any measure, of any
group, without training anything again.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..archive.disk import replacing
from ..core.errors import InvalidError, NotFoundError
from .cohorts import Array, Cohort, Texts
from .experiment import Experiment
from .inputs import Inputs
from .measuring import Scores

__all__ = ["Judged", "read_judged"]

CLOCKS = ("as_of", "settled", "available", "withdrawn")
TEXTS = ("number", "selection")
BY, FROZEN = "probability:", "frozen:"
NAME = b"xinheng.cohort"


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The test rows of a run.

    Attributes
    ----------
    cohort
        These rows alone, without who inspected.
    population
        Of each row.
    scores
        What each model said; its `rows` are all rows of `cohort`.
    """

    cohort: Cohort
    population: Texts
    scores: Scores

    @classmethod
    def of(cls, inputs: Inputs, experiment: Experiment) -> Self:
        """Take the test rows of an experiment."""
        scores = experiment.scores
        cohort = inputs.cohort.take(scores.rows)
        every = np.arange(len(cohort))
        return cls(
            cohort, inputs.population[scores.rows], Scores(every, scores.probability, scores.frozen)
        )

    def write(self, path: Path) -> None:
        """Write one row for each test row to a Parquet file, whole or not at all."""
        cohort = self.cohort
        names = ("enterprise", "label", *CLOCKS, *TEXTS)
        columns = {name: getattr(cohort, name) for name in names}
        columns["population"] = self.population
        columns |= {f"{BY}{name}": each for name, each in self.scores.probability.items()}
        columns |= {f"{FROZEN}{name}": each for name, each in self.scores.frozen.items()}
        table = pa.table(columns).replace_schema_metadata({NAME: cohort.name.encode()})
        with replacing(path) as draft:
            pq.write_table(table, draft)


def read_judged(path: Path) -> Judged:
    """Read what `Judged.write` wrote.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InvalidError
        If it is another kind of file.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}; a training run writes it: `Judged.write`")
    table = pq.read_table(path)
    name = (table.schema.metadata or {}).get(NAME)
    if name is None:
        raise InvalidError(f"{path} holds no judged rows; name a file written by `Judged.write`")
    frame: pd.DataFrame = table.to_pandas()
    columns: dict[str, Any] = {
        **{each: frame[each].to_numpy() for each in ("enterprise", "label", *CLOCKS)},
        **{each: frame[each].to_numpy(object) for each in TEXTS},
    }
    cohort = Cohort(name=name.decode(), nuisance={}, **columns)
    scores = Scores(np.arange(len(frame)), _named(frame, BY), _named(frame, FROZEN))
    return Judged(cohort, frame["population"].to_numpy(object), scores)


def _named(frame: pd.DataFrame, prefix: str) -> dict[str, Array]:
    found = [name for name in frame.columns if name.startswith(prefix)]
    return {name.removeprefix(prefix): frame[name].to_numpy(np.float64) for name in found}
