"""Rescoring: what bundles of earlier trainings say of the test rows of this one.

That is how the model in force is compared with its challenger: on the same rows, each by its own
indicators, and only on rows that it cannot have learned from.
"""

from collections.abc import Mapping

from ..archive import Archive
from ..core import time
from ..core.errors import InvalidError
from ..features import compute
from ..grading import Bundle, Scorer
from .cohorts import Array
from .inputs import Inputs, read_references

__all__ = ["rescore"]


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
    window = bundle.card.windows.get("test")
    if window is None or time.day(window[0]) > cut:
        when = "an unknown day" if window is None else window[0]
        raise InvalidError(
            f"{name} ({bundle.digest[:12]}) was trained on what was known before {when}, but these "
            f"test rows begin on {time.show(cut)}, so that it may have learned from them; judge "
            "it on a later test window, or take an earlier bundle"
        )
