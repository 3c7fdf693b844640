"""The matrix: the value of every indicator of a catalogue for every row (enterprise, as_of)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core.errors import InvalidError
from .aggregate import Aggregate
from .cases import Cases
from .catalogue import Catalogue
from .dated import Asked, Dated
from .events import Events
from .expression import Leaf, evaluate
from .groups import membership
from .indicator import Indicator
from .kernel import aggregate
from .missed import Missed
from .places import LATITUDE, LONGITUDE, Nearby, Places
from .plan import compile_plan
from .references import References

__all__ = ["applicable", "asked", "build_references", "compute", "finished", "leaf_values"]

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]


def build_references(
    catalogue: Catalogue, *blocks: Events, cases: Cases | None = None, bans: Events | None = None
) -> References:
    """Build the dated tables a catalogue needs; see `References.build`."""
    dated = [leaf for leaf in catalogue.leaves if isinstance(leaf, Dated)]
    return References.build(dated, blocks, cases=cases, bans=bans)


def compute(
    catalogue: Catalogue,
    events: Events,
    rows: pd.DataFrame,
    *,
    references: References | None = None,
    places: Places | None = None,
    threads: int = 1,
) -> pd.DataFrame:
    """Return the indicators of each row.

    Parameters
    ----------
    catalogue
        The columns.
    events
        The events of at least the enterprises asked for.
    rows
        Columns `enterprise` (dense number) and `as_of` (day number), in any order.
    references
        From `build_references` over **all** enterprises; required if the catalogue has rates,
        medians, ties or persons.
    places
        Required if the catalogue counts records near a place.
    threads
        How many threads share the rows.

    Returns
    -------
    float64, index (enterprise, as_of) in the order of `rows`. What is missing holds the value
    the indicator declares; NaN means: does not apply to this enterprise.

    Raises
    ------
    InvalidError
        If `rows`, `references` or `places` lack what the catalogue needs.
    """
    enterprise, as_of = asked(rows)
    values = leaf_values(catalogue.leaves, events, enterprise, as_of, references, places, threads)
    days = as_of.astype(np.float64)
    member = {
        name: evaluate(tree, values, days) > 0 for name, tree in catalogue.populations.items()
    }
    columns = {
        indicator.id: np.where(
            applicable(indicator, member),
            finished(indicator, evaluate(indicator.expression, values, days)),
            np.nan,
        )
        for indicator in catalogue
    }
    index = pd.MultiIndex.from_arrays([enterprise, as_of], names=["enterprise", "as_of"])
    return pd.DataFrame(columns, index=index, columns=pd.Index(catalogue.ids), dtype="float64")


def finished(indicator: Indicator, raw: Floats) -> Floats:
    """Return the values of an expression as the indicator has them: cut, and none missing."""
    return np.where(np.isnan(raw), indicator.missing, np.clip(raw, *indicator.limits))


def applicable(
    indicator: Indicator, member: dict[str, npt.NDArray[np.bool]]
) -> npt.NDArray[np.bool]:
    """Return for each row whether the indicator applies to it."""
    found: npt.NDArray[np.bool] = np.any([member[n] for n in indicator.populations], axis=0)
    return found


def leaf_values(
    wanted: tuple[Leaf, ...],
    events: Events,
    enterprise: Days,
    as_of: Days,
    references: References | None,
    places: Places | None,
    threads: int,
) -> dict[Leaf, Floats]:
    """Return for each leaf its contiguous column of values."""
    dated = [leaf for leaf in wanted if isinstance(leaf, Dated)]
    nearby = [leaf for leaf in wanted if isinstance(leaf, Nearby)]
    if dated and references is None:
        raise InvalidError(
            f"the catalogue has {len(dated)} values that rest on other enterprises; pass "
            "references=build_references(catalogue, events of all enterprises)"
        )
    if nearby and places is None:
        raise InvalidError(
            f"the catalogue counts {', '.join(nearby[0].places)} near a place; pass places=..., or "
            "leave it out with catalogue.select(use='grade')"
        )
    groups = {leaf.by: membership(leaf.by) for leaf in dated if leaf.by not in ("city", "self")}
    aggregates = [leaf for leaf in wanted if isinstance(leaf, Aggregate)]
    missed = [leaf for leaf in wanted if isinstance(leaf, Missed)]
    helpers = [
        *groups.values(),
        *((LONGITUDE, LATITUDE) if nearby else ()),
        *(part for leaf in missed for part in leaf.parts),
    ]
    plan = compile_plan([*aggregates, *helpers], events.vocabulary)
    table = np.asfortranarray(aggregate(plan, events, enterprise, as_of, threads))
    values: dict[Leaf, Floats] = dict(zip(plan.aggregates, table.T, strict=True))
    everyone = np.ones(len(as_of), np.bool)
    asked = {group: _asked(events, values[leaf], as_of) for group, leaf in groups.items()}
    asked["city"] = Asked(np.zeros(len(as_of), np.int64), as_of, everyone)
    asked["self"] = Asked(enterprise.astype(np.int64), as_of, everyone)
    for leaf in dated:
        assert references is not None  # noqa: S101
        values[leaf] = references.values(leaf, asked[leaf.by])
    for absence in missed:
        values[absence] = absence.value([values[p] for p in absence.parts], as_of.astype(float))
    for near in nearby:
        assert places is not None  # noqa: S101
        values[near] = places.counts(near, values[LONGITUDE], values[LATITUDE], as_of)
    return values


def _asked(events: Events, at: Floats, as_of: Days) -> Asked:
    member = ~np.isnan(at)
    key = np.zeros(len(at), np.int64)
    key[member] = events.case[at[member].astype(np.int64)]
    return Asked(key, as_of, member)


def asked(rows: pd.DataFrame) -> tuple[Days, Days]:
    """Return the enterprises and days of the rows, or refuse them."""
    absent = [name for name in ("enterprise", "as_of") if name not in rows.columns]
    if absent:
        exists = ", ".join(map(str, rows.columns)) or "no column"
        raise InvalidError(f"the rows lack {', '.join(absent)}; they have: {exists}")
    for name in ("enterprise", "as_of"):
        if rows[name].dtype.kind not in "iu":
            raise InvalidError(f"{name} of the rows is {rows[name].dtype}, not a whole number")
    return rows["enterprise"].to_numpy(np.int32), rows["as_of"].to_numpy(np.int32)
