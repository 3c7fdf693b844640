"""The survey: how an indicator is spread over a city, and for whom it has no value.

A value may lack for two reasons that are not the same: the indicator does not apply to the
enterprise, or it applies and its expression is missing, so that the matrix holds what the
declaration says.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from .bands import banded, read_bands
from .catalogue import Catalogue
from .events import Events
from .expression import Unary, evaluate
from .indicator import Indicator
from .matrix import applicable, asked, finished, leaf_values
from .places import Places
from .references import References

__all__ = ["Spread", "Survey", "survey"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
COMMONEST = 5
POWERS = {"log10": 10.0, "log10p1": 10.0, "log2p1": 2.0}
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Spread:
    """How the values of an indicator are spread over those to whom it applies.

    Attributes
    ----------
    n, mean
        How many values there are, and their mean; NaN if there is none.
    quantiles
        Value by share of the rows that lie at or below it.
    bands
        Share of the values by the name of the band, for those bands that are numbers.
    commonest
        The most frequent values and the share of each.
    """

    n: int
    mean: float
    quantiles: Mapping[float, float]
    bands: Mapping[str, float]
    commonest: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What a survey of a catalogue found.

    Attributes
    ----------
    statuses
        For each indicator and population (index) the number of rows by what they have:
        `valued`, `missing` (it applies, and the matrix holds the declared value) or
        `inapplicable`; `n` is their sum. A row belongs to all of its populations, as a producer
        is also a market entity.
    spreads
        By indicator, over all rows to which it applies.
    """

    statuses: pd.DataFrame
    spreads: Mapping[str, Spread]


def survey(
    catalogue: Catalogue,
    events: Events,
    rows: pd.DataFrame,
    *,
    references: References | None = None,
    places: Places | None = None,
    threads: int = 1,
) -> Survey:
    """Count for each indicator who has a value, who has none and why, and how values are spread.

    Parameters are those of `compute`, whose values these are.
    """
    enterprise, as_of = asked(rows)
    values = leaf_values(catalogue.leaves, events, enterprise, as_of, references, places, threads)
    days = as_of.astype(np.float64)
    member = {
        name: evaluate(tree, values, days) > 0 for name, tree in catalogue.populations.items()
    }
    counts, spreads = [], {}
    for indicator in catalogue:
        raw = evaluate(indicator.expression, values, days)
        applies = applicable(indicator, member)
        counts += [
            {"indicator": indicator.id, "population": name} | _statuses(raw, applies, among)
            for name, among in member.items()
        ]
        spreads[indicator.id] = _spread(indicator, finished(indicator, raw)[applies])
    columns = ["indicator", "population", "n", "valued", "missing", "inapplicable"]
    frame = pd.DataFrame(counts, columns=columns)
    return Survey(frame.set_index(["indicator", "population"]), spreads)


def _statuses(raw: Floats, applies: Flags, among: Flags) -> dict[str, int]:
    lacking = np.isnan(raw)
    return {
        "n": int(among.sum()),
        "valued": int((among & applies & ~lacking).sum()),
        "missing": int((among & applies & lacking).sum()),
        "inapplicable": int((among & ~applies).sum()),
    }


def _spread(indicator: Indicator, values: Floats) -> Spread:
    n = len(values)
    if not n:
        return Spread(0, float("nan"), dict.fromkeys(QUANTILES, float("nan")), {}, ())
    bands = read_bands(indicator.bands)
    places = banded(bands, _plain(indicator, values))
    shares = {
        band.name: float((places == number).mean())
        for number, band in enumerate(bands)
        if not np.isnan(band.low)
    }
    kinds, times = np.unique(values, return_counts=True)
    most = np.argsort(-times, kind="stable")[:COMMONEST]
    return Spread(
        n,
        float(values.mean()),
        dict(zip(QUANTILES, np.quantile(values, QUANTILES).tolist(), strict=True)),
        shares,
        tuple((float(kinds[at]), float(times[at]) / n) for at in most),
    )


def _plain(indicator: Indicator, values: Floats) -> Floats:
    """Undo a logarithm to base 10 or 2, of which bands do not speak; cut what is rounding."""
    match indicator.expression:
        case Unary(operator) if operator in POWERS:
            power = POWERS[operator] ** values
            values = power - 1 if operator.endswith("p1") else power
    return np.round(values, DIGITS)
