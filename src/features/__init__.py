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
    where,
    years,
)
from .indicator import DIMENSIONS, POPULATIONS, USES, Indicator
from .indicators import standard_catalogue
from .matrix import build_references, compute
from .places import Nearby, Places
from .rates import Rate, References, centred, own_rate
from .statement import statement
from .streams import matching

__all__ = [
    "AS_OF",
    "DIMENSIONS",
    "POPULATIONS",
    "USES",
    "Aggregate",
    "Catalogue",
    "Events",
    "Evidence",
    "Expression",
    "Indicator",
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
    "own_rate",
    "peaks",
    "previous",
    "recompute",
    "recurrent",
    "repeat",
    "smallest",
    "standard_catalogue",
    "statement",
    "total",
    "where",
    "years",
]
