"""How soon hazards are found, at equal numbers of alarms, where it is known what spreads.

In made-up markets (`simulation.spreading`) with lots that are tested, complaints and opinion,
hazards begin to spread now and then: in a product and less in its kin, some by one supplier. Each
lasts five years, of which three are measured. A simulated city is tried as well, by the records
that its departments deliver. The peers read failed lots; `joint` also how many were tested, and
what people say. A city has few series, of which the ratio, that asks for two cases, gives few
alarms however low its threshold; it is tried with one case as well. All are held to the same
number of alarms a week, by interpolation; differences are paired by what spread, and their 95 %
intervals draw whole outbreaks. Seeds are drawn at run time, so that nobody has seen them, and
printed. `agree` says that `joint` tells the same of a week whether or not later ones are there.

Target: `joint` finds what spreads 10 days sooner than the ratio, with an interval without zero.
"""

import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq

from xinheng.archive import Archive, read_source
from xinheng.core import time
from xinheng.earlywarning import ALL, Cases, Joint, Tally, Told
from xinheng.earlywarning.backtest import Found, Onsets, at_budget, difference, weekly
from xinheng.earlywarning.detectors import Ratio
from xinheng.earlywarning.products import Vocabulary
from xinheng.earlywarning.signals import gather, read_signals
from xinheng.earlywarning.watch import naming
from xinheng.simulation import simulate
from xinheng.simulation.catalogue import items, products
from xinheng.simulation.outbreaks import KIN
from xinheng.simulation.spreading import (
    NOBODY,
    TESTING,
    Market,
    Spread,
    Spreading,
    spread_in,
)

from .measuring import apart, is_quick, told

FULL, QUICK = (6, 5), (1, 3)
FULL_CITY, QUICK_CITY = (20_000, 3_000, 6), (400, 150, 3)
BUDGETS = {"market": (1.0, 2.0, 4.0), "city": (0.25, 0.5, 1.0)}
DETECTORS = (*ALL, Ratio(least=1, name="ratio, one case"), Joint())
YEAR, MONDAY, FELT, AHEAD = 365, 4, 0.9, 182
REFERENCE, OURS, TARGET = "ratio", "joint", -10.0
SOURCES = Path(__file__).parents[1] / "data" / "sources"
DELIVERING = (
    "city-market",
    "city-testing",
    "city-sampling",
    "city-complaints",
    "city-12315",
    "city-alert",
    "city-health",
    "city-opinion-press",
    "city-opinion-social",
)


class Tried(NamedTuple):
    """What detectors found in one market or city, the outbreak of each onset, and a check."""

    found: dict[tuple[str, float], Found]
    outbreaks: list[int]
    alike: bool


def cases_of(market: Market, size: Spreading) -> Cases:
    """Return what is known of a market, with numbers tested and what people say."""
    lots = market.lots
    failed = lots[lots["item"] >= 0]
    names = tuple(f"product {each}" for each in range(size.products))
    items = tuple(f"item {each}" for each in range(size.items))
    cases = Cases.coded(names, items, failed["product"], failed["item"], failed["known"])
    return replace(
        cases,
        tested=Tally.of(lots["product"], lots["known"]),
        told=tuple(
            Told(name, Tally.of(each["product"], each["known"]), size.products, cases.product)
            for name, each in market.told.items()
        ),
    )


def onsets_of(
    truth: Iterable[Spread], cases: Cases, first: int, after: int
) -> tuple[Onsets, list[int]]:
    """Return the first cases of what spreads strongly, and the number of the outbreak of each.

    A case counts that was sampled after it began; what shows none in half a year is left out.
    """
    place = {pair: at for at, pair in enumerate(zip(cases.product, cases.hazard, strict=True))}
    series, days, outbreaks = [], [], []
    for each in truth:
        at = place.get((each.product, each.item))
        if at is None or each.strength < FELT:
            continue
        known = cases.day[cases.series == at]
        known = known[known >= each.first + TESTING[0]]
        if len(known) and known[0] <= each.first + TESTING[0] + AHEAD and first <= known[0] < after:
            series.append(at)
            days.append(int(known[0]))
            outbreaks.append(each.outbreak)
    return Onsets(np.array(series, np.int32), np.array(days, np.int32)), outbreaks


def in_market(seed: int, years: int) -> Tried:
    """Try detectors on a made-up market."""
    size = Spreading()
    market = spread_in(np.random.default_rng(seed), years * YEAR, size)
    cases = cases_of(market, size)
    first, after = 2 * YEAR - (2 * YEAR - MONDAY) % 7, years * YEAR
    onsets = onsets_of(market.truth, cases, first, after)
    return tried("market", cases, *onsets, (first, after), seed)


