"""Monitoring: false alarms of stable cities, and how soon planted faults are found and named.

Made-up cities under two sets of laws deliver for eight years. A model is trained on the first five;
from then on the monitor runs on the first of every month. Nothing is wrong with the city but its
own seasons, outbreaks and fashions: every story told of it is counted as a false alarm. Then faults
are planted into the deliveries, one at a time, from the first day of a month on, and the monitor
runs on the first of the next two months: was the fault found, in which run, and was the cause named
with the department that delivers it?

Some faults strike too few records to be told from chance by anybody. What changes all that it
strikes needs eight. A half that is lost needs as many as are seen four times in five at this budget
over all departments, by mean and spread of two months together in the department's last two years.
They are counted with the others, and besides: `faults_too_small_to_tell`.

The peers are what drift is mostly watched by, on the same months and the same sample of
enterprises: the population stability index of each indicator against the training months, alarm
above 0.2, and a two-sample Kolmogorov-Smirnov test, alarm below 5 %. `ratios` are their false
alarms over ours, counting an indicator once as long as it stays in alarm.

`agree` says that runs are repeatable: the same month looked at twice tells the same stories.
Targets: under one false alarm a quarter; each sort of fault found within two runs.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2, norm

from xinheng.archive import Archive, read_source
from xinheng.core import time
from xinheng.core.settings import load_settings
from xinheng.features import Cases, Events, References, build_references
from xinheng.grading import Bundle, read_champion
from xinheng.grading.monitoring import BUDGET, Cause, Story, survey
from xinheng.grading.monitoring.drift import later_months
from xinheng.ledger import Ledger
from xinheng.simulation import simulate
from xinheng.training import Window, open_key, read_task, train
from xinheng.training.task import Windows

from .faults import (
    FAULTS,
    RESCALED,
    Delivered,
    Fault,
    empty,
    halve,
    merge,
    month_after,
    rename,
)
from .measuring import is_quick, told

SOURCES = Path(__file__).parents[1] / "data" / "sources"
SEEDS = {"standard": (201, 202), "contrary": (203, 204)}
ENTERPRISES, PRODUCERS, YEARS = 6_000, 120, 8
QUICK = (1_500, 60)
FEW = ("city-registry", "city-licensing", "city-market", "city-testing", "city-complaints",
       "city-social")  # fmt: skip
FIRST, LAST = time.day("2025-02-01"), time.day("2027-12-01")
EACH, RUNS, ENOUGH = 2, 2, 20
FEWEST, PAST = 8, 24
QUICK_FAULTS = ("stops", "unit 10,000 times")
AT = datetime(2028, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class City:
    """A city with its model, and what monitoring reads of it."""

    name: str
    archive: Archive
    bundle: Bundle
    delivered: Delivered

    def references(self, events: Events) -> References:
        """Build what indicators rest on beside an enterprise's own events."""
        cases, bans = Cases.from_table(self.archive.cases()), Events.from_view(self.archive.bans())
        return build_references(self.bundle.catalogue, events, cases=cases, bans=bans)

    def stories(self, delivered: Delivered, days: list[int]) -> list[list[Story]]:
        """Run the monitor on some days; what is only the season is left out."""
        references, arrivals = self.references(delivered.events), delivered.arrivals()
        found = [
            survey(self.bundle, delivered.events, references, arrivals, day).stories for day in days
        ]
        return [[s for s in stories if s.cause is not Cause.SEASON] for stories in found]


