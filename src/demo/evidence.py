"""The demo's page: the model against what came after, and against the truth.

The hidden truth of the city is read here and nowhere else.
"""

from typing import TYPE_CHECKING

from ..core import time
from ..core.errors import InvalidError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from ..archive import Archive
    from ..grading import Scorer
    from ..simulation import Simulation
    from ..training import Census, Example, Page, TrainingResult

__all__ = ["areas_of", "page_of"]

STRONGEST = 15


def page_of(
    trained: "TrainingResult",
    archive: "Archive",
    city: "Simulation",
    scorer: "Scorer",
    counted: "Census",
    matrix: "pd.DataFrame",
    example: "Example | None",
) -> "Page":
    """Hold the model against what came after and against the truth, and put it all together."""
    import numpy as np

    from ..simulation import expected_auc
    from ..training import (
        OutcomeRule,
        Page,
        audit,
        compare_with_truth,
        strengths,
    )

    inputs, task, experiment = trained.inputs, trained.task, trained.experiment
    tested = inputs.test.test
    cohort, population = inputs.cohort.take(tested), inputs.population[tested]
    conditions = scorer.bundle.rules.conditions(inputs.events, cohort.rows())
    grades = scorer.grades(inputs.matrix.iloc[tested], conditions)
    chances = _chances(city, archive, cohort.rows())
    truth = None
    if chances.size and not np.isnan(chances).all():
        scores = experiment.scores.probability
        truth = compare_with_truth(scores, grades, population, chances, expected_auc)
    strong, sampled = strengths(scorer, matrix)
    if not isinstance(task.label, OutcomeRule):
        raise InvalidError(
            f"the cohort {task.cohort.name!r} of the demo is no panel; its page needs one"
        )
    return Page(
        simulated=True,
        last=time.day(city.last),
        census=counted,
        edition=scorer.bundle.policy.on(counted.as_of),
        label=task.label,
        card=trained.card,
        digest=trained.digest,
        thinned=inputs.thinned,
        per_date=task.thinning.rows_per_date if task.thinning else 0,
        audit=audit(grades, cohort.label, cohort.enterprise, population),
        test=experiment.test,
        populations=experiment.populations,
        truth=truth,
        strengths=strong[:STRONGEST],
        sampled=sampled,
        example=example,
    )


def areas_of(page: "Page") -> dict[str, tuple[float, float]]:
    """Return the AUC under the true chances, of the model and the best possible, by population."""
    from ..training import CHAMPION

    rows = page.truth.rows if page.truth else ()
    return {
        row.population or "all": (round(row.models[CHAMPION], 3), round(row.best, 3))
        for row in rows
    }


def _chances(
    city: "Simulation", archive: "Archive", rows: "pd.DataFrame"
) -> "npt.NDArray[np.float64]":
    """Return the true chance of each row (enterprise, as_of), NaN where none was worked out."""
    import pandas as pd

    truth = pd.read_parquet(city.folder / "truth" / "chances.parquet")
    names = archive.enterprises()
    numbers = dict(zip(names["id"].to_pylist(), names["enterprise"].to_pylist(), strict=True))
    told = pd.DataFrame(
        {
            "enterprise": truth["enterprise"].map(numbers),
            "as_of": [time.day(each) for each in truth["as_of"]],
            "probability": truth["probability"],
        }
    ).dropna()
    found = rows.merge(told, on=["enterprise", "as_of"], how="left")
    return found["probability"].to_numpy()
