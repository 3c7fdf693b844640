"""Farrington's algorithm, as improved: counts held against a regression on the same weeks of years.

The steps are those of Farrington, Andrews, Beale and Catchpole (1996), "A statistical algorithm for
the early detection of outbreaks of infectious disease", Journal of the Royal Statistical Society A
159, 547-563, with the changes of Noufaily et al. (2013), "An improved algorithm for outbreak
detection in multiple surveillance systems", Statistics in Medicine 32, 1206-1222. Expected cases,
bounds, trends and alarms are equal to what the R package surveillance 1.20.3 tells of weeks
(`farringtonFlexible`; Salmon, Schumacher and Höhle 2016), whose names of settings are given with
ours. That includes the error of the mean after reweighting, which it takes from squares of relative
residuals under prior weights, and not from Pearson's dispersion as the papers do: bounds of rare
hazards are higher for it.

Two things are otherwise. The score of a bound that is a quantile is taken from the mean, as in the
paper, and not from its logarithm. Fits may take more steps than R's 25, see `steps`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from ...core.errors import InvalidError
from ..counts import Counts, Floats, trailing
from .baseline import YEAR, baseline
from .bounds import bound_of, exceedance
from .detector import NONE
from .quasipoisson import Reference, Rules, forecast

__all__ = ["Farrington", "Told"]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is told of weeks; arrays of shape (series, last), NaN where nothing can be told.

    Attributes
    ----------
    expected, upper
        Cases expected, and those that are not expected to be exceeded.
    score
        The exceedance score: 0 at what is expected, 1 at the upper bound.
    alarm
        Whether there are more cases than that, and enough in the last weeks.
    dispersion
        Variance over mean, at least 1.
    trend
        Whether a trend was kept.
    """

    expected: Floats
    upper: Floats
    score: Floats
    alarm: npt.NDArray[np.bool_]
    dispersion: Floats
    trend: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Farrington:
    """The exceedance score of the improved Farrington algorithm.

    Parameters
    ----------
    years
        Years of reference (R: `b`); where there are fewer, as many as there are.
    half
        Weeks before and after the same week of those years (`w`).
    periods
        Into how many parts a year is cut (`noPeriods`); with 1 all weeks that are not within
        `half` are left out.
    skipped
        How many weeks just past are left out (`pastWeeksNotIncluded`), lest an outbreak that has
        begun hides itself.
    alpha
        How often cases exceed the upper bound of a week without an outbreak.
    trend
        The greatest p-value with which a trend is kept (`pThresholdTrend`); 1 keeps all, 0 fits
        none. Only with three years or more, and where no more is expected than was ever counted.
    reweight
        Weeks whose Anscombe residual is above it are weighted down (`weightsThreshold`); infinity
        fits once (`reweight = FALSE`).
    bound
        How the upper bound is found: "2/3", "1/2" or "none" for the power of the prediction error
        that is taken for normal, "nbPlugin" or "muan" for a quantile of negative binomial counts.
    steps
        How many steps of least squares a fit may take. R takes 25, and tells nothing of a series
        that is new after years without a case, of which a mean is near zero only some steps later.
    least, within
        No alarm with fewer cases in so many weeks, the week itself among them (`limit54`).

    Raises
    ------
    InvalidError
        If a setting is none.

    Examples
    --------
    >>> cases = np.tile([[0, 1, 0, 2]], 60)
    >>> cases[0, -1] = 9
    >>> counts = Counts(cases, np.zeros(1, int), np.zeros(1, int))
    >>> Farrington().scores(counts, last=2).round(2).tolist()
    [[-inf, 4.95]]
    """

    years: int = 5
    half: int = 3
    periods: int = 10
    skipped: int = 26
    alpha: float = 0.05
    trend: float = 1.0
    reweight: float = 2.58
    bound: str = "2/3"
    steps: int = 40
    least: int = 5
    within: int = 4
    name: str = "farrington"

    def __post_init__(self) -> None:
        """Check the settings."""
        baseline(self.years, self.half, self.periods, self.skipped)
        bound_of(self.bound)
        if not (0 < self.alpha < 1 and 0 <= self.trend <= 1 and self.within >= 1):
            raise InvalidError(
                f"alpha {self.alpha}, trend {self.trend} and within {self.within}: give "
                "probabilities, and at least one week"
            )

    def scores(self, counts: Counts, last: int = 1) -> Floats:
        """Return the exceedance score of each of the last weeks; see `Detector.scores`.

        `NONE` where there were too few cases in the last weeks or none in the week, and where
        there is less than a year of reference.
        """
        asked = self._enough(counts, last) & (counts.cases[:, -last:] > 0)
        score = self._told(counts, asked).score
        return np.where(np.isfinite(score), score, NONE)

    def tell(self, counts: Counts, last: int = 1) -> Told:
        """Return all that is told of each of the last weeks.

        Where no fit with a trend converges there is none; where none converges at all, or no bound
        is finite, nothing is told. Where all weeks of reference are without a case, what is
        expected is as good as zero, and any case exceeds the bound.
        """
        return self._told(counts, np.ones((counts.series, last), np.bool_))

    def _told(self, counts: Counts, asked: npt.NDArray[np.bool_]) -> Told:
        """Return what is told where it is asked for; shape (series, last)."""
        last = asked.shape[1]
        mean, error, dispersion, kept = np.moveaxis(self._fitted(counts, asked), 2, 0)
        with np.errstate(over="ignore"):
            upper = bound_of(self.bound)(mean, error, dispersion, self.alpha)
            expected = np.exp(mean)
        upper[~np.isfinite(upper)] = np.nan
        now = counts.cases[:, -last:].astype(np.float64)
        score = exceedance(now, expected, upper)
        alarm = (now > upper) & (now > 0) & self._enough(counts, last)
        return Told(expected, upper, score, alarm, dispersion, kept == 1)

    def _fitted(self, counts: Counts, asked: npt.NDArray[np.bool_]) -> Floats:
        """Return what is forecast, NaN where it is not asked for; shape (series, last, 4)."""
        last = asked.shape[1]
        kept = counts.ending(last + YEAR * self.years + self.half)
        reference = self._reference(kept.weeks, last)
        cases = kept.cases.astype(np.int32, order="C")
        series, place = np.nonzero(asked & (reference.weeks > 0))
        found = np.full((counts.series, last, 4), np.nan)
        out = np.empty((len(series), 4))
        rules = Rules(self.trend > 0, self.reweight, self.steps)
        forecast(cases, series, place, reference, rules, out)
        found[series, place] = out
        return found

    def _enough(self, counts: Counts, last: int) -> npt.NDArray[np.bool_]:
        return trailing(counts.cases, self.within, last) >= self.least

    def _reference(self, weeks: int, last: int) -> Reference:
        """Return the weeks of reference of the last weeks, as far back as there are."""
        week = np.arange(weeks - last, weeks)
        years = np.clip((week - self.half) // YEAR, 0, self.years)
        full = baseline(self.years, self.half, self.periods, self.skipped)
        number = np.zeros(last, np.int64)
        critical = np.zeros(last)
        for each in np.unique(years[years > 0]):
            parts = baseline(int(each), self.half, self.periods, self.skipped).parts
            number[years == each] = len(parts)
            freedom = len(parts) - len(np.unique(parts)) - 1
            critical[years == each] = -stdtrit(freedom, self.trend / 2)
        runs, periods = full.runs, self.periods
        return Reference(full.lags, full.parts, runs, periods, week, number, years, critical)
