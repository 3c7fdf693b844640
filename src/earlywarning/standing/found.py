"""What there is of a product in each place: who makes and sells it, and what records tell."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..exposure import ROLES, Exposure
from ..sightings import OUTCOMES
from .rules import Rule, Rules

__all__ = ["SEASON", "Found", "found_by_place"]

SEASON, COMPLAINED, ILL = 1, 2, 3
"""How urgent an alarm is: the season alone, complaints or failures, illness."""

MAKES = [ROLES.index("makes"), ROLES.index("commissions")]
SELLS = [ROLES.index("sells")]
HARMED = OUTCOMES.index("harmed")
COMPLAINTS = [OUTCOMES.index("complained"), OUTCOMES.index("failed")]
MOST = 10

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a product in a place.

    Attributes
    ----------
    makers, sellers
        How many enterprises make or commission it, and how many sell it.
    codes
        Of the first of them.
    records
        Keys of the records that name it, the latest first.
    complaints, illness
        How many recent ones tell of complaints or failures, and of illness or an accident.
    """

    makers: int
    sellers: int
    codes: tuple[str, ...]
    records: tuple[str, ...]
    complaints: int
    illness: int

    @property
    def urgency(self) -> int:
        """`SEASON`, or more where there is harm."""
        return ILL if self.illness else COMPLAINED if self.complaints else SEASON


def found_by_place(
    rule: Rule, product: str, rules: Rules, exposure: Exposure
) -> Iterator[tuple[str, Found]]:
    """Yield the districts where a product is made, sold or told of, and what there is.

    "" stands for enterprises whose district is not known and records that name no enterprise.
    """
    district = np.array([*exposure.city.words("district"), None], object)
    ranked = exposure.ranked([product], rule.hazard)
    held = np.isin(ranked.role, [*MAKES, *SELLS])
    whom, role = ranked.enterprise[held], ranked.role[held]
    seen = exposure.sightings
    rows = exposure.rows([product])
    rows = rows[seen.numbers("occurred")[rows] > seen.day - rule.look_back_days]
    of_whom = _words(district[whom])
    of_rows = _words(district[seen.numbers("enterprise")[rows]])
    codes = exposure.city.words("code")
    for place in sorted({*of_whom, *of_rows}):
        mine, here = of_whom == place, rows[of_rows == place]
        complaints, illness = _harm(here, rule, rules, exposure)
        yield (
            place,
            Found(
                int(np.isin(role[mine], MAKES).sum()),
                int(np.isin(role[mine], SELLS).sum()),
                tuple(codes[whom[mine]][:MOST].tolist()),
                tuple(seen.numbers("record")[here[::-1]].astype(str).tolist()),
                complaints,
                illness,
            ),
        )


def _words(places: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    return np.array([place or "" for place in places], object)


def _harm(rows: Rows, rule: Rule, rules: Rules, exposure: Exposure) -> tuple[int, int]:
    """Return how many recent records tell of complaints or failures, and of illness."""
    seen = exposure.sightings
    recent = rows[seen.numbers("available")[rows] > seen.day - rule.recent_days]
    outcome = seen.numbers("outcome")[recent]
    place, topics = seen.codes("topic")
    tells = np.array([*(topic in rules.illness for topic in topics), False], bool)[place[recent]]
    ill = (outcome == HARMED) | tells
    return int((np.isin(outcome, COMPLAINTS) & ~ill).sum()), int(ill.sum())
