"""Every learner on small histories of unlike shape, tested on thousands of other enterprises.

Two made-up cities, by two sets of laws. A learner sees the planned visits to some enterprises drawn
by chance, up to a day, and is tested on what the visits of the next year found at all others: so
many that small differences show. The base rate stands still, rises or falls by a quarter log-odds
a year; for that, clean visits or violations are left out by chance. Settings are the package's own.

`agree` says that the champion beats the constant by its log loss everywhere. Target: no learner's
AUC is surely above the champion's, that is by more than twice the standard error over the samples.
"""

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from xinheng.archive import Archive
from xinheng.core.time import day
from xinheng.features import standard_catalogue
from xinheng.training import (
    CHAMPION,
    Cohort,
    CohortRule,
    Fold,
    Inputs,
    Task,
    Window,
    auc,
    calibration_error,
    fit_model,
    log_loss,
    make_learners,
    read_inputs,
)
from xinheng.training.task import LEARNERS, Windows

from .measuring import is_quick, told
from .selective import PLANNED, SEED, archive_of

ENTERPRISES, SAMPLES = 1_500, 3
ENTERPRISES_QUICK, SAMPLES_QUICK = 500, 2
CONSTANT, SURE = "constant", 2.0
DRIFTS = {"still": 0.0, "rising": 0.25, "falling": -0.25}
CUT, YEAR = day("2024-10-01"), 365
MEASURES = {"auc": auc, "log_loss": log_loss, "calibration_error": calibration_error}
HEAD = "| city | learner | AUC | log loss | calibration error | champion's AUC less its |"
RULE = "| --- | --- | --- | --- | --- | --- |"


def visits(archive: Archive) -> Inputs:
    """Return the planned visits of a city with their indicators."""
    task = Task(
        cohort=CohortRule(purposes=PLANNED),
        windows=Windows(
            train=Window(first=date(2021, 1, 1), last=date(2024, 9, 30)),
            test=Window(first=date(2024, 10, 1), last=date(2025, 9, 30)),
        ),
    )
    return read_inputs(archive, task, standard_catalogue().select(use="grade"), threads=2)


def drifting(cohort: Cohort, drift: float, rng: np.random.Generator) -> np.ndarray:
    """Tell which visits stay, so that the log-odds move by so much a year."""
    since = (cohort.as_of - cohort.as_of.min()) / YEAR
    thinned = cohort.label == (1 if drift < 0 else 0)
    return ~thinned | (rng.random(len(cohort)) < np.exp(-abs(drift) * since))


def measured(inputs: Inputs, drift: float, sample: int, count: int) -> dict[str, dict[str, float]]:
    """Return the measures of every learner, fitted on one sample of enterprises."""
    rng = np.random.default_rng([SEED, sample])
    cohort = inputs.cohort
    kept = drifting(cohort, drift, rng)
    chosen = rng.choice(np.unique(cohort.enterprise), count, replace=False)
    seen, days = np.isin(cohort.enterprise, chosen), cohort.as_of
    train = np.flatnonzero(kept & seen & (days < CUT) & cohort.known(CUT))
    test = np.flatnonzero(kept & ~seen & (days >= CUT) & (days < CUT + YEAR))
    label, found = cohort.label[test], {}
    for name, learner in make_learners(Task(learners=LEARNERS), Path()).items():
        matrix = inputs.scores if name == "score_card" else inputs.matrix
        directions = {} if name == "score_card" else inputs.directions
        model = fit_model(learner, cohort, matrix, Fold(name, CUT, train, test), directions)
        chance = model.probability(matrix.iloc[test])
        found[name] = {key: float(measure(label, chance)) for key, measure in MEASURES.items()}
    return found


def table(name: str, measures: pd.DataFrame) -> list[str]:
    """Return the rows of one city: means over the samples, and the champion's lead."""
    lines = []
    for learner in LEARNERS:
        mean = measures.xs(learner, level="learner").mean()
        lead, error = lead_over(measures, learner)
        lines.append(
            f"| {name} | {learner} | {mean['auc']:.3f} | {mean['log_loss']:.4f} "
            f"| {mean['calibration_error']:.3f} | {lead:+.4f} ± {error:.4f} |"
        )
    return lines


def lead_over(measures: pd.DataFrame, learner: str) -> tuple[float, float]:
    """Return the champion's mean lead in AUC over a learner, and its standard error."""
    value = measures["auc"]
    lead = value.xs(CHAMPION, level="learner") - value.xs(learner, level="learner")
    return float(lead.mean()), float(lead.std() / np.sqrt(len(lead)))


def main() -> None:
    """Train, compare, and end with one JSON object."""
    quick = is_quick(__doc__)
    count, samples = (ENTERPRISES_QUICK, SAMPLES_QUICK) if quick else (ENTERPRISES, SAMPLES)
    print(HEAD, RULE, sep="\n")
    figures, missed, agree = {}, [], True
    for laws in ("standard", "contrary"):
        with tempfile.TemporaryDirectory() as folder:
            inputs = visits(archive_of(Path(folder), laws, quick=quick))
        for shape, drift in DRIFTS.items():
            name = f"{laws}, {shape}"
            found = {
                (sample, learner): row
                for sample in range(samples)
                for learner, row in measured(inputs, drift, sample, count).items()
            }
            measures = pd.DataFrame.from_dict(found, orient="index")
            measures.index = pd.MultiIndex.from_tuples(found, names=["sample", "learner"])
            print(*table(name, measures), sep="\n", flush=True)
            for learner in LEARNERS:
                lead, error = lead_over(measures, learner)
                figures[f"{name}: lead over {learner}"] = lead
                if lead < -SURE * error:
                    missed.append(f"{name}: {learner} is surely better, by {-lead:.4f}")
            loss = measures["log_loss"].groupby("learner").mean()
            agree &= bool(loss[CHAMPION] < loss[CONSTANT])
    shown = {name: round(value, 4) for name, value in figures.items()}
    mean = float(np.mean([each for name, each in figures.items() if "logistic" in name]))
    told("learners", {"mean lead over logistic": round(mean, 4)}, shown, missed, agree=agree)


if __name__ == "__main__":
    main()
