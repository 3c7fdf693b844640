"""Selective labels: how far models are from the true risk, uncorrected and corrected.

In made-up cities under two sets of laws the same panel trains three models with the same settings:
`confirmed` learns whether a violation was confirmed within a year, as if whoever was not checked
had none; `checked` learns what the first planned check found, of those who were checked;
`corrected` does so with weights. `visits` and `visits corrected` learn what each planned visit
found, without weights and with them. All are held against the hidden truth of everybody, checked or
not: the chance that a check finds a violation. The same follows from the random share of the checks
alone, without the truth.

`agree` says that the random share tells the truth: over all market entities of each city, its 99 %
interval of what was found less what was predicted holds the true difference, for every model.
Targets: over all and in every population of twenty cases or more, the corrected model is nearer the
truth than `confirmed`, in its mean and in log loss.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinheng.archive import Archive, read_source
from xinheng.core.errors import InvalidError
from xinheng.core.time import day, show
from xinheng.features import standard_catalogue
from xinheng.simulation import simulate
from xinheng.training import (
    CHAMPION,
    Cohort,
    CohortRule,
    Correction,
    Draws,
    Estimate,
    Experiment,
    Inputs,
    Outcome,
    Task,
    Window,
    bootstrap,
    random_share,
    read_inputs,
    read_task,
    run_experiment,
)
from xinheng.training.measuring.measures import auc, calibration_error, losses
from xinheng.training.task import Windows

from .measuring import is_quick, told

SOURCES = Path(__file__).parents[1] / "data" / "sources"
FULL, QUICK = (20_000, 1_500), (1_500, 250)
FEW = ("city-registry", "city-licensing", "city-market", "city-testing", "city-complaints")
LAWS = ("standard", "contrary")
SEED, DRAWS, LEVEL, SURE = 7, 500, 0.95, 0.99
PLANNED = ("routine", "random_key", "random_general")
POPULATIONS = ("all", "entity", "operator", "producer")
UNCORRECTED, CORRECTED = "confirmed", "corrected"
CASES = 20
HEAD = "| city, population | rows | model | predicted | {} | calibration error | AUC | {} |"
RULE = "| --- | --- | --- | --- | --- | --- | --- | --- |"

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Rows, their population, what models say of them, and what is so.

    `chance` is the true chance of each row, or 1 and 0 for what was found at it.
    """

    enterprise: npt.NDArray[np.int32]
    population: npt.NDArray[np.object_]
    chance: Array
    said: Mapping[str, Array]

    def among(self, name: str) -> "Judged":
        """Return the rows of a population."""
        inside = (self.population == name) | (name == "all")
        said = {model: values[inside] for model, values in self.said.items()}
        return Judged(self.enterprise[inside], self.population[inside], self.chance[inside], said)

    def measured(self, model: str, level: float = LEVEL) -> dict[str, Estimate]:
        """Return what is measured of a model, with intervals by enterprise.

        `beyond` is the log loss beyond that of the chances themselves; of outcomes, all of it.
        """
        said, chance = self.said[model], self.chance
        beyond = _loss(chance, said) - _loss(chance, chance)
        work = {
            "predicted": partial(_mean, said),
            "true": partial(_mean, chance),
            "short": partial(_mean, chance - said),
            "calibration": partial(calibration_error, chance, said),
            "auc": partial(auc, chance, said),
            "beyond": partial(_mean, beyond),
        }
        draws = Draws(draws=DRAWS, seed=SEED, level=level)
        drawn = bootstrap(work, self.enterprise, draws)
        return {name: drawn.estimate(name) for name in work}


def _mean(values: Array, counts: Array | None) -> Array:
    return values.mean() if counts is None else counts @ values / counts.sum(1)


def _loss(chance: Array, said: Array) -> Array:
    """Return the log loss to be expected of each row."""
    ones = np.ones_like(chance)
    return chance * losses(ones, said) + (1 - chance) * losses(0 * ones, said)


def archive_of(folder: Path, laws: str, *, quick: bool) -> Archive:
    """Simulate a city and take it in; of a few departments only if it has to be quick."""
    count, producers = QUICK if quick else FULL
    city = simulate(folder / "city", SEED, enterprises=count, producers=producers, laws=laws)
    archive, at = Archive(folder / "archive"), datetime(2026, 1, 1, tzinfo=UTC)
    for name in FEW if quick else city.delivering:
        archive.ingest(read_source(SOURCES / name), folder / "city" / "deliveries" / name, at)
    return archive


