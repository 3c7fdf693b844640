"""Standing: what enterprises have of their own as of a day, from which indicators are finished."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from ..core.errors import InvalidError
from .aggregate import Aggregate
from .catalogue import Catalogue
from .dated import SELF, Asked, Dated
from .events import Events
from .expression import Leaf, evaluate
from .groups import CITY
from .indicator import Indicator
from .kernel import aggregate, aggregate_until
from .layout import Layout
from .missed import Missed
from .places import LATITUDE, LONGITUDE, Nearby, Places
from .plan import compile_plan
from .references import References

__all__ = [
    "Standing",
    "applicable",
    "finish",
    "finished",
    "leaf_values",
    "stand",
    "stand_until",
    "stood",
    "stood_unsettled",
]

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]
BLOCK = 65_536
REGISTER = "enterprise."


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Rows of enterprises and days, by columns.

    Parameters
    ----------
    enterprise, as_of
        Dense and day number of each row.
    until
        First day on which something of a row's own may be otherwise without a new event; its
        own `as_of` where that is not known.
    settled
        Values of the layout's settled indicators, to whomever they apply: indicators x rows.
    kept
        Values of the layout's kept aggregates: aggregates x rows.
    key, member
        Of each of the layout's groups, the key of the row's group and whether it has one.
    """

    enterprise: Days
    as_of: Days
    until: Days
    settled: Floats
    kept: Floats
    key: npt.NDArray[np.int64]
    member: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.enterprise)

    @classmethod
    def joined(cls, parts: Sequence["Standing"]) -> "Standing":
        """Put the rows of different enterprises together, sorted by enterprise and day."""
        if len(parts) == 1:
            return parts[0]
        columns = ([getattr(part, field.name) for part in parts] for field in fields(cls))
        whole = cls(*(np.concatenate(column, axis=-1) for column in columns))
        return whole.take(np.lexsort((whole.as_of, whole.enterprise)))

    def take(self, rows: slice | npt.NDArray[np.intp]) -> "Standing":
        """Return some rows."""
        return Standing(
            self.enterprise[rows],
            self.as_of[rows],
            self.until[rows],
            self.settled[:, rows],
            self.kept[:, rows],
            self.key[:, rows],
            self.member[:, rows],
        )


def stand(
    catalogue: Catalogue,
    events: Events,
    enterprise: Days,
    as_of: Days,
    threads: int = 1,
    *,
    registered: Days | None = None,
) -> Standing:
    """Return the standing of rows, in any order, from the events of their enterprises.

    What the register says is read as of the days of `registered`, if they are given.
    """
    parts = catalogue.layout.aggregates
    plan = compile_plan(parts, events.vocabulary)
    found = aggregate(plan, events, enterprise, as_of, threads)
    if registered is not None:
        other = np.flatnonzero(registered != as_of)
        told = aggregate(plan, events, enterprise[other], registered[other], threads)
        columns = np.flatnonzero([_of_register(part) for part in parts])
        found[np.ix_(other, columns)] = told[:, columns]
    return stood(catalogue, events, found, enterprise, as_of, as_of)


def _of_register(part: Aggregate) -> bool:
    return all(pattern.startswith(REGISTER) for pattern in part.streams)


def stand_until(
    catalogue: Catalogue, events: Events, enterprise: Days, as_of: int, threads: int = 1
) -> Standing:
    """Return the standing of enterprises, each once, and for how long it stays."""
    plan = compile_plan(catalogue.layout.aggregates, events.vocabulary)
    days = np.full(len(enterprise), as_of, np.int32)
    found, until = aggregate_until(plan, events, enterprise, days, threads)
    return stood(catalogue, events, found, enterprise, days, until)


def stood(
    catalogue: Catalogue,
    events: Events,
    found: Floats,
    enterprise: Days,
    as_of: Days,
    until: Days,
) -> Standing:
    """Return the standing of rows from the values of the layout's aggregates, rows x aggregates."""
    layout = catalogue.layout
    settled = np.empty((len(layout.settled), len(enterprise)))
    for start in range(0, len(enterprise), BLOCK):
        rows = slice(start, start + BLOCK)
        block = np.asfortranarray(found[rows])
        values: dict[Leaf, Floats] = dict(zip(layout.aggregates, block.T, strict=True))
        days = as_of[rows].astype(np.float64)
        for number, indicator in enumerate(layout.settled):
            raw = evaluate(indicator.expression, values, days)
            settled[number, rows] = finished(indicator, raw)
    unsettled = stood_unsettled(catalogue, events, found, enterprise, as_of, until)
    return replace(unsettled, settled=settled)