def city_of(folder: Path, laws: str, seed: int, *, quick: bool) -> City:
    """Make up a city, take it in, and train a model on its first five years."""
    many, makers = QUICK if quick else (ENTERPRISES, PRODUCERS)
    city = simulate(
        folder / "city", seed, enterprises=many, producers=makers, years=YEARS, laws=laws
    )
    archive = Archive(folder / "archive")
    for name in FEW if quick else city.delivering:
        archive.ingest(read_source(SOURCES / name), folder / "city" / "deliveries" / name, AT)
    task = read_task(SOURCES / "city-market" / "task.toml")
    windows = Windows(
        train=Window(first=date(2021, 1, 1), last=date(2023, 7, 1)),
        test=Window(first=date(2025, 1, 1), last=date(2025, 1, 1)),
    )
    task = task.model_copy(update={"learners": ("constant", "lightgbm"), "windows": windows})
    settings = load_settings(
        bundles=folder / "bundles", ledger=f"sqlite:///{folder}/ledger.db", keys=folder / "keys",
        mlruns=folder / "mlruns",
    )  # fmt: skip
    train(
        archive, task, settings, key=open_key(settings.keys), at=AT, actor="benchmark",
        tracking=False,
    )  # fmt: skip
    ledger = Ledger.open(settings)
    bundle = read_champion(settings, ledger)
    ledger.close()
    return City(f"{laws} {seed}", archive, bundle, Delivered.of(archive))


def monthly(first: int, last: int) -> list[int]:
    """Return the first days of months from one to another."""
    days = [first]
    while days[-1] < last:
        days.append(month_after(days[-1], 1))
    return days


def new_stories(runs: list[list[Story]]) -> Iterator[tuple[int, Story]]:
    """Yield each story in the run that first tells of it; after three silent runs it is new."""
    last: dict[str, int] = {}
    for number, stories in enumerate(runs):
        for story in stories:
            if number - last.get(story.key, -99) > 3:
                yield number, story
            last[story.key] = number


@dataclass(frozen=True)
class Planted:
    """A fault, where and since when, and what became of it: 0 where no run found it.

    `struck` records were lost, moved or changed before the last run; fewer than `needed` cannot be
    told from chance.
    """

    name: str
    where: str
    day: int
    monthly: float
    struck: int
    needed: int
    found: int
    named: int
    told: str

    @property
    def small(self) -> bool:
        """Whether it struck too few records to be told."""
        return self.struck < self.needed


def plant_all(
    city: City, calm: dict[int, list[Story]], rng: np.random.Generator, *, quick: bool
) -> Iterator[Planted]:
    """Plant every sort of fault into some departments, and look for it in two runs.

    What was told on the same days of the city as it was (`calm`) is not counted as found.
    """
    days = sorted(calm)[:-RUNS]
    for name in QUICK_FAULTS if quick else FAULTS:
        fault = FAULTS[name]
        anywhere = [("", "", dict.fromkeys(days, np.nan))]
        places = anywhere if fault.city else _places(city, fault, days)
        rng.shuffle(places)
        for source, kind, many in places[: 1 if quick or fault.city else EACH]:
            day = int(rng.choice(sorted(many)))
            yield _planted(city, calm, name, (source, kind, many[day]), day, rng)


def _planted(
    city: City,
    calm: dict[int, list[Story]],
    name: str,
    place: tuple[str, str, float],
    day: int,
    rng: np.random.Generator,
) -> Planted:
    fault, (source, kind, many) = FAULTS[name], place
    days = [month_after(day, number) for number in range(1, RUNS + 1)]
    before = {story.key for each in days for story in calm[each]}
    altered = fault.plant(city.delivered, day, source, kind, rng)
    found = named = 0
    said = []
    for number, stories in enumerate(city.stories(altered, days), 1):
        fresh = [s for s in stories if s.key not in before]
        mine = [s for s in fresh if fault.city or s.source in ("", source)]
        right = [s for s in mine if s.cause in fault.causes and s.source in ("", source)]
        found = found or (number if mine else 0)
        named = named or (number if right else 0)
        said += [f"{number}: {s.cause} {s.source} {s.kind}".strip() for s in fresh]
    where = f"{source} {kind}".strip()
    counts = (0, 0) if fault.city else (
        struck(city.delivered, altered, source, days), needed(city.delivered, name, source, day)
    )  # fmt: skip
    return Planted(name, where, day, many, *counts, found, named, "; ".join(said))