def tasks_of() -> dict[str, Task]:
    """Return the tasks that are compared, by name."""
    task = read_task(SOURCES / "city-market" / "task.toml")
    corrected = task.model_copy(update={"learners": (CHAMPION,)})
    checked = corrected.model_copy(update={"correction": None})
    critical = tuple(f"inspection.critical:{one}" for one in (*PLANNED, "complaint"))
    outcomes = (
        Outcome(streams=critical, above=0),
        Outcome(streams=("sampling:fail.*",)),
        Outcome(streams=("incident",)),
    )
    label = task.label.model_copy(update={"checks": (), "outcomes": outcomes})
    visits = Task(
        cohort=CohortRule(purposes=PLANNED),
        windows=Windows(
            train=Window(first=date(2021, 1, 1), last=date(2024, 9, 30)),
            test=Window(first=date(2024, 10, 1), last=date(2025, 9, 30)),
        ),
        learners=(CHAMPION,),
        boosting=task.boosting,
    )
    return {
        UNCORRECTED: checked.model_copy(update={"label": label}),
        "checked": checked,
        CORRECTED: corrected,
        "visits": visits,
        "visits corrected": visits.model_copy(update={"correction": Correction()}),
    }


def judged(folder: Path, laws: str, *, quick: bool) -> tuple[Judged, Judged, dict[str, float]]:
    """Train all models on one city; return everybody, the random share, and the training rates."""
    archive = archive_of(folder, laws, quick=quick)
    catalogue = standard_catalogue().select(use="grade")
    found: dict[str, tuple[Inputs, Experiment]] = {}
    for name, task in tasks_of().items():
        inputs = read_inputs(archive, task, catalogue, threads=2)
        found[name] = inputs, run_experiment(inputs, task, folder, progress=lambda *_: None)
    inputs, corrected = found[CORRECTED]
    truth = true_chances(folder / "city" / "truth" / "chances.parquet", archive)
    rows, cohort = corrected.everyone.rows, inputs.cohort
    rows = rows[in_truth(cohort.take(rows), truth)]
    matrix = inputs.matrix.iloc[rows]
    said = {name: each.champion.probability(matrix) for name, (_, each) in found.items()}
    enterprise, population = cohort.enterprise[rows], inputs.population[rows]
    everyone = Judged(enterprise, population, truth.loc[key_of(cohort.take(rows))].to_numpy(), said)
    share = _share(inputs, int(inputs.test.cut), int(cohort.as_of[rows].max()))
    share = share.take(np.isin(share.enterprise, enterprise))
    place = pd.Index(enterprise).get_indexer(share.enterprise)
    drawn = {name: values[place] for name, values in said.items()}
    lot = Judged(share.enterprise, population[place], share.label, drawn)
    return everyone, lot, _trained(inputs, corrected)


def true_chances(path: Path, archive: Archive) -> "pd.Series[float]":
    """Return everybody's true chance that a check within the year finds a violation."""
    names = archive.enterprises()
    numbers = dict(zip(names["id"].to_pylist(), names["enterprise"].to_pylist(), strict=True))
    known = pd.read_parquet(path)
    known = known[known["enterprise"].isin(numbers)]
    days = np.array([day(each) for each in known["as_of"]], np.int64)
    who = known["enterprise"].map(numbers).to_numpy(np.int64)
    return pd.Series(known["if_checked"].to_numpy(), (days << 32) + who)


def key_of(cohort: Cohort) -> npt.NDArray[np.int64]:
    """Return one number for day and enterprise of each row."""
    return (cohort.as_of.astype(np.int64) << 32) + cohort.enterprise


def in_truth(cohort: Cohort, truth: "pd.Series[float]") -> npt.NDArray[np.bool_]:
    """Tell of which rows the true chance is known."""
    return np.isin(key_of(cohort), truth.index)


def _share(inputs: Inputs, first: int, last: int) -> Cohort:
    """Return where the lot fell on rows of some days, with what was found."""
    task = tasks_of()[CORRECTED]
    window = Window(first=date.fromisoformat(show(first)), last=date.fromisoformat(show(last)))
    given = inputs.events, task.cohort, task.label, inputs.catalogue, window, task.random
    found = random_share(*given, threads=2)
    if found is None:
        message = "nobody was drawn at random; simulate a larger city"
        raise InvalidError(message)
    return found


