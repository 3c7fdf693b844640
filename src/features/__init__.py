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
from .cases import Cases
from .catalogue import Catalogue
from .city import City, brought_up
from .cluster import enough_parts, run_job
from .coverage import Unmatched, patterns_of, records_read, unmatched
from .events import Events
from .evidence import Evidence, Usual, evidence, evidence_of, recompute
from .examination import Examination, examine
from .expression import (
    AS_OF,
    MISSING,
    Expression,
    if_missing,
    ln,
    log2p1,
    log10,
    log10p1,
    maximum,
    minimum,
    month,
    only_if,
    where,
    year,
    years,
)
from .hindsight import hindsight, known_before
from .indicator import DIMENSIONS, POPULATIONS, USES, Indicator
from .indicators import standard_catalogue
from .intervals import Stretches, apart, intervals, lies_in, meetings, union
from .job import Job, find_job
from .matrix import build_references, compute
from .medians import Median, Middle
from .missed import Missed, deadlines_missed
from .persons import Former, Holder, Holders, Persons
from .places import Nearby, Places
from .rates import Rate, own_rate
from .references import References
from .session import open_session
from .statement import statement
from .streams import in_streams, matching
from .survey import Spread, Survey, survey
from .ties import Neighbour, Neighbours, Tied

__all__ = [
    "AS_OF",
    "DIMENSIONS",
    "MISSING",
    "POPULATIONS",
    "USES",
    "Aggregate",
    "Cases",
    "Catalogue",
    "City",
    "Events",
    "Evidence",
    "Examination",
    "Expression",
    "Former",
    "Holder",
    "Holders",
    "Indicator",
    "Job",
    "Median",
    "Middle",
    "Missed",
    "Nearby",
    "Neighbour",
    "Neighbours",
    "Persons",
    "Places",
    "Rate",
    "References",
    "Spread",
    "Stretches",
    "Survey",
    "Tied",
    "Unmatched",
    "Usual",
    "apart",
    "brought_up",
    "build_references",
    "compute",
    "count",
    "days_since",
    "deadlines_missed",
    "distinct",
    "enough_parts",
    "evidence",
    "evidence_of",
    "examine",
    "find_job",
    "hindsight",
    "if_missing",
    "in_streams",
    "intervals",
    "known_before",
    "largest",
    "latest",
    "lies_in",
    "ln",
    "log2p1",
    "log10",
    "log10p1",
    "matching",
    "maximum",
    "meetings",
    "minimum",
    "month",
    "only_if",
    "open_session",
    "own_rate",
    "patterns_of",
    "peaks",
    "previous",
    "recompute",
    "records_read",
    "recurrent",
    "repeat",
    "run_job",
    "smallest",
    "standard_catalogue",
    "statement",
    "survey",
    "total",
    "union",
    "unmatched",
    "where",
    "year",
    "years",
]
