"""What a training run reads: the cohort, its matrix, and the scores of other models."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..archive import Archive, read
from ..core import time
from ..core.errors import InvalidError, NotFoundError
from ..features import Catalogue, Events, build_references, compute
from .cohort import Cohort, inspections
from .folds import Fold, fold, latest, rolling
from .learner import Array
from .task import ReferenceFile, Task

__all__ = ["Inputs", "read_inputs", "read_reference"]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Everything that is learned from.

    Attributes
    ----------
    cohort
        The rows.
    catalogue
        The indicators, all of use for grades.
    matrix
        Their values as of each row's own day.
    frozen
        Their values as of the first day of the test window, for the test rows.
    test, rolling
        The folds.
    sequence
        The delivery up to which the archive was read.
    """

    cohort: Cohort
    catalogue: Catalogue
    matrix: pd.DataFrame
    frozen: pd.DataFrame
    test: Fold
    rolling: tuple[Fold, ...]
    sequence: int

    @property
    def directions(self) -> Mapping[str, int]:
        """Monotone direction by column."""
        pairs = zip(self.catalogue.ids, self.catalogue.monotone_constraints(), strict=True)
        return dict(pairs)


def read_inputs(archive: Archive, task: Task, catalogue: Catalogue, *, threads: int = 1) -> Inputs:
    """Read the cohort of a task and compute its matrix.

    Raises
    ------
    InvalidError
        If the cohort is empty, or a window lacks rows of both outcomes.
    """
    sequence = archive.sequence
    cohort = inspections(archive, task.cohort, task.label, upto=sequence)
    windows = (task.windows.train, task.windows.test) if task.windows else latest(cohort)
    test = fold(cohort, *windows)
    further = task.rolling
    view = archive.events(upto=sequence)
    events = Events.from_table(view.table, view.vocabulary)
    references = build_references(catalogue, events)
    matrix, frozen = (
        compute(catalogue, events, rows, references=references, threads=threads)
        for rows in (cohort.rows(), cohort.take(test.test).rows(until=test.cut))
    )
    return Inputs(
        cohort=cohort,
        catalogue=catalogue,
        matrix=matrix,
        frozen=frozen,
        test=test,
        rolling=rolling(cohort, further.starts, further.last) if further else (),
        sequence=sequence,
    )


def read_reference(
    declared: ReferenceFile, delivery: Path, inputs: Inputs
) -> tuple[Mapping[str, Array], Mapping[str, Array]]:
    """Read the scores of other models, in the order of our rows.

    Parameters
    ----------
    declared
        What the task says of the file.
    delivery
        The folder it lies in.
    inputs
        Our rows.

    Returns
    -------
    test, rolling
        Probabilities by model, for the test rows and for the rolling rows one window after the
        other.

    Raises
    ------
    NotFoundError
        If the file or a column is missing.
    InvalidError
        If it lacks one of our rows.
    """
    path = delivery / declared.file
    table = read(path, "csv" if path.suffix == ".csv" else "parquet").table.to_pandas()
    for column in (declared.key, declared.window, *declared.scores):
        if column not in table.columns:
            raise NotFoundError.among(f"column of {path}", column, table.columns)
    tested = table[declared.window] == declared.test
    rows = np.concatenate([np.empty(0, np.intp), *(part.test for part in inputs.rolling)])
    return (
        _scores(table[tested], declared, path, inputs.cohort.take(inputs.test.test)),
        _scores(table[~tested], declared, path, inputs.cohort.take(rows)),
    )


def _scores(
    table: pd.DataFrame, declared: ReferenceFile, path: Path, cohort: Cohort
) -> dict[str, Array]:
    table = table.drop_duplicates(declared.key).set_index(declared.key)
    absent = ~pd.Index(cohort.number).isin(table.index)
    if absent.any():
        first = int(np.argmax(absent))
        raise InvalidError(
            f"{path} has no score for {int(absent.sum())} of {len(cohort)} rows, such as record "
            f"{cohort.number[first]} of {time.show(int(cohort.as_of[first]))}; the task's windows "
            "and cohort must be those of the file"
        )
    found = table.loc[list(cohort.number), list(declared.scores)]
    return {name: found[name].to_numpy().astype(np.float64) for name in declared.scores}