def _trained(inputs: Inputs, corrected: Experiment) -> dict[str, float]:
    """Return what was found at training rows: plainly, weighed, and where the lot fell."""
    fold, cohort, weights = inputs.test, inputs.cohort, corrected.weights
    if weights is None:
        message = "the task of the city has no correction; give it one"
        raise InvalidError(message)
    days, label = cohort.as_of[fold.train], cohort.label[fold.train]
    share = _share(inputs, int(days.min()), int(days.max()))
    share = share.take(share.known(fold.cut) & np.isin(key_of(share), key_of(cohort)))
    return {
        "found": label.mean(),
        "found_weighed": np.average(label, weights=weights.weight),
        "found_at_random": share.label.mean(),
        "effective_of_rows": weights.effective,
        "least_chance": weights.chance.min(),
    }


def table(laws: str, rows: Judged, head: str) -> list[str]:
    """Return a Markdown table of every model in every population."""
    lines = [head, RULE]
    for population in POPULATIONS:
        some = rows.among(population)
        for model in rows.said if some.chance.size else ():
            measured = some.measured(model)
            cells = [
                _cell(measured[name], digits)
                for name, digits in (
                    ("predicted", 3), ("true", 3), ("calibration", 3), ("auc", 3), ("beyond", 4),
                )
            ]  # fmt: skip
            place = f"{laws}, {population}", f"{some.chance.size:,}", model
            lines.append("| " + " | ".join([*place, *cells]) + " |")
    return lines


def _cell(found: Estimate, digits: int) -> str:
    value, lower, upper = (f"{number:.{digits}f}" for number in found)
    return f"{value} ({lower} to {upper})"


def agreed(everyone: Judged, share: Judged) -> bool:
    """Tell whether the random share's intervals hold what the truth says of every model."""
    for model in everyone.said:
        true = everyone.measured(model)["short"].value
        found = share.measured(model, SURE)["short"]
        if not found.lower <= true <= found.upper:
            return False
    return True


def figures_of(laws: str, everyone: Judged) -> tuple[dict[str, float], list[str]]:
    """Return the figures of the two models that count, and the targets that were missed."""
    figures, missed = {}, []
    for population in POPULATIONS:
        some = everyone.among(population)
        if some.chance.sum() < CASES:
            continue
        place = f"{laws}_{population}"
        figures[f"{place}_true"] = float(some.chance.mean())
        found = {model: some.measured(model) for model in (UNCORRECTED, CORRECTED)}
        for model, measured in found.items():
            for name in ("predicted", "calibration", "auc", "beyond"):
                figures[f"{place}_{model}_{name}"] = measured[name].value
        before, after = found[UNCORRECTED], found[CORRECTED]
        if abs(after["short"].value) >= abs(before["short"].value):
            missed.append(f"mean nearer the truth: {laws}, {population}")
        if after["beyond"].value >= before["beyond"].value:
            missed.append(f"log loss nearer the truth: {laws}, {population}")
    return figures, missed


def main() -> None:
    """Train, compare with the truth, and end with one JSON object."""
    quick = is_quick(__doc__)
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    missed: list[str] = []
    agree = True
    for laws in LAWS:
        with tempfile.TemporaryDirectory() as folder:
            everyone, share, trained = judged(Path(folder), laws, quick=quick)
        print(*table(laws, everyone, HEAD.format("true", "log loss beyond the best")), sep="\n")
        print(*table(f"{laws} at random", share, HEAD.format("found", "log loss")), sep="\n")
        found, short = figures_of(laws, everyone)
        figures |= found | {f"{laws}_training_{name}": value for name, value in trained.items()}
        missed += short
        agree &= agreed(everyone, share)
        beyond = [found[f"{laws}_all_{model}_beyond"] for model in (UNCORRECTED, CORRECTED)]
        ratios[f"{UNCORRECTED}, {laws}: times as far beyond the best log loss"] = (
            beyond[0] / beyond[1]
        )
    shown = {name: round(float(value), 4) for name, value in figures.items()}
    told(
        "selective",
        {name: round(value, 2) for name, value in ratios.items()},
        shown,
        missed,
        agree=agree,
    )


if __name__ == "__main__":
    main()
