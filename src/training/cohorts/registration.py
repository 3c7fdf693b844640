"""Registration: which enterprises are in business as of a day, and in which population."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core import time
from ...features import Catalogue, Events, Expression, Indicator, compute, latest
from .cohort import Days, Texts

__all__ = ["Registration", "registration"]

WIDEST = "entity"
UNKNOWN = 99.0
NEVER = float(time.NEVER)


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """What the register said of rows (enterprise, as_of), each of shape (n,).

    Attributes
    ----------
    population
        Code of the narrowest population that it belongs to; `entity` where none is registered.
    active
        Whether its latest status is `active` and its day of establishment lies before the day.
    """

    population: Texts
    active: npt.NDArray[np.bool_]


def registration(
    catalogue: Catalogue, events: Events, enterprise: Days, as_of: Days, *, threads: int = 1
) -> Registration:
    """Read from the events what the register said of enterprises as of days.

    Populations are those of the catalogue, so that a row belongs where its indicators apply.
    Nothing counts that was not available before the day.

    Parameters
    ----------
    catalogue
        Says who belongs to which population.
    events
        Of at least the enterprises asked for.
    enterprise, as_of
        Dense numbers and day numbers, of equal length.
    threads
        How many threads share the rows.
    """
    narrower = [name for name in catalogue.populations if name != WIDEST]
    wanted = Catalogue(
        (
            _fact("STATUS", latest("enterprise.status", field="severity"), UNKNOWN),
            _fact("ESTABLISHED", latest("enterprise.established"), NEVER),
            *(_fact(name, catalogue.populations[name], 0.0) for name in narrower),
        ),
        catalogue.populations,
    )
    kinds = ("enterprise.status", "enterprise.established", "enterprise.population")
    kept = np.array([kind in kinds for kind, _ in events.vocabulary], bool)
    own = events.take(np.flatnonzero(kept[events.stream]))
    rows = pd.DataFrame({"enterprise": enterprise, "as_of": as_of})
    found = compute(wanted, own, rows, threads=threads)
    population = np.full(len(rows), WIDEST, object)
    for name in narrower:
        population[found[name].to_numpy() > 0] = name
    active = (found["STATUS"] == 0) & (found["ESTABLISHED"] < as_of)
    return Registration(population, active.to_numpy())


def _fact(name: str, expression: Expression, missing: float) -> Indicator:
    return Indicator(
        id=name,
        zh=name,
        en=name,
        dimension="RL",
        expression=expression,
        missing=missing,
        basis="the register",
        formula="as registered",
    )
