"""One expression for many rows: its values, where it holds, and who belongs to a population."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features import Catalogue, Events, Expression, Indicator, compute

__all__ = ["concerning", "holds", "members", "values_of"]


def values_of(
    expression: Expression, missing: float, events: Events, rows: pd.DataFrame
) -> npt.NDArray[np.float64]:
    """Return the value of an expression for each row (enterprise, as_of).

    Examples
    --------
    >>> from xinheng.features import count
    >>> rows = pd.DataFrame({"enterprise": [7], "as_of": [20513]})
    >>> values_of(count("licence"), 0, Events.none(), rows)
    array([0.])
    """
    asked = Indicator(
        id="VALUE",
        zh="值",
        en="Value",
        dimension="RL",
        expression=expression,
        missing=float(missing),
        basis="design",
        formula="as declared",
        use="scheduling",  # which may also be about nobody in particular
    )
    return compute(Catalogue((asked,)), events, rows).iloc[:, 0].to_numpy(np.float64)


def holds(expression: Expression, events: Events, rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell for each row (enterprise, as_of) whether an expression is over zero."""
    return values_of(expression, 0, events, rows) > 0


def members(population: str, events: Events, rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell for each row (enterprise, as_of) whether the enterprise belongs to a population.

    Examples
    --------
    >>> rows = pd.DataFrame({"enterprise": [7], "as_of": [20513]})
    >>> members("producer", Events.none(), rows), members("entity", Events.none(), rows)
    (array([False]), array([ True]))
    """
    return holds(Catalogue(()).populations[population], events, rows)


def concerning(events: Events, rows: pd.DataFrame) -> Events:
    """Return the events of the enterprises of some rows alone.

    Examples
    --------
    >>> len(concerning(Events.none(), pd.DataFrame({"enterprise": [7], "as_of": [20513]})))
    0
    """
    wanted = np.isin(events.enterprise, rows["enterprise"].to_numpy())
    return events.take(np.flatnonzero(wanted))
