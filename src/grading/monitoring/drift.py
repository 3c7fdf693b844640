"""Drift: what the model reads and says, month by month, and whether its promises were kept."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core import time
from ...features import Catalogue, Events, Expression, Rate, References, compute, matching
from ...features.groups import WHEREABOUTS
from ..bundle import Bundle
from ..calibrator import Calibrator
from ..reference import LEVEL, MARGIN, Checks, Months, Reference
from .arrivals import Arrivals
from .sample import populations, sampled_matrix
from .watched import Aspect, Bank, Key

__all__ = ["drifts", "found_by_checks", "later_months", "promises"]

Array = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]

EVERYBODY = "all"
CHECKS = 3_000
SURE = 0.0005
SEED = 7
LARGE = ("", "city", "category", *WHEREABOUTS)
"""Groups of so many enterprises that their rate is no sample of them."""
ASPECTS = {MARGIN: Aspect.MARGIN, LEVEL: Aspect.LEVEL}


def later_months(
    bundle: Bundle, events: Events, references: References, days: Days, *, threads: int = 1
) -> Mapping[str, Months]:
    """Count what the graded population looks like on days after those of the reference."""
    matrix, population = sampled_matrix(bundle.catalogue, events, references, days, threads=threads)
    margins = bundle.blend.margins(matrix.to_numpy(np.float64), threads)
    levels = levels_of(bundle, margins)
    return {
        name: bundle.reference.month_by_month(matrix[mine], margins[mine], levels[mine])
        for name in sorted(set(population.tolist()))
        if (mine := population == name).any()
    }


def levels_of(bundle: Bundle, margins: Array) -> Array:
    """Return levels as the model alone gave them before its calibration followed outcomes.

    So that neither a new edition of the policy nor recalibration looks like a change of the city.
    """
    scale = bundle.policy.on(time.day(bundle.card.cut)).scale
    return scale.place(margins, first_calibrator(bundle)).codes.astype(np.float64)


def drifts(reference: Reference, later: Mapping[str, Months], catalogue: Catalogue) -> list[Bank]:
    """Return how high each column stands month by month, in ranks of the reference, 0 to 1.

    One bank each for indicators, margins and levels; reference months first. The rate of a group
    is the same for all its enterprises: it is left to what checks find, as it is no sample of any.
    """
    shared = {each.id for each in catalogue if _shared(each.expression)}
    found: dict[Aspect, tuple[list[Key], list[Array]]] = {}
    for population, past in reference.months.items():
        since = later.get(population)
        for name, counts in past.counts.items():
            if name in shared:
                continue
            rows = [*counts, *(since.counts[name] if since else ())]
            aspect = ASPECTS.get(name, Aspect.INDICATOR)
            keys, values = found.setdefault(aspect, ([], []))
            keys.append(Key(aspect, name="" if name in ASPECTS else name, population=population))
            values.append(_standing(np.array(rows, np.float64), len(counts)))
    widest = max((len(v) for _, values in found.values() for v in values), default=0)
    return [
        Bank(keys, table, error=np.full_like(table, SURE))
        for keys, values in found.values()
        for table in [np.stack([_last(each, widest) for each in values])]
    ]


def _shared(expression: Expression) -> bool:
    return isinstance(expression, Rate) and expression.group in LARGE


def _standing(counts: Array, past: int) -> Array:
    """Return the mean rank of each month among the pooled rows of the reference."""
    present = counts[:, :-1]
    pooled = present[:past].sum(0)
    middle = np.cumsum(pooled) - pooled / 2
    many = present.sum(1)
    rank = present @ (middle / max(pooled.sum(), 1.0))
    standing = np.divide(rank, many, out=np.full(len(many), np.nan), where=many > 0)
    return np.asarray(standing)


def _last(values: Array, many: int) -> Array:
    return np.concatenate([np.full(many - len(values), np.nan), values])


def found_by_checks(arrivals: Arrivals, events: Events, checks: Checks, days: Days) -> pd.DataFrame:
    """Return every check that came in one of the months: `enterprise`, `as_of`, `month`, `found`.

    `as_of` is the first day of the month in which the check was made.
    """
    table = arrivals.table
    names = list(events.vocabulary)
    place = table["stream"].to_numpy()
    checked = table[np.isin(place, matching(checks.streams, names))]
    worse = np.zeros(len(table), bool)
    for streams, above in checks.found:
        hit = np.isin(place, matching(streams, names))
        worse |= hit if above is None else hit & (table["value"].to_numpy() > above)
    bad = pd.MultiIndex.from_frame(table.loc[worse, ["enterprise", "occurred"]])
    own = pd.MultiIndex.from_frame(checked[["enterprise", "occurred"]])
    month = np.searchsorted(days, checked["arrived"].to_numpy(), "right") - 1
    made = checked["occurred"].to_numpy().astype("datetime64[D]").astype("datetime64[M]")
    found = pd.DataFrame(
        {
            "enterprise": checked["enterprise"].to_numpy(np.int32),
            "as_of": made.astype("datetime64[D]").astype(np.int64).astype(np.int32),
            "month": month,
            "found": own.isin(bad),
        }
    )
    return found[(month >= 0) & (month < len(days) - 1)].reset_index(drop=True)


def promises(
    bundle: Bundle,
    events: Events,
    references: References,
    checked: pd.DataFrame,
    months: int,
    *,
    threads: int = 1,
) -> list[Bank]:
    """Hold what checks found against what the model said at the start of their month.

    Returns
    -------
    Two banks, by population and over all: how many checks found a violation, and the logarithm
    of found over promised.
    """
    if checked.empty:
        return []
    shuffled = checked.sample(frac=1, random_state=SEED)
    rows = shuffled.groupby("month").head(CHECKS).sort_index()
    population = populations(bundle.catalogue, events, rows)
    matrix = compute(
        bundle.catalogue, events, rows[["enterprise", "as_of"]], references=references,
        threads=threads,
    )  # fmt: skip
    margins = bundle.blend.margins(matrix.to_numpy(np.float64), threads)
    promised = first_calibrator(bundle).probability(margins)
    month, found = rows["month"].to_numpy(), rows["found"].to_numpy(np.float64)
    groups = [EVERYBODY, *sorted(set(population.tolist()))]
    among = [np.isin(population, groups[1:] if name == EVERYBODY else [name]) for name in groups]

    def by_month(values: Array) -> Array:
        counted = [np.bincount(month[mine], values[mine], minlength=months) for mine in among]
        return np.stack(counted)

    seen, expected, many = by_month(found), by_month(promised), by_month(np.ones(len(rows)))
    ratio = np.where(many > 0, np.log((seen + 0.5) / (expected + 0.5)), np.nan)
    error = 1 / np.sqrt(np.maximum(expected, 0.5))
    return [
        Bank(_keys(Aspect.FOUND, groups), seen, whole=many),
        Bank(_keys(Aspect.CALIBRATION, groups), ratio, error=error),
    ]


def _keys(aspect: Aspect, groups: Sequence[str]) -> list[Key]:
    return [Key(aspect, population=name) for name in groups]


def first_calibrator(bundle: Bundle) -> Calibrator:
    """Return the calibrator as it was when the model was trained."""
    return bundle.calibrator.shifted(-bundle.card.followed)
