"""What matured: outcomes that became known since a champion was trained, by its own margins."""

import numpy as np

from ..archive import Archive
from ..core import time
from ..core.errors import InvalidError
from ..grading import Bundle
from .inputs import read_inputs
from .learners import DEFAULT, Follower, Outcomes, matured
from .parts import check_task
from .task import Task
from .weighing import level_weights, selection_weights

__all__ = ["matured_outcomes"]


def matured_outcomes(
    archive: Archive,
    task: Task,
    champion: Bundle,
    at: int,
    follower: Follower = DEFAULT,
    *,
    threads: int = 1,
) -> Outcomes:
    """Return the rows whose outcomes became known before a day, and that a champion had not seen.

    Parameters
    ----------
    archive, task
        Where the records are, and what the champion was trained on.
    champion
        Whose margins, and since whose training.
    at, follower
        The day, and how long before it an outcome still counts.
    threads
        How many threads compute indicators.

    Raises
    ------
    InvalidError
        If the task is another than the champion's, or there are none.
    """
    check_task(task, champion)
    inputs = read_inputs(archive, task, champion.catalogue, threads=threads)
    rows = matured(inputs.cohort, time.day(champion.card.cut), at, follower)
    if not rows.size:
        raise InvalidError(
            f"the champion was fitted on what was known before {champion.card.cut}, and no outcome "
            f"became known in the {follower.days} days before {time.show(at)} that it had not "
            "seen, so there is nothing to follow; train anew when there is, or wait"
        )
    values = np.ascontiguousarray(inputs.matrix.iloc[rows].to_numpy(np.float64))
    selection = selection_weights(inputs, task.correction, rows, at)
    known = inputs.cohort.take(rows)
    return Outcomes(
        champion.blend.margins(values, threads),
        known.label,
        level_weights(inputs, rows, selection),
        known.as_of,
        known.enterprise,
    )