def struck(before: Delivered, after: Delivered, source: str, days: list[int]) -> int:
    """Count the records of a department that are other than they were, up to the last run."""

    def told_of(delivered: Delivered) -> pd.DataFrame:
        mine = (delivered.source == source) & (delivered.arrived < days[-1])
        recent = mine & (delivered.arrived >= month_after(days[0], -1))
        own = delivered.keep(recent)
        return (
            own.arrivals()
            .table[["record", "kind", "code", "value"]]
            .astype({"kind": str, "code": str})
        )

    both = pd.concat([told_of(before), told_of(after)])
    return int(both.drop_duplicates(keep=False)["record"].nunique())


def needed(delivered: Delivered, name: str, source: str, day: int) -> int:
    """Return how many records of a department must be struck for anybody to tell."""
    if FAULTS[name].plant is not halve:
        return FEWEST
    own = delivered.keep(delivered.source == source).arrivals().table
    arrived = own.drop_duplicates(["root", "record"])["arrived"]
    months = [month_after(day, -number) for number in range(PAST, -1, -RUNS)]
    sums = np.histogram(arrived, months)[0]
    spread = np.sqrt(max(sums.mean(), sums.var(ddof=1)))
    departments = np.unique(delivered.source).size
    chance = BUDGET / 3 / departments
    return int(np.ceil(spread * (norm.isf(chance) + norm.isf(0.2))))


def _places(city: City, fault: Fault, days: list[int]) -> list[tuple[str, str, dict[int, float]]]:
    """Return departments and kinds that a fault may strike, and when: in months of many records."""
    table = city.delivered.arrivals().table
    table = table[(table["arrived"] >= days[0]) & (table["arrived"] < month_after(days[-1], 1))]
    if fault.kinds:
        table = table[table["kind"].isin(fault.kinds)]
    if fault.plant in (empty, *RESCALED):
        table = table[table["value"] > 0]
    place = ["source", "kind"] if fault.kinds else ["source"]
    once = table.drop_duplicates([*place, "root", "record"])
    found = []
    for names, own in once.groupby(place, observed=True):
        source, kind = (*names, "")[:2]
        common = own["code"].value_counts()
        if fault.plant in (rename, merge) and (common > ENOUGH * len(days) / 4).sum() < 3:
            continue
        counts = np.histogram(own["arrived"], [*days, month_after(days[-1], 1)])[0]
        many = {
            day: float(count) for day, count in zip(days, counts, strict=True) if count >= ENOUGH
        }
        if many:
            found.append((str(source), str(kind), many))
    return found


def peers(city: City, days: list[int]) -> Counter[str]:
    """Count the false alarms of two usual rules: each indicator once while it stays in alarm."""
    reference = city.bundle.reference
    events = city.delivered.events
    later = later_months(city.bundle, events, city.references(events), np.array(days, np.int32))
    alarms: Counter[str] = Counter()
    for population, past in reference.months.items():
        for name, counts in past.counts.items():
            pooled = np.array(counts, float).sum(0)
            for peer, rule in (("psi_over_0.2", _psi), ("ks_below_5_percent", _ks)):
                since = later[population].counts[name]
                now = [rule(pooled, np.array(each, float)) for each in since]
                alarms[peer] += sum(a and not b for a, b in zip(now, [False, *now], strict=False))
    return alarms


def _psi(pooled: npt.NDArray[np.float64], now: npt.NDArray[np.float64]) -> bool:
    p, q = (np.maximum(each / each.sum(), 1e-4) for each in (pooled, now))
    return bool(((q - p) * np.log(q / p)).sum() > 0.2)


def _ks(pooled: npt.NDArray[np.float64], now: npt.NDArray[np.float64]) -> bool:
    gap = np.abs(np.cumsum(pooled) / pooled.sum() - np.cumsum(now) / now.sum()).max()
    size = pooled.sum() * now.sum() / (pooled.sum() + now.sum())
    return bool(gap > 1.358 / np.sqrt(size))


def interval(count: int, exposure: float) -> tuple[float, float]:
    """Return the exact 95 % interval of a Poisson rate (Garwood 1936)."""
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return low / exposure, chi2.ppf(0.975, 2 * count + 2) / 2 / exposure


