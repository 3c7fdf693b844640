"""Indicators: declarations, one kernel, the matrix, evidence."""

from .aggregate import (
    Aggregate,
    count,
    days_since,
    distinct,
    largest,
    latest,
    peaks,
    previous,
    recurrent,
    repeat,
    smallest,
    total,
)
from .catalogue import Catalogue
from .events import Events
from .evidence import Evidence, Usual, evidence, recompute
from .expression import (
    AS_OF,
    MISSING,
    Expression,
    if_missing,
    ln,
    log2p1,
    log10,
    log10p1,
    logit,
    maximum,
    minimum,
    month,
    only_if,
    where,
    year,
    years,
)
from .indicator import DIMENSIONS, POPULATIONS, USES, Indicator
from .indicators import standard_catalogue
from .matrix import build_references, compute
from .missed import Missed
from .places import Nearby, Places
from .rates import Rate, References, centred, own_rate
from .streams import matching

__all__ = [
    "AS_OF",
    "DIMENSIONS",
    "MISSING",
    "POPULATIONS",
    "USES",
    "Aggregate",
    "Catalogue",
    "Events",
    "Evidence",
    "Expression",
    "Indicator",
    "Missed",
    "Nearby",
    "Places",
    "Rate",
    "References",
    "Usual",
    "build_references",
    "centred",
    "compute",
    "count",
    "days_since",
    "distinct",
    "evidence",
    "if_missing",
    "largest",
    "latest",
    "ln",
    "log2p1",
    "log10",
    "log10p1",
    "logit",
    "matching",
    "maximum",
    "minimum",
    "month",
    "only_if",
    "own_rate",
    "peaks",
    "previous",
    "recompute",
    "recurrent",
    "repeat",
    "smallest",
    "standard_catalogue",
    "total",
    "where",
    "year",
    "years",
]
