"""The specialist: what a small population adds to the general margin.

A city has some hundreds of food producers, too few for a model of their own. So theirs starts
from the general margin, and a few shallow, strongly held trees add what is particular to them:
indicators that apply to nobody else, and the rates of their food category, which are pooled with
the city's the more, the fewer outcomes a category has. Whether that helps is measured out of
time; where it does not, there is no specialist.
"""

from dataclasses import dataclass, replace

import lightgbm as lgb
import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import expit

from ...core.errors import NotGradableError
from ...features import Catalogue
from ...grading import Blend, Specialist
from ..cohorts import Array, Days, Rows
from ..measuring import losses
from .boosting import Boosting
from .learner import Fitted, Margin, Sample

__all__ = ["Specialism", "Specialty", "marker_of", "specialize"]

FEWEST = 100


class Specialism(BaseModel):
    """Settings of the specialist.

    Parameters
    ----------
    population
        Whom it is about.
    depth, ridge, least_rows
        Of its trees: what LightGBM calls `max_depth`, `lambda_l2` and `min_data_in_leaf`.
    learning_rate
        Of each round.
    rounds
        Candidates for the number of rounds, ascending.
    sure
        The gain out of time must be larger than so many of its standard errors.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    population: str = "producer"
    depth: int = Field(default=2, ge=1, le=8)
    ridge: float = Field(default=50.0, ge=0)
    least_rows: int = Field(default=50, ge=1)
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    rounds: tuple[int, ...] = Field(default=(10, 20, 40, 80, 160), min_length=1)
    sure: float = Field(default=1.0, ge=0)


def marker_of(catalogue: Catalogue, population: str) -> str | None:
    """Return an indicator that applies to a population and to nobody else; None without one.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> standard_catalogue()[marker_of(standard_catalogue(), "producer")].populations
    ('producer',)
    """
    own = (each.id for each in catalogue if each.populations == (population,))
    return next(own, None)


@dataclass(frozen=True, slots=True)
class Specialty:
    """A population that a specialist may be about, and a column that marks it."""

    settings: Specialism
    marker: str

    @classmethod
    def of(cls, settings: Specialism, catalogue: Catalogue) -> "Specialty | None":
        """Return the specialty by the indicators that apply to its population alone."""
        marker = marker_of(catalogue, settings.population)
        return None if marker is None else cls(settings, marker)


def specialize(fitted: Fitted, sample: Sample, enterprise: Days, specialty: Specialty) -> Fitted:
    """Add a specialist to a fitted blend, if it helps out of time.

    Parameters
    ----------
    fitted
        A model that a bundle can hold, fitted on the sample.
    sample
        The same sample: only rows with a margin out of time are learned from, so that the
        specialist corrects what the general model says of rows that it had not seen.
    enterprise
        Whose row each is; errors of one enterprise hang together.
    specialty
        Whom it is about, and how strongly it is held.

    Raises
    ------
    NotGradableError
        If the model has no booster to start from.
    """
    if fitted.blend is None:
        raise NotGradableError("a specialist starts from a booster; this model has none")
    settings, marker = specialty.settings, specialty.marker
    work = _Work.of(fitted, sample, settings, marker)
    trials = [work.trial(rows, tested) for rows, tested in work.steps()]
    if not trials:
        return fitted
    tested = np.concatenate([trial.tested for trial in trials])
    gains = np.concatenate([trial.gains for trial in trials], axis=1)
    best = int(np.argmax(gains @ sample.weight[tested]))
    if not _sure(gains[best] * sample.weight[tested], enterprise[tested], settings.sure):
        return fitted
    margins = fitted.out_of_time.copy()
    for trial in trials:
        margins[trial.tested] += trial.added[best]
    booster = work.booster(work.rows, settings.rounds[best])
    special = Specialist(booster, settings.population, marker)
    blend = replace(fitted.blend, specialist=special)
    chosen = {**fitted.chosen, f"{settings.population}_rounds": settings.rounds[best]}
    return replace(fitted, margin=_margin(blend), out_of_time=margins, chosen=chosen, blend=blend)


def _margin(blend: Blend) -> Margin:
    def margin(matrix: pd.DataFrame) -> Array:
        return blend.margins(np.ascontiguousarray(matrix.to_numpy(np.float64)))

    return margin


def _sure(gain: Array, enterprise: Days, errors: float) -> bool:
    """Tell whether a total gain is above zero by some of its standard errors, by enterprise."""
    _, member = np.unique(enterprise, return_inverse=True)
    each = np.bincount(member, gain)
    return bool(each.sum() > errors * np.sqrt((each**2).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """On some rows, what each number of rounds adds to their margins, and what that gains."""

    tested: Rows
    added: Array
    gains: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """Rows of the population that have a margin out of time, and how to fit on some of them."""

    sample: Sample
    values: Array
    start: Array
    rows: Rows
    settings: Specialism

    @classmethod
    def of(cls, fitted: Fitted, sample: Sample, settings: Specialism, marker: str) -> "_Work":
        own = sample.matrix[marker].notna().to_numpy() & ~np.isnan(fitted.out_of_time)
        return cls(sample, sample.array, fitted.out_of_time, np.flatnonzero(own), settings)

    def steps(self) -> list[tuple[Rows, Rows]]:
        """Return for each block but the first the rows known before it and its own rows."""
        found = []
        for block in self.sample.blocks:
            known = np.intersect1d(self.rows, block.train)
            tested = np.intersect1d(self.rows, block.test)
            enough = known.size >= FEWEST and tested.size > 0
            if enough and 0 < self.sample.label[known].sum() < known.size:
                found.append((known, tested))
        return found

    def trial(self, known: Rows, tested: Rows) -> _Trial:
        booster = self.booster(known, max(self.settings.rounds))
        added = np.array([_added(booster, self.values[tested], n) for n in self.settings.rounds])
        label, start = self.sample.label[tested], self.start[tested]
        before = losses(label, expit(start))
        gains = np.array([before - losses(label, expit(start + more)) for more in added])
        return _Trial(tested, added, gains)

    def booster(self, rows: Rows, rounds: int) -> lgb.Booster:
        sample, settings = self.sample, self.settings
        held = Boosting(
            ridge=settings.ridge,
            least_rows=settings.least_rows,
            least_share=0.5,
            row_share=1.0,
            method="basic",
        )
        parameters = held.parameters(rows.size, settings.depth, settings.learning_rate)
        parameters["monotone_constraints"] = [
            sample.directions.get(column, 0) for column in sample.columns
        ]
        data = lgb.Dataset(
            self.values[rows],
            sample.label[rows],
            weight=sample.weight[rows],
            init_score=self.start[rows],
            feature_name=sample.columns,
            params=dict(parameters),
        )
        return lgb.train(parameters, data, num_boost_round=rounds)


def _added(booster: lgb.Booster, values: Array, rounds: int) -> Array:
    found = booster.predict(values, raw_score=True, num_iteration=rounds)
    return np.asarray(found, np.float64)