def in_city(seed: int, enterprises: int, producers: int, years: int) -> Tried:
    """Try detectors on a simulated city, whose records are taken in as its departments wrote them.

    What spreads in a product shows in kin, which have the item tested, with less strength.
    """
    with tempfile.TemporaryDirectory() as place:
        city, archive = Path(place) / "city", Archive(Path(place) / "archive")
        simulate(city, seed, enterprises=enterprises, producers=producers, years=years)
        for name in DELIVERING:
            source = read_source(SOURCES / name)
            archive.ingest(source, city / "deliveries" / name, datetime(2026, 6, 1, tzinfo=UTC))
        named = naming(Vocabulary.default(), time.day("2026-01-01"))
        cases = gather(read_signals(archive, naming=named)).first()
        truth = pq.read_table(city / "truth" / "outbreaks.parquet").to_pylist()
    after = time.day(f"{2020 + years}-01-01")
    first = time.day("2022-01-03")
    spreads = [
        Spread(
            row["outbreak"],
            cases.products.index(name),
            cases.hazards.index(row["item"]),
            time.day(row["first"]),
            time.day(row["peak"]),
            time.day(row["last"]),
            row["strength"] * (1.0 if name == row["product"] else KIN),
            NOBODY,
            name != row["product"],
        )
        for row in truth
        if not row["hidden"] and row["item"] in cases.hazards
        for name in _with(row["item"])
        if name in cases.products
    ]
    onsets = onsets_of(spreads, cases, first, after)
    return tried("city", cases, *onsets, (first, after), seed)


def _with(item: str) -> list[str]:
    """Return the products in which an item is tested."""
    tested = items()
    rows = (tested.of == tested.names.index(item)).any(axis=1)
    return list(products()["name"][rows])


def tried(
    name: str, cases: Cases, onsets: Onsets, outbreaks: list[int], span: tuple[int, int], seed: int
) -> Tried:
    """Return how soon each detector finds what spreads."""
    first, after = span
    found: dict[tuple[str, float], Found] = {}
    for detector in DETECTORS:
        runs = weekly(detector, cases, first, after)
        for budget in BUDGETS[name]:
            found[detector.name, budget] = at_budget(runs, onsets, budget)
    counts = cases.counts(after - 1, (after - 1 - int(cases.day[0])) // 7)
    early = counts.until(counts.weeks - 20)
    alike = np.allclose(Joint().scores(counts, 21)[:, 0], Joint().scores(early)[:, 0])
    return Tried(found, [seed * 10_000 + each for each in outbreaks], bool(alike))


def compared(name: str, each: list[Tried]) -> tuple[list[dict[str, Any]], int]:
    """Return the figures of all detectors over some markets, and how many onsets there were."""
    _, cluster = np.unique(np.concatenate([one.outbreaks for one in each]), return_inverse=True)
    lines = []
    for budget in BUDGETS[name]:
        days = {
            each_of.name: np.concatenate([one.found[each_of.name, budget].days for one in each])
            for each_of in DETECTORS
        }
        for detector, mine in days.items():
            by = difference(mine, days[REFERENCE], cluster.astype(np.int32))
            lines.append(
                {
                    "budget": budget,
                    "detector": detector,
                    "mean_delay_days": round(float(mine.mean()), 1),
                    "within_8_weeks": round(float((mine <= 56).mean()), 3),
                    "against_ratio": [round(days, 1) for days in (by.mean, by.low, by.high)],
                }
            )
    return lines, len(cluster)


def shown(name: str, each: list[Tried]) -> tuple[dict[str, float], list[str]]:
    """Print a table; return its figures, and what missed the target."""
    lines, onsets = compared(name, each)
    print(f"{name}: {onsets} onsets")
    for line in lines:
        mean, low, high = line["against_ratio"]
        print(
            f"{line['budget']:g} a week  {line['detector']:<18} {line['mean_delay_days']:6.1f} days"
            f"  {line['within_8_weeks']:4.0%} in 8 weeks  {mean:+6.1f} ({low:+.1f} to {high:+.1f})"
        )
    figures = {
        f"{name}_{line['detector']}_{line['budget']:g}": line["mean_delay_days"] for line in lines
    }
    missed = [
        f"{name} at {line['budget']:g} a week"
        for line in lines
        if line["detector"] == OURS
        and (line["against_ratio"][0] > TARGET or line["against_ratio"][2] >= 0)
    ]
    return figures, missed


def main() -> None:
    """Print two tables, and one JSON object."""
    quick = is_quick(__doc__)
    markets, years = QUICK if quick else FULL
    seeds = [secrets.randbelow(2**31) for _ in range(markets + 1)]
    print(f"seeds {seeds}")
    made_up = [apart(in_market, seed, years) for seed in seeds[1:]]
    city = apart(in_city, seeds[0], *(QUICK_CITY if quick else FULL_CITY))
    figures: dict[str, float] = {}
    missed: list[str] = []
    for name, each in (("market", made_up), ("city", [city])):
        more, less = shown(name, each)
        figures |= more
        missed += less
    agree = all(each.alike for each in (*made_up, city))
    told("outbreaks", {}, figures, [] if quick else missed, agree=agree)


if __name__ == "__main__":
    main()
