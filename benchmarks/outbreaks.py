"""How soon hazards are found that spread in a made-up market, at equal numbers of alarms.

In a market (`simulation.spreading`) with lots that are tested, complaints and opinion, hazards
begin to spread now and then: in a product and less in its kin, some by one supplier. It is known
what spread, and since when. The peers read failed lots; `joint` also how many were tested, and
what people say. All are held to the same number of alarms a week, by interpolation; differences
are paired by what spread, and their 95 % intervals draw whole outbreaks. Each lasts five years, of
which three are measured. Seeds are drawn at run time, so that nobody has seen them, and printed.

`agree` says that `joint` tells the same of a week whether or not later ones are there.

Target: `joint` finds what spreads 10 days sooner than the ratio, with an interval without zero.
"""

import secrets
import time
from dataclasses import replace
from typing import Any

import numpy as np

from xinheng.earlywarning import ALL, Cases, Detector, Joint, Tally, Told
from xinheng.earlywarning.backtest import Found, Onsets, at_budget, difference, weekly
from xinheng.simulation.spreading import TESTING, Market, Spreading, spread_in

from .measuring import apart, is_quick, told

FULL, QUICK = (6, 5), (1, 3)
BUDGETS = (1.0, 2.0, 4.0)
YEAR, MONDAY, FELT, AHEAD = 365, 4, 1.0, 182
REFERENCE, OURS, TARGET = "ratio", "joint", -10.0


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


def begun(market: Market, cases: Cases, first: int, after: int) -> tuple[Onsets, list[int]]:
    """Return the first cases of what spreads strongly, and the number of the outbreak of each.

    A case counts that was sampled after it began; what shows none in half a year is left out.
    """
    place = {pair: at for at, pair in enumerate(zip(cases.product, cases.hazard, strict=True))}
    series, days, outbreaks = [], [], []
    for each in market.truth:
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


def tried(seed: int, years: int, detectors: tuple[Detector, ...]) -> dict[str, Any]:
    """Return how soon each detector finds what spreads in one market, by detector and budget."""
    size = Spreading()
    market = spread_in(np.random.default_rng(seed), years * YEAR, size)
    cases = cases_of(market, size)
    first, after = 2 * YEAR - (2 * YEAR - MONDAY) % 7, years * YEAR
    onsets, outbreaks = begun(market, cases, first, after)
    found: dict[tuple[str, float], Found] = {}
    for detector in detectors:
        runs = weekly(detector, cases, first, after)
        for budget in BUDGETS:
            found[detector.name, budget] = at_budget(runs, onsets, budget)
    counts = cases.counts(after - 1, (after - 1) // 7)
    early = counts.until(counts.weeks - 20)
    alike = np.allclose(Joint().scores(counts, 21)[:, 0], Joint().scores(early)[:, 0])
    named = [seed * 10_000 + each for each in outbreaks]
    return {"found": found, "outbreaks": named, "alike": bool(alike)}


def measured(seeds: list[int], years: int) -> dict[str, Any]:
    """Return the figures of all detectors over some markets."""
    detectors = (*ALL, Joint())
    start = time.perf_counter()
    each = [tried(seed, years, detectors) for seed in seeds]
    took = time.perf_counter() - start
    _, cluster = np.unique(np.concatenate([one["outbreaks"] for one in each]), return_inverse=True)
    lines = []
    for budget in BUDGETS:
        days = {
            detector.name: np.concatenate(
                [one["found"][detector.name, budget].days for one in each]
            )
            for detector in detectors
        }
        for name, mine in days.items():
            apart_by = difference(mine, days[REFERENCE], cluster.astype(np.int32))
            lines.append(
                {
                    "budget": budget,
                    "detector": name,
                    "mean_delay_days": round(float(mine.mean()), 1),
                    "within_8_weeks": round(float((mine <= 56).mean()), 3),
                    "against_ratio": [
                        round(days, 1) for days in (apart_by.mean, apart_by.low, apart_by.high)
                    ],
                }
            )
    return {
        "onsets": len(cluster),
        "seconds": round(took, 1),
        "lines": lines,
        "agree": all(one["alike"] for one in each),
    }


def main() -> None:
    """Print a table, and one JSON object."""
    markets, years = QUICK if is_quick(__doc__) else FULL
    seeds = [secrets.randbelow(2**31) for _ in range(markets)]
    found = apart(measured, seeds, years)
    print(f"seeds {seeds}; {found['onsets']} onsets; {found['seconds']} s")
    for line in found["lines"]:
        low, high = line["against_ratio"][1:]
        print(
            f"{line['budget']:g} a week  {line['detector']:<13} {line['mean_delay_days']:6.1f} days"
            f"  {line['within_8_weeks']:.0%} in 8 weeks"
            f"  {line['against_ratio'][0]:+6.1f} ({low:+.1f} to {high:+.1f})"
        )
    ours = [line["against_ratio"] for line in found["lines"] if line["detector"] == OURS]
    missed = [
        f"{OURS} at {budget:g} a week"
        for budget, (mean, _, high) in zip(BUDGETS, ours, strict=True)
        if mean > TARGET or high >= 0
    ]
    figures = {
        f"{line['detector']}_{line['budget']:g}": line["mean_delay_days"] for line in found["lines"]
    }
    told("outbreaks", {}, figures, missed, agree=found["agree"])


if __name__ == "__main__":
    main()
