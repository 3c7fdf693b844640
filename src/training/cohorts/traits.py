"""Traits: district, category and size of enterprises as of a day, to judge a model group by group.

They are read from the register and the annual reports as these stood, and are never an input of
a model.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, field_validator

from ...archive import Archive
from ...features import Events, latest
from ...features.kernel import aggregate
from ...features.plan import compile_plan
from .cohort import Array, Days, Texts

__all__ = ["TRAITS", "SizeBands", "band_names", "traits"]

TRAITS = ("district", "category", "staff", "capital")
NAMED = ("district", "category")
STREAMS = ("enterprise.district", "enterprise.category")
SIZES = ("annual_report.employees", "enterprise.capital")


class SizeBands(BaseModel):
    """Where sizes are cut into bands, each from one limit up to the next.

    Parameters
    ----------
    staff
        People employed, as the latest annual report has it. The limits are those that the
        national statistics set for catering (统计上大中小微型企业划分办法 2017).
    capital
        Registered capital in 万元; a design.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    staff: tuple[float, ...] = (10, 100, 300)
    capital: tuple[float, ...] = (10, 100, 1000)

    @field_validator("staff", "capital")
    @classmethod
    def _rising(cls, limits: tuple[float, ...]) -> tuple[float, ...]:
        if not limits or limits[0] <= 0 or any(low >= high for low, high in pairwise(limits)):
            message = f"limits of bands must be above 0 and rise; found {list(limits)}"
            raise ValueError(message)
        return limits


def traits(
    archive: Archive,
    events: Events,
    enterprise: Days,
    as_of: Days,
    bands: SizeBands,
    *,
    threads: int = 1,
) -> Mapping[str, Texts]:
    """Read what the records said of rows (enterprise, as_of) by then.

    Parameters
    ----------
    archive
        Names districts and categories.
    events
        Of at least the enterprises asked for.
    enterprise, as_of
        Dense numbers and day numbers, of equal length.
    bands
        Where sizes are cut.
    threads
        How many threads share the rows.

    Returns
    -------
    By each of `TRAITS`, a text for each row; empty where no record says it.
    """
    kinds = (*STREAMS, *SIZES)
    kept = np.array([kind in kinds for kind, _ in events.vocabulary], bool)
    own = events.take(np.flatnonzero(kept[events.stream]))
    wanted = [*(latest(stream, field="position") for stream in STREAMS), *map(latest, SIZES)]
    plan = compile_plan(wanted, own.vocabulary)
    values = aggregate(plan, own, enterprise, as_of, threads)
    found = {
        name: _named(archive, name, own.case, position)
        for name, position in zip(NAMED, values.T, strict=False)
    }
    return found | {
        "staff": banded(values[:, 2], bands.staff),
        "capital": banded(values[:, 3], bands.capital),
    }


def band_names(limits: Sequence[float]) -> tuple[str, ...]:
    """Return the names of the bands between limits, of which the lower one is inside.

    Examples
    --------
    >>> band_names((10, 100))
    ('<10', '10–100', '≥100')
    """
    between = (f"{low:g}–{high:g}" for low, high in pairwise(limits))
    return (f"<{limits[0]:g}", *between, f"≥{limits[-1]:g}")


def banded(values: Array, limits: Sequence[float]) -> Texts:
    """Name the band of each value; empty where there is none.

    Examples
    --------
    >>> banded(np.array([3.0, 10.0, 99.0, 300.0, np.nan]), (10, 100)).tolist()
    ['<10', '10–100', '10–100', '≥100', '']
    """
    names = np.array([*band_names(limits), ""], object)
    place = np.searchsorted(np.asarray(limits), values, side="right")
    return np.asarray(names[np.where(np.isnan(values), -1, place)], object)


def _named(archive: Archive, field: str, case: npt.NDArray[np.int64], position: Array) -> Texts:
    """Return the text that the event at each position says; empty where there is none."""
    terms = archive.terms("enterprise", field)
    order = np.argsort(terms["case"].to_numpy())
    cases = terms["case"].to_numpy()[order]
    texts = np.array([*np.array(terms["text"].to_pylist(), object)[order], ""], object)
    told = ~np.isnan(position)
    found: Texts = np.full(position.size, "", object)
    found[told] = texts[np.searchsorted(cases, case[position[told].astype(np.int64)])]
    return found
