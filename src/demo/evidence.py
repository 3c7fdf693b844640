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
    from ..training import Census, Example, Page, TrainingResult, Truth

__all__ = ["areas_of", "page_of"]

STRONGEST = 15
CONFIRMED, IF_CHECKED = "probability", "if_checked"


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
    from ..training import OutcomeRule, Page, audit, strengths

    inputs, task, experiment = trained.inputs, trained.task, trained.experiment
    tested = inputs.test.test
    cohort, population = inputs.cohort.take(tested), inputs.population[tested]
    conditions = scorer.bundle.rules.conditions(inputs.events, cohort.rows())
    cards = scorer.cards(inputs.events, cohort.rows())
    grades = scorer.grades(inputs.matrix.iloc[tested], conditions, cards=cards)
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
        unbiased=experiment.unbiased,
        truth=_truth(trained, archive, city, scorer),
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


def _truth(
    trained: "TrainingResult", archive: "Archive", city: "Simulation", scorer: "Scorer"
) -> "Truth | None":
    """Hold what was said of everybody, with an outcome or without, against the true chances."""
    import numpy as np

    from ..simulation import expected_auc
    from ..training import compare_with_truth

    inputs, said = trained.inputs, trained.experiment.everyone
    rows = inputs.cohort.take(said.rows).rows()
    told = IF_CHECKED if getattr(trained.task.label, "checks", ()) else CONFIRMED
    chances = _chances(city, archive, rows, told)
    if np.isnan(chances).all():
        return None
    conditions = scorer.bundle.rules.conditions(inputs.events, rows)
    cards = scorer.cards(inputs.events, rows)
    grades = scorer.grades(inputs.matrix.iloc[said.rows], conditions, cards=cards)
    population = inputs.population[said.rows]
    return compare_with_truth(said.probability, grades, population, chances, expected_auc)


def _chances(
    city: "Simulation", archive: "Archive", rows: "pd.DataFrame", told: str
) -> "npt.NDArray[np.float64]":
    """Return the true chance of each row (enterprise, as_of), NaN where none was worked out."""
    import pandas as pd

    truth = pd.read_parquet(city.folder / "truth" / "chances.parquet")
    names = archive.enterprises()
    numbers = dict(zip(names["id"].to_pylist(), names["enterprise"].to_pylist(), strict=True))
    known = pd.DataFrame(
        {
            "enterprise": truth["enterprise"].map(numbers),
            "as_of": [time.day(each) for each in truth["as_of"]],
            "chance": truth[told],
        }
    ).dropna()
    found = rows.merge(known, on=["enterprise", "as_of"], how="left")
    return found["chance"].to_numpy()