def stood_unsettled(
    catalogue: Catalogue,
    events: Events,
    found: Floats,
    enterprise: Days,
    as_of: Days,
    until: Days,
) -> Standing:
    """Return the standing of rows without their settled indicators; see `stood`."""
    layout = catalogue.layout
    place = {part: column for column, part in enumerate(layout.aggregates)}
    key = np.zeros((len(layout.groups), len(enterprise)), np.int64)
    member = np.zeros_like(key, np.bool_)
    for number, part in enumerate(layout.groups.values()):
        at = found[:, place[part]]
        member[number] = inside = ~np.isnan(at)
        key[number, inside] = events.case[at[inside].astype(np.int64)]
    columns = np.array([place[part] for part in layout.kept], np.intp)
    kept = np.ascontiguousarray(found[:, columns].T)
    return Standing(enterprise, as_of, until, np.empty((0, len(enterprise))), kept, key, member)


def finished(indicator: Indicator, raw: Floats) -> Floats:
    """Return the values of an expression as the indicator has them: cut, and none missing."""
    return np.where(np.isnan(raw), indicator.missing, np.clip(raw, *indicator.limits))


def finish(
    catalogue: Catalogue,
    standing: Standing,
    references: References | None = None,
    places: Places | None = None,
    threads: int = 1,
) -> Floats:
    """Return the indicators of each row.

    Returns
    -------
    indicators x rows, float64, C order; NaN where one does not apply.
    """
    out = np.empty((len(catalogue.ids), len(standing)))
    at = {name: number for number, name in enumerate(catalogue.ids)}

    def fill(rows: slice) -> None:
        part = standing.take(rows)
        days = part.as_of.astype(np.float64)
        values = leaf_values(catalogue, part, references, places)
        member = {n: evaluate(tree, values, days) > 0 for n, tree in catalogue.populations.items()}
        for number, indicator in enumerate(catalogue.layout.settled):
            applies = applicable(indicator, member)
            out[at[indicator.id], rows] = np.where(applies, part.settled[number], np.nan)
        for indicator in catalogue.layout.open:
            raw = evaluate(indicator.expression, values, days)
            value = np.where(applicable(indicator, member), finished(indicator, raw), np.nan)
            out[at[indicator.id], rows] = value

    _each(fill, len(standing), threads)
    return out


def applicable(
    indicator: Indicator, member: Mapping[str, npt.NDArray[np.bool]]
) -> npt.NDArray[np.bool]:
    """Return for each row whether the indicator applies to it."""
    found: npt.NDArray[np.bool] = np.any([member[n] for n in indicator.populations], axis=0)
    return found


def leaf_values(
    catalogue: Catalogue,
    standing: Standing,
    references: References | None,
    places: Places | None,
) -> dict[Leaf, Floats]:
    """Return the values of all leaves that open indicators and populations read.

    Raises
    ------
    InvalidError
        If references or places are needed and not given.
    """
    layout = catalogue.layout
    days = standing.as_of.astype(np.float64)
    values: dict[Leaf, Floats] = dict(zip(layout.kept, standing.kept, strict=True))
    asked = _asked(layout, standing)
    for leaf in layout.waiting:
        match leaf:
            case Aggregate():
                continue
            case Missed():
                values[leaf] = leaf.value([values[part] for part in leaf.parts], days)
            case Dated():
                values[leaf] = _given(references).values(leaf, asked[leaf.by])
            case Nearby():
                spots = values[LONGITUDE], values[LATITUDE]
                values[leaf] = _where(leaf, places).counts(leaf, *spots, standing.as_of)
    return values


def _asked(layout: Layout, standing: Standing) -> dict[str, Asked]:
    everyone = np.ones(len(standing), np.bool)
    nobody = np.zeros(len(standing), np.int64)
    found = {
        group: Asked(key, standing.as_of, member)
        for group, key, member in zip(layout.groups, standing.key, standing.member, strict=True)
    }
    found[CITY] = Asked(nobody, standing.as_of, everyone)
    found[SELF] = Asked(standing.enterprise.astype(np.int64), standing.as_of, everyone)
    return found


def _given(references: References | None) -> References:
    if references is None:
        raise InvalidError(
            "the catalogue has values that rest on other enterprises; pass references="
            "build_references(catalogue, events of all enterprises)"
        )
    return references


def _where(leaf: Nearby, places: Places | None) -> Places:
    if places is None:
        raise InvalidError(
            f"the catalogue counts {', '.join(leaf.places)} near a place; pass places=..., or "
            "leave it out with catalogue.select(use='grade')"
        )
    return places


def _each(work: Callable[[slice], None], rows: int, threads: int) -> None:
    """Work on block after block, so that what is in between stays small."""
    blocks: Sequence[slice] = [slice(at, at + BLOCK) for at in range(0, rows, BLOCK)]
    if threads == 1 or len(blocks) < 2:
        for block in blocks:
            work(block)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, blocks))
