"""What a training run reads: the cohort, its matrix, and the scores of other models."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..archive import Archive, read
from ..core import time
from ..core.errors import InvalidError, NotFoundError
from ..features import Cases, Catalogue, Events, References, build_references, compute
from ..grading import ScoreCard, score
from .cohorts import (
    Array,
    Candidates,
    Cohort,
    CohortRule,
    Fold,
    LabelRule,
    OutcomeRule,
    PanelRule,
    Rows,
    Texts,
    Window,
    fold,
    inspections,
    latest,
    panel,
    present,
    registration,
    rolling,
)
from .learners import SCORE_CARD
from .randomshare import random_share
from .task import ReferenceFile, Task, Thinning
from .taskfiles import load_score_card

__all__ = [
    "Inputs",
    "cut_days",
    "read_cohort",
    "read_inputs",
    "read_reference",
    "read_references",
    "windows_of",
]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Everything that is learned from.

    Attributes
    ----------
    cohort
        The rows.
    population
        Of each row, as it was registered on its day.
    stands_for
        For how many rows of its date and population each row stands: more than one where the
        task's `thinning` left rows out.
    catalogue
        The indicators, all of use for grades.
    matrix
        Their values as of each row's own day.
    frozen
        Their values as of the first day of the test window, for the test rows; None where the
        rows are no visits that a plan could have put in another order.
    scores, frozen_scores
        The same rows by the task's score card alone, in the column `SCORE_CARD`; NaN
        for whom it is not meant.
    events, references
        What they were computed from.
    test, rolling
        The folds.
    sequence
        The delivery up to which the archive was read.
    thinned
        How many rows from before the test window were left out by the task's `thinning`.
    candidates
        Who could have been looked at; None where the task corrects for nothing.
    random_share
        What random checks found at rows of the test window, whatever checks came before; None
        where there are none, or where rows are checks themselves.
    """

    cohort: Cohort
    population: Texts
    stands_for: Array
    catalogue: Catalogue
    matrix: pd.DataFrame
    frozen: pd.DataFrame | None
    scores: pd.DataFrame
    frozen_scores: pd.DataFrame | None
    events: Events
    references: References
    test: Fold
    rolling: tuple[Fold, ...]
    sequence: int
    thinned: int = 0
    candidates: Candidates | None = None
    random_share: Cohort | None = None

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
    events = Events.from_view(archive.events(upto=sequence))
    everyone = read_cohort(archive, task, catalogue, events, threads=threads)
    windows = windows_of(task, everyone)
    known = registration(
        catalogue, events, everyone.enterprise, everyone.as_of, threads=threads
    ).population
    kept = np.arange(len(everyone))
    if task.thinning is not None:
        kept = _thinned(everyone, known, windows[1], task.thinning)
    cohort, population = everyone.take(kept), known[kept]
    test = fold(cohort, *windows)
    further = task.rolling
    references = read_references(archive, catalogue, events)

    def values(rows: pd.DataFrame) -> pd.DataFrame:
        return compute(catalogue, events, rows, references=references, threads=threads)

    held = cohort.take(test.test).rows(until=test.cut) if task.planning else None
    folds = rolling(cohort, further.starts, further.last) if further else ()
    matrix = values(cohort.rows())
    candidates = None
    if task.correction is not None and isinstance(task.label, OutcomeRule):
        candidates = Candidates.of_panel(cohort, matrix)
    elif task.correction is not None:
        presence = present(
            cohort,
            population,
            events,
            catalogue,
            among=_alike(archive, cohort),
            last=max(each.cut for each in (test, *folds)),
            most=task.correction.candidates_per_date,
            threads=threads,
        )
        candidates = Candidates.of_visits(presence, values(presence.rows()))
    card = load_score_card(task)
    return Inputs(
        cohort=cohort,
        population=population,
        stands_for=_stood_for(everyone, known, kept),
        catalogue=catalogue,
        matrix=matrix,
        frozen=None if held is None else values(held),
        scores=_scores_by_card(card, events, cohort.rows()),
        frozen_scores=None if held is None else _scores_by_card(card, events, held),
        events=events,
        references=references,
        test=test,
        rolling=folds,
        sequence=sequence,
        thinned=len(everyone) - len(cohort),
        candidates=candidates,
        random_share=_random_share(archive, task, catalogue, events, windows[1], threads),
    )


def cut_days(task: Task, cohort: Cohort) -> tuple[int, ...]:
    """Return the first day of every test window of a task, rising.

    Raises
    ------
    InvalidError
        If the task names no windows and the cohort lies on too few days.
    """
    starts = [windows_of(task, cohort)[1].first, *(task.rolling.starts if task.rolling else ())]
    return tuple(sorted({time.day(start) for start in starts}))


