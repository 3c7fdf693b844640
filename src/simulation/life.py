"""The life of a part of the city, month by month."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .affairs import HEARD
from .cases import decide, fine_elsewhere
from .city import found_city
from .follow import Followers
from .hazard import Chances, chances_within
from .laws import Laws
from .leads import Leads
from .market import complain, sample, suffer
from .months import Month
from .outbreaks import Outbreaks
from .overheard import Overheard
from .papers import award, certify, declare_products, evaluate, file, license_all
from .parts import Part
from .records import Spool
from .register import REGISTER, register_of
from .registry import alter, list_defaulters, register, report_yearly, tie
from .routine import report_monthly
from .visits import check_complaints, inspect, recheck
from .vocabulary import WORDS
from .world import World, open_world

__all__ = ["CHANCES", "HORIZON", "live_part"]

CHANCES = "chances.parquet"
HORIZON = 12
NUMBERS = 10_000_000
# Room for the licences of a part: more than any share of operators.
OPERATORS = 0.12


def live_part(
    folder: Path,
    seed: int,
    laws: Laws,
    part: Part,
    months: Sequence[Month],
    outbreaks: Outbreaks,
    *,
    truths: Sequence[int],
    trials: int,
) -> None:
    """Found a part of the city, let it live, and spool all that happened.

    The same seed gives the same part and the same life. Records may be known after the last
    month: they have happened, but no department has delivered them yet.

    Parameters
    ----------
    folder
        Gets one Arrow file for each kind of record, and those of the register and of chances.
    truths
        Numbers of months at whose start it is worked out what everybody's true chances within a
        year are: that a violation is confirmed, and that a check finds one.
    trials
        How many trial lives that takes.
    """
    first, end = months[0].first, months[-1].after
    born = np.random.default_rng([seed, part.number, 0])
    city = found_city(born, laws, part, first, end)
    licences = {"operation": round(OPERATORS * part.first), "production": part.before}
    with Spool(folder, NUMBERS * part.number, **licences) as spool:
        heard = Overheard(spool, HEARD, part.first)
        world = open_world([seed, part.number], laws, city, outbreaks, first, heard)
        others = Followers([seed, part.number], world, heard)
        register(world)
        tie(world, first)
        chances = []
        for month in months:
            if month.number in truths:
                seeds = [[seed, part.number, month.number, trial] for trial in range(trials)]
                ahead = months[month.number : month.number + HORIZON]
                chances.append(_told(world, month, chances_within(world, ahead, _live, seeds)))
            active = world.active(month)
            _live(world, month)
            award(world, month, active)
            evaluate(world, month, active)
            file(world, month, active)
            report_yearly(world, month, active)
            report_monthly(world, month, active)
            others.follow(month, active)
        license_all(world, end)
        certify(world, first, end)
        declare_products(world, first, end)
        others.conclude(first, end)
    pq.write_table(register_of(city, seed), folder / REGISTER)
    if chances:
        pq.write_table(pa.concat_tables(chances), folder / CHANCES)


def _live(world: World, month: Month) -> None:
    """Live what changes enterprises or is watched for violations in a month."""
    active = world.active(month)
    failed = inspect(world, month, active)
    checked, verified = complain(world, month, active)
    failed = Leads.joined([failed, check_complaints(world, month, checked)])
    recheck(world, month, failed)
    leads = {
        "visit": failed,
        "report": verified,
        "sampling": sample(world, month, active),
        "incident": suffer(world, month, active),
    }
    decide(world, leads)
    fine_elsewhere(world, month, active)
    alter(world, month, active)
    list_defaulters(world, month, active)
    world.drift()


def _told(world: World, month: Month, chances: Chances) -> pa.Table:
    who = np.flatnonzero(~np.isnan(chances.confirmed))
    population = pa.array(WORDS["population"]).take(pa.array(world.city.population[who]))
    return pa.table(
        {
            "enterprise": (who + world.city.first).astype(np.int32),
            "as_of": pa.array(np.full(len(who), month.first, np.int32)).cast(pa.date32()),
            "population": population,
            "probability": chances.confirmed[who],
            "if_checked": chances.checked[who],
        }
    )
