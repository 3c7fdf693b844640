"""Rescoring: what bundles of earlier trainings say of the test rows of this one.

That is how the model in force is compared with its challenger: on the same rows, each by its own
indicators, and only on rows that it cannot have learned from.
"""

import re
from collections.abc import Iterable, Mapping

from ..archive import Archive
from ..core import time
from ..core.errors import InvalidError
from ..features import compute
from ..grading import Bundle, Scorer
from .cohorts import Array
from .inputs import Inputs, read_references
from .task import LEARNERS, Task

__all__ = ["check_rivals", "rescore"]

NAME = re.compile(r"[\w.-]+")


def check_rivals(names: Iterable[str], task: Task) -> None:
    """Refuse names of rivals that the comparison could not tell from others, or not write.

    Raises
    ------
    InvalidError
        If a name is that of a learner or of one of the task's reference models, or is made of
        anything but letters, digits, `.`, `_` and `-`.
    """
    scores = () if task.reference is None else task.reference.scores
    for name in names:
        if name in LEARNERS or name in scores:
            what = "learner" if name in LEARNERS else "reference model"
            raise InvalidError(
                f"no rival can be called {name!r}, as a {what} is; give it a name of its own, "
                "such as 'in_force'"
            )
        if not NAME.fullmatch(name):
            raise InvalidError(
                f"no rival can be called {name!r}; a name has letters, digits, '.', '_' and '-', "
                "such as 'in_force'"
            )


def rescore(
    archive: Archive, inputs: Inputs, bundles: Mapping[str, Bundle], *, threads: int = 1
) -> Mapping[str, Array]:
    """Return the probability of each test row by each bundle.

    Parameters
    ----------
    archive
        Where `inputs` were read from.
    inputs
        Whose test rows are scored.
    bundles
        By name.
    threads
        How many threads share the rows.

    Raises
    ------
    InvalidError
        If a bundle was trained on what was known after the test window began.
    """
    for name, bundle in bundles.items():
        _check(name, bundle, inputs.test.cut)
    rows = inputs.cohort.take(inputs.test.test).rows()
    found = {}
    for name, bundle in bundles.items():
        references = read_references(archive, bundle.catalogue, inputs.events)
        matrix = compute(
            bundle.catalogue, inputs.events, rows, references=references, threads=threads
        )
        margins = Scorer(bundle, threads=threads).margins(matrix)
        found[name] = bundle.calibrator.probability(margins)
    return found


def _check(name: str, bundle: Bundle, cut: int) -> None:
    """Refuse a bundle that may have learned from the rows it is judged on."""
    until = bundle.card.learned_until
    if time.day(until) > cut:
        raise InvalidError(
            f"{name} ({bundle.digest[:12]}) learned from what was known before {until}, but these "
            f"test rows begin on {time.show(cut)}, so that it may have learned from them; judge "
            "it on a later test window, or take an earlier bundle"
        )