def windows_of(task: Task, cohort: Cohort) -> tuple[Window, Window]:
    """Return the training window and the test window of a task.

    Raises
    ------
    InvalidError
        If the task names no windows and the cohort lies on too few days.
    """
    if task.windows:
        return task.windows.train, task.windows.test
    return latest(cohort) if task.planning else latest(cohort, share=0)


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
    table = read(path, "csv" if path.suffix == ".csv" else "parquet").data.to_pandas()
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


def _scores_by_card(card: ScoreCard, events: Events, rows: pd.DataFrame) -> pd.DataFrame:
    found = score(card, events, rows)
    return pd.DataFrame({SCORE_CARD: found["score"].where(found["applies"])})


def read_references(archive: Archive, catalogue: Catalogue, events: Events) -> References:
    """Build what indicators of a catalogue rest on beside an enterprise's own events."""
    return build_references(
        catalogue,
        events,
        cases=Cases.from_table(archive.cases()),
        bans=Events.from_view(archive.bans(upto=archive.sequence)),
    )


def read_cohort(
    archive: Archive, task: Task, catalogue: Catalogue, events: Events, *, threads: int = 1
) -> Cohort:
    """Read the rows of a task, thinned by nothing.

    Raises
    ------
    InvalidError
        If no row is left.
    """
    match task.cohort, task.label:
        case PanelRule() as rule, OutcomeRule() as label:
            among = _among(archive, rule)
            return panel(events, rule, label, catalogue, among=among, threads=threads)
        case CohortRule() as rule, LabelRule() as label:
            return inspections(archive, rule, label, upto=archive.sequence)
    raise AssertionError(task.cohort.kind)  # a task's cohort and label are of one kind


def _random_share(
    archive: Archive,
    task: Task,
    catalogue: Catalogue,
    events: Events,
    window: Window,
    threads: int,
) -> Cohort | None:
    rule, label = task.cohort, task.label
    if not (isinstance(rule, PanelRule) and isinstance(label, OutcomeRule) and label.checks):
        return None
    given = events, rule, label, catalogue, window, task.random
    return random_share(*given, among=_among(archive, rule), threads=threads)


def _among(archive: Archive, rule: PanelRule) -> set[int] | None:
    return _registered(archive, rule.sources) if rule.sources else None


def _registered(archive: Archive, sources: tuple[str, ...]) -> set[int]:
    """Return the enterprises of which a source delivered a registration."""
    sent = [each.sequence for each in archive.deliveries() if each.source in sources]
    table = archive.records("enterprise").select(["entity", "sequence"]).to_pandas()
    found = table.loc[table["sequence"].isin(sent), "entity"].dropna()
    return set(found.astype(int))


def _alike(archive: Archive, cohort: Cohort) -> npt.NDArray[np.int32]:
    """Return the enterprises registered by whoever registered those of a cohort."""
    table = archive.records("enterprise").select(["entity", "sequence"]).to_pandas().dropna()
    senders = {each.sequence: each.source for each in archive.deliveries()}
    source = table["sequence"].map(senders)
    own = set(source[table["entity"].isin(cohort.enterprise)])
    return np.unique(table.loc[source.isin(own), "entity"]).astype(np.int32)


def _thinned(cohort: Cohort, population: Texts, test: Window, wanted: Thinning) -> Rows:
    """Keep so many enterprises of each population on each date before the test, and all after."""
    rng = np.random.default_rng(wanted.seed)
    kept = cohort.as_of >= time.day(test.first)
    names = sorted(set(population.tolist()))
    for day, name in product(np.unique(cohort.as_of[~kept]), names):
        rows = np.flatnonzero((cohort.as_of == day) & (population == name))
        who = np.unique(cohort.enterprise[rows])
        drawn = rng.permutation(who)[: wanted.rows_per_date]
        kept[rows] = np.isin(cohort.enterprise[rows], drawn)
    return np.flatnonzero(kept)


def _stood_for(cohort: Cohort, population: Texts, kept: Rows) -> Array:
    """Return for how many rows of its date and population each row that was kept stands."""
    rows = pd.DataFrame({"as_of": cohort.as_of, "population": population, "kept": 0.0})
    rows.loc[kept, "kept"] = 1.0
    groups = rows.groupby(["as_of", "population"])["kept"]
    whole = groups.transform("size") / groups.transform("sum")
    return whole.to_numpy(np.float64)[kept]
