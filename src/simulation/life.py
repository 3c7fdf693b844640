"""The city's life, month by month."""

import itertools
from datetime import date

import numpy as np
import pandas as pd

from ..core.time import day
from .cases import decide
from .city import City, found_city
from .market import complain, sample, suffer
from .records import Records
from .registry import alter, list_defaulters, list_late_reports
from .standing import award, certify, license_all, register
from .state import Month
from .visits import check_complaints, inspect, recheck
from .world import open_world

__all__ = ["live", "months_of"]

DECEMBER = 12


def months_of(first_year: int, years: int) -> list[Month]:
    """Return the months of some years.

    Examples
    --------
    >>> months = months_of(2022, 4)
    >>> len(months), months[0].label, months[-1].after - months[0].first
    (48, '202201', 1461)
    """
    starts = [
        date(first_year + number // DECEMBER, number % DECEMBER + 1, 1)
        for number in range(years * DECEMBER + 1)
    ]
    return [
        Month(number, day(start), day(after), f"{start:%Y%m}")
        for number, (start, after) in enumerate(itertools.pairwise(starts))
    ]


def live(seed: int, count: int, months: list[Month]) -> tuple[City, Records]:
    """Found a city and let it live; return it with all that happened.

    The same seed gives the same city and the same life. Records may be known after the last
    month: they have happened, but no department has delivered them yet.
    """
    first, end = months[0].first, months[-1].after
    born, visits, trade, paper = (np.random.default_rng([seed, stream]) for stream in range(4))
    city = found_city(born, count, first, end)
    world = open_world(born, city, first)
    register(paper, world)
    for month in months:
        world.state.drift(trade)
        failed = inspect(visits, world, month)
        checked, verified = complain(trade, world, month)
        found = check_complaints(visits, world, month, checked)
        recheck(visits, world, month, failed)
        leads = {
            "visit": pd.concat([failed, found], ignore_index=True),
            "report": verified,
            "sampling": sample(trade, world, month),
            "incident": suffer(trade, world, month),
        }
        decide(visits, world, month, leads)
        alter(paper, world, month)
        list_late_reports(paper, world, month)
        list_defaulters(paper, world, month)
        if month.calendar == DECEMBER:
            award(paper, world, month.first, int(month.label[:4]))
    license_all(paper, world, end)
    certify(paper, world, first, end)
    return city, world.records
