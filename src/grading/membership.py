"""Who belongs to the population that a card or a table of points is meant for."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features import Catalogue, Events, Indicator, compute

__all__ = ["members"]


def members(population: str, events: Events, rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell for each row (enterprise, as_of) whether the enterprise belongs to a population.

    Examples
    --------
    >>> rows = pd.DataFrame({"enterprise": [7], "as_of": [20513]})
    >>> members("producer", Events.none(), rows), members("entity", Events.none(), rows)
    (array([False]), array([ True]))
    """
    known = Catalogue(()).populations
    member = Indicator(
        id="APPLIES",
        zh="适用",
        en="Applies",
        dimension="RL",
        expression=known[population],
        missing=0.0,
        basis="the register",
        formula="as registered",
    )
    return compute(Catalogue((member,), known), events, rows).iloc[:, 0].to_numpy() > 0
