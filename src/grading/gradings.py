"""The gradings of an enterprise side by side: credit, food-safety risk, catering.

Each is of a type of its own, and nothing here makes one of several: what follows from them
together is a matter of policy (`grading.inspections`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core.errors import InvalidError
from ..features import POPULATIONS, Events
from .catering import catering_grades
from .gradetypes import CateringGrade, RiskGrade
from .riskgrades import RiskTable, risk_grades
from .scale import Level
from .values import concerning, members

__all__ = ["Gradings", "gradings_of", "side_by_side"]

LEVELS = pd.CategoricalDtype([str(level) for level in Level], ordered=True)
NONE = -1


@dataclass(frozen=True, slots=True)
class Gradings:
    """What an enterprise is graded as of a day; None where it has no such grade.

    Examples
    --------
    >>> found = Gradings(7, 20513, "producer", Level.A_PLUS, RiskGrade.C, None)
    >>> found.to_dict()["credit"], found.to_dict()["risk"]
    ('A+', 'C')
    >>> found.credit < found.risk  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    TypeError: '<' not supported between instances of 'Level' and 'RiskGrade'
    """

    enterprise: int
    as_of: int
    population: str
    credit: Level | None
    risk: RiskGrade | None
    catering: CateringGrade | None

    def to_dict(self) -> dict[str, Any]:
        """Return population and gradings as values that JSON knows."""
        letters = {"credit": self.credit, "risk": self.risk, "catering": self.catering}
        return {
            "population": self.population,
            **{name: None if each is None else str(each) for name, each in letters.items()},
        }


def side_by_side(
    events: Events,
    rows: pd.DataFrame,
    *,
    levels: npt.ArrayLike | None = None,
    table: RiskTable | None = None,
) -> pd.DataFrame:
    """Return the gradings of each row in columns of their own.

    Parameters
    ----------
    events
        The events of at least the enterprises asked for, with all columns.
    rows
        Columns `enterprise` (dense number) and `as_of` (day number), in any order.
    levels
        Codes of the credit levels that were given, -1 where there is none; none if not given.
    table
        Risk points; those of the package if not given.

    Returns
    -------
    Index (enterprise, as_of) in the order of `rows`; `population`, and the ordered categories
    `level`, `risk_grade` (of its population only) and `catering_grade`, each with categories of
    its own, so that pandas refuses to compare them.

    Raises
    ------
    InvalidError
        If there is not one level for each row.

    Examples
    --------
    >>> rows = pd.DataFrame({"enterprise": [7], "as_of": [20513]})
    >>> side_by_side(Events.none(), rows, levels=[2]).iloc[0].tolist()
    ['entity', 'B', nan, nan]
    """
    codes = np.full(len(rows), NONE) if levels is None else np.asarray(levels)
    if codes.shape != (len(rows),):
        raise InvalidError(f"give one level for each of {len(rows)} rows, not {codes.shape}")
    belongs = [members(name, events, rows) for name in reversed(POPULATIONS)]
    return pd.DataFrame(
        {
            "population": pd.Categorical(
                np.select(belongs, list(reversed(POPULATIONS)), POPULATIONS[0]), POPULATIONS
            ),
            "level": pd.Categorical.from_codes(codes.astype(np.int8), dtype=LEVELS),
            "risk_grade": _risk(table or RiskTable.default(), events, rows),
            "catering_grade": catering_grades(events, rows)["catering_grade"].array,
        },
        index=pd.MultiIndex.from_frame(rows[["enterprise", "as_of"]]),
    )


def _risk(table: RiskTable, events: Events, rows: pd.DataFrame) -> "pd.Categorical[str]":
    """Return the risk grades, computed of those alone for whom the table is meant."""
    at = np.flatnonzero(members(table.population, events, rows))
    own = rows.iloc[at]
    found = risk_grades(table, concerning(events, own), own)["risk_grade"].cat
    codes = np.full(len(rows), NONE, np.int8)
    codes[at] = found.codes
    return pd.Categorical.from_codes(codes, categories=found.categories, ordered=True)


def gradings_of(frame: pd.DataFrame, position: int = 0) -> Gradings:
    """Return one row of `side_by_side` as a value.

    Examples
    --------
    >>> rows = pd.DataFrame({"enterprise": [7], "as_of": [20513]})
    >>> gradings_of(side_by_side(Events.none(), rows)).credit is None
    True
    """
    row = frame.iloc[position]
    enterprise, as_of = frame.index[position]
    credit, risk, catering = row["level"], row["risk_grade"], row["catering_grade"]
    return Gradings(
        int(enterprise),
        int(as_of),
        str(row["population"]),
        Level.of(credit) if isinstance(credit, str) else None,
        RiskGrade.of(risk) if isinstance(risk, str) else None,
        CateringGrade.of(catering) if isinstance(catering, str) else None,
    )