def table(planted: list[Planted]) -> list[str]:
    """Return a Markdown table of faults: how many, found in the first and second run, named."""
    heads = ("fault", "planted", "found in run 1", "by run 2", "cause and place right",
             "too small to tell", "of them found")  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for name in FAULTS:
        mine = [each for each in planted if each.name == name]
        first = sum(each.found == 1 for each in mine)
        found, named = sum(each.found > 0 for each in mine), sum(each.named > 0 for each in mine)
        small = [each for each in mine if each.small]
        least = sum(each.found > 0 for each in small)
        lines.append(
            f"| {name} | {len(mine)} | {first} | {found} | {named} | {len(small)} | {least} |"
        )
    return lines


@dataclass(frozen=True)
class Outcome:
    """What became of one city: false alarms as lines, months looked at, faults, rivals' alarms."""

    alarms: list[str]
    months: int
    planted: list[Planted]
    rivals: Counter[str]
    agree: bool


def watched(task: tuple[str, int, bool]) -> Outcome:
    """Make up a city, watch it while nothing is wrong, and plant faults into it."""
    laws, seed, quick = task
    with tempfile.TemporaryDirectory() as folder:
        city = city_of(Path(folder), laws, seed, quick=quick)
        days = monthly(month_after(LAST, -2) if quick else FIRST, LAST)
        runs = city.stories(city.delivered, days)
        alarms = [
            f"{city.name}, {time.show(days[number])}: {s.cause} {s.source} {s.kind} {s.names}"
            for number, s in new_stories(runs)
        ]
        _say("\n".join(alarms))
        agree = city.stories(city.delivered, days[-1:])[0] == runs[-1]
        calm, planted = dict(zip(days, runs, strict=True)), []
        for each in plant_all(city, calm, np.random.default_rng(seed), quick=quick):
            _say(f"{city.name}: {each}")
            planted.append(each)
        return Outcome(alarms, len(days), planted, peers(city, days), agree)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Count false alarms, plant faults, and end with one JSON object."""
    quick = is_quick(__doc__)
    tasks = [(laws, seed, quick) for laws, seeds in SEEDS.items() for seed in seeds]
    if quick:
        cities = [watched(tasks[0])]
    else:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            cities = list(pool.map(watched, tasks))
    alarms = [line for city in cities for line in city.alarms]
    planted = [each for city in cities for each in city.planted]
    print(*(f"false alarm: {line}" for line in alarms), *table(planted), sep="\n")
    rivals = sum((city.rivals for city in cities), Counter[str]())
    months = sum(city.months for city in cities)
    low, high = interval(len(alarms), months / 3)
    figures = {
        "city_months": months,
        "false_alarms": len(alarms),
        "false_alarms_per_quarter": round(3 * len(alarms) / months, 2),
        "false_alarms_per_quarter_low": round(low, 2),
        "false_alarms_per_quarter_high": round(high, 2),
        "faults_planted": len(planted),
        "faults_found_in_first_run": sum(each.found == 1 for each in planted),
        "faults_found_in_two_runs": sum(each.found > 0 for each in planted),
        "faults_named_rightly": sum(each.named > 0 for each in planted),
        "faults_too_small_to_tell": sum(each.small for each in planted),
        "faults_too_small_and_found": sum(each.small and each.found > 0 for each in planted),
        **{f"{peer}_false_alarms": count for peer, count in rivals.items()},
    }
    missed = [] if len(alarms) < months / 3 else ["under one false alarm a quarter"]
    missed += [
        f"found within two runs: {p.name}, {p.where}, {p.struck} records struck, {p.needed} needed"
        for p in planted
        if not p.found
    ]
    ratios = {
        f"{peer}, false alarms": round(count / max(len(alarms), 1), 1)
        for peer, count in rivals.items()
    }
    agree = all(city.agree for city in cities)
    told("monitoring", ratios, figures, missed, agree=agree)


if __name__ == "__main__":
    main()
