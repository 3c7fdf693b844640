"""The survey: how an indicator is spread over a city, and for whom it has no value.

A value may lack for two reasons that are not the same: the indicator does not apply to the
enterprise, or it applies and its expression is missing, so that the matrix holds what the
declaration says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from .bands import banded, read_bands
from .catalogue import Catalogue
from .events import Events
from .expression import Constant, Unary, if_missing, where
from .indicator import Indicator
from .matrix import compute
from .places import Places
from .references import References

__all__ = ["Spread", "Survey", "survey"]

Floats = npt.NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
COMMONEST = 5
PROBE = "scheduling"  # a probe may ask anything and never decides
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
    wider = Catalogue((*catalogue, *_probes(catalogue)), catalogue.populations)
    matrix = compute(wider, events, rows, references=references, places=places, threads=threads)
    member = {name: matrix[_among(name)].notna().to_numpy() for name in catalogue.populations}
    counts, spreads = [], {}
    for indicator in catalogue:
        values = matrix[indicator.id].to_numpy()
        known = matrix[_known(indicator.id)].to_numpy()
        counts += [
            {"indicator": indicator.id, "population": name} | _statuses(known[among])
            for name, among in member.items()
        ]
        spreads[indicator.id] = _spread(indicator, values[~np.isnan(known)])
    columns = ["indicator", "population", "n", "valued", "missing", "inapplicable"]
    frame = pd.DataFrame(counts, columns=columns)
    return Survey(frame.set_index(["indicator", "population"]), spreads)


def _probes(catalogue: Catalogue) -> Iterator[Indicator]:
    """Yield what asks whether a value is known, 1 or 0, and who belongs to a population."""
    probe = partial(
        Indicator, zh="-", en="-", basis="-", formula="-", dimension="IH", missing=0, use=PROBE
    )
    for indicator in catalogue:
        yield probe(
            id=_known(indicator.id),
            expression=if_missing(where(indicator.expression, 1, 1), 0),
            populations=indicator.populations,
        )
    for name in catalogue.populations:
        yield probe(id=_among(name), expression=Constant(1), populations=(name,))


def _known(name: str) -> str:
    return f"KNOWN__{name}"


def _among(name: str) -> str:
    return f"AMONG__{name}"


def _statuses(known: Floats) -> dict[str, int]:
    return {
        "n": len(known),
        "valued": int((known == 1).sum()),
        "missing": int((known == 0).sum()),
        "inapplicable": int(np.isnan(known).sum()),
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
