"""Rebuilding: a grade of the past made anew from what the ledger says it was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...core import time
from ...core.errors import NotFoundError
from ...ledger import Run
from ..grade import Grade
from ..scale import Level
from ..scorer import Scorer
from .columns import codes
from .fold import Gradings
from .inforce import since_everybody
from .matrices import Matrices
from .overriding import levels_set, overriding
from .step import BLOCK

__all__ = ["Rebuilt", "grade_given", "rebuild", "run_of"]

EXACT = ("probability", "lower", "upper", "margin")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A run made anew beside what was given.

    Attributes
    ----------
    run
        The run.
    enterprises
        How many grades were made anew.
    different
        Codes of those whose grade is not, to the last bit, the one that was given.
    grades
        The grades made anew, where only one was asked for.
    """

    run: Run
    enterprises: int
    different: tuple[str, ...]
    grades: tuple[Grade, ...] = ()


def run_of(gradings: Gradings, as_of: int, enterprise: int | None = None) -> Run:
    """Return the run that gave the grades in force on a day, to all or to one enterprise.

    Raises
    ------
    NotFoundError
        If none did.
    """
    runs = since_everybody(gradings.history.runs(), as_of)
    for run in reversed(runs):
        if enterprise is None:
            if run.everybody:
                return run
        elif gradings.store.read(
            run.digest, columns=["enterprise"], enterprise=enterprise
        ).num_rows:
            return run
    whom = "nobody" if enterprise is None else f"enterprise number {enterprise} not"
    raise NotFoundError(
        f"{whom} graded by {time.show(as_of)}; `xinheng grade --as-of` a later day makes the runs "
        "that are due"
    )


def grade_given(gradings: Gradings, run: Run, enterprise: int) -> dict[str, Any]:
    """Return the grade that a run gave to an enterprise, as it is kept."""
    rows = gradings.store.read(run.digest, enterprise=enterprise).to_pylist()
    found: dict[str, Any] = rows[0]
    return found


def rebuild(gradings: Gradings, as_of: int, enterprise: int | None = None) -> Rebuilt:
    """Make the grades in force on a day anew, and compare them with those that were given.

    They follow from the run's delivery, bundle and day, and from the level before, which hysteresis
    started from. Later deliveries, withdrawals and promotions do not change them.

    Parameters
    ----------
    gradings
        The installation.
    as_of
        Day number.
    enterprise
        Dense number of the only one wanted; all that the run graded if None.

    Raises
    ------
    NotFoundError
        If no run gave such a grade, or its bundle is not there.
    IntegrityError
        If bundle or grades are not as they were written.
    """
    run = run_of(gradings, as_of, enterprise)
    bundle = gradings.read(run.bundle)
    city = replace(gradings.city, sequence=run.sequence)
    matrices = Matrices(city, bundle, threads=gradings.threads)
    scorer = Scorer(bundle, threads=gradings.threads)
    set_then = [levels_set(kept, run.as_of) for kept in (gradings.overrides(), gradings.warnings())]
    count, different, grades = 0, [], []
    for given in gradings.store.pieces(run.digest, enterprise=enterprise):
        for start in range(0, given.num_rows, BLOCK):
            block = given.slice(start, BLOCK)
            made = _made(scorer, matrices, block, run.as_of, set_then)
            count += len(made)
            different += block["id"].filter(pa.array(_differs(block, made))).to_pylist()
            if enterprise is not None:
                grades = [scorer.grade(made)]
    return Rebuilt(run, count, tuple(different), tuple(grades))


def _made(
    scorer: Scorer,
    matrices: Matrices,
    given: pa.Table,
    as_of: int,
    set_then: Sequence[Mapping[int, Level]],
) -> pd.DataFrame:
    frame = matrices.some(given["enterprise"].to_numpy(), as_of)
    matrix, conditions = matrices.split(frame)
    cards = matrices.cards(frame, as_of)
    beside = [overriding(levels, given["enterprise"].to_numpy()) for levels in set_then]
    return scorer.grades(matrix, conditions, codes(given["previous"]), cards, *beside)


def _differs(given: pa.Table, made: pd.DataFrame) -> Any:
    found = np.zeros(len(made), bool)
    for name in EXACT:
        found |= given[name].to_numpy() != made[name].to_numpy()
    for name in ("level", "model_level", "card_level"):
        found |= codes(given[name]) != made[name].cat.codes.to_numpy()
    rules = pc.not_equal(given["rules"].cast(pa.string()), pa.array(made["rules"].astype(str)))
    return found | rules.to_numpy(zero_copy_only=False)
