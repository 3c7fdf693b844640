"""What a run of grades costs beside the bare booster: 3.69 million rows by 104 indicators.

A small city is made up, taken in and trained on: a booster of 300 trees of up to 31 leaves by the
settings that training has, a specialist for producers, a calibrator with 200 replicates, the
statutory rules. Its rows as of two months are drawn over and over, until they are as many as the
city's entities. Each block is graded as `xinheng grade` does it: margins, calibration, intervals,
rules, levels with hysteresis, and the causes of all levels that changed since the month before, as
a table and as rows of the ledger with what is known of each cause, all of which only has to be
written. The peer is LightGBM's `predict(raw_score=True)` by the booster alone, on the same blocks
as ready arrays, with as many threads, block by block in turn.

To compute indicators is no part of it: those of the new month, and those with some of what moved
them put back, come from the small city. Nor is it to read the records of whose level changed, and
to tell what became of them since (`dynamic.telling`): that comes from the small city as well, and
where records were told of in several ways, which of these it was is not tried. The blend has no
linear part. `telling_us` is what that telling takes by itself, for an enterprise of the small city,
and `trying_us` what it takes to put something back (`dynamic.between`), the mean of all sets.

`agree` says that grades, causes and what is known of them are in a block what they are of one row
at a time, to the bit.

Targets: at most 1.3 times the bare booster (`booster` at least 0.77), and under 4 GB.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.archive import Archive, read_source
from xinheng.core.time import day
from xinheng.features import Catalogue, City, Events, matching, standard_catalogue
from xinheng.grading import (
    STATUTES,
    Blend,
    Bundle,
    ModelCard,
    Parts,
    Policy,
    Purpose,
    Reference,
    ScoreCard,
    Scorer,
    Specialist,
    fit_calibrator,
    key_id,
    read_bundle,
    write_bundle,
)
from xinheng.grading.dynamic.between import BY_DAY, WAYS
from xinheng.grading.dynamic.inforce import InForce
from xinheng.grading.dynamic.least import Parts as Flags
from xinheng.grading.dynamic.matrices import Matrices
from xinheng.grading.dynamic.refined import MOVERS
from xinheng.grading.dynamic.retrospect import Given, Retrospect
from xinheng.grading.dynamic.step import BLOCK, Step
from xinheng.ledger import Run
from xinheng.simulation import simulate
from xinheng.training import Boosting

from .measuring import Peak, apart, is_quick, told

FULL, QUICK = (3_690_000, 2_500, 60), (131_072, 250, 15)
YEARS, TREES, LEAVES, DEPTH, REPLICATES, THREADS = 6, 300, 31, 5, 200, 1
DAYS = tuple(map(day, ("2025-09-01", "2025-10-01")))
BEFORE = day("2025-08-01")
TRAINED = tuple(map(day, ("2023-01-01", "2023-07-01", "2024-01-01", "2024-07-01")))
AT = datetime(2030, 1, 1, tzinfo=UTC)
SOURCES = Path("data/sources")
RATIO, GIGABYTES, CHECKED = 1 / 1.3, 4.0, 300
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
KEYS = {key_id(KEY.public_key()): KEY.public_key()}

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]


def made_up(folder: Path, enterprises: int, producers: int) -> City:
    """Make up a small city and take it in."""
    city = simulate(folder / "city", 1, enterprises=enterprises, years=YEARS, producers=producers)
    archive = Archive(folder / "archive")
    for name in city.delivering:
        archive.ingest(read_source(SOURCES / name), folder / "city" / "deliveries" / name, AT)
    return City.of(archive)


def catalogue() -> Catalogue:
    """Return the indicators that may decide a grade: all but six of the 110."""
    return standard_catalogue().select(use="grade")


def failed(events: Events, enterprises: Numbers, as_of: int) -> npt.NDArray[np.bool_]:
    """Tell of which enterprises a check failed within a year of a day."""
    rows = np.isin(events.stream, matching(("inspection:*.fail", "penalty"), events.vocabulary))
    rows &= (events.occurred >= as_of) & (events.occurred < as_of + 365)
    return np.isin(enterprises, events.enterprise[rows])


def trained(city: City, folder: Path, as_ofs: Sequence[int] = TRAINED) -> None:
    """Train on the small city as of some days, and sign a bundle."""
    events = Events.from_view(city.archive.events())
    matrix = pd.concat(city.indicators(catalogue(), list(as_ofs)))
    who, days = (matrix.index.get_level_values(level).to_numpy() for level in (0, 1))
    label = np.zeros(len(matrix))
    for as_of in as_ofs:
        label[days == as_of] = failed(events, who[days == as_of], as_of)
    values, names = matrix.to_numpy(np.float64), list(matrix.columns)
    constraints = list(catalogue().monotone_constraints())
    general = boosted(values, label, names, constraints, TREES, LEAVES)
    margins = np.asarray(general.predict(values, raw_score=True))
    marker = next(each.id for each in catalogue() if each.populations == ("producer",))
    own = ~np.isnan(matrix[marker].to_numpy())
    special = boosted(values[own], label[own], names, constraints, TREES // 4, 7, margins[own])
    blend = Blend(general, specialist=Specialist(special, "producer", marker))
    margins = blend.margins(values)
    card = ModelCard(
        purpose=Purpose.GRADE, cohort="made up", label="a check failed", windows={}, rows={},
        measures={}, seed=1, cut="2025-01-01",
    )  # fmt: skip
    parts = Parts(
        blend=blend,
        calibrator=fit_calibrator(margins, label.astype(bool), replicates=REPLICATES, seed=1),
        policy=Policy.load(SOURCES / "city-market" / "policy.toml"),
        score_card=ScoreCard.default(),
        catalogue=catalogue(),
        rules=STATUTES,
        reference=Reference.of(matrix, margins),
        card=card,
    )
    write_bundle(folder / "bundle", parts, KEY)


def boosted(
    values: Array,
    label: Array,
    names: list[str],
    constraints: list[int],
    trees: int,
    leaves: int,
    start: Array | None = None,
) -> lgb.Booster:
    """Train a booster."""
    usual = Boosting(threads=2)
    settings = usual.parameters(len(values), DEPTH, usual.rate(len(values)))
    settings |= {"num_leaves": leaves, "monotone_constraints": constraints}
    data = lgb.Dataset(values, label, init_score=start, feature_name=names)
    return lgb.train(settings, data, trees)


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The rows of the small city, by dense number: what is drawn from."""

    now: pd.DataFrame
    worlds: Array
    told: tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]
    standing: InForce
    telling_us: float
    trying_us: float


def pooled(city: City, bundle: Bundle) -> Pool:
    """Grade the small city as of the month before, and compute what the month after needs."""
    matrices, scorer = Matrices(city, bundle), Scorer(bundle)
    then = pd.concat(matrices.everybody(DAYS[0]))
    now = pd.concat(matrices.everybody(DAYS[1])).loc[then.index.get_level_values(0)]
    who = then.index.get_level_values(0).to_numpy().astype(np.int32)
    back = matrices.retrospect(who, Given(DAYS[0], city.sequence), DAYS[1])
    days = np.full(len(who), DAYS[0], np.int32)
    met = scorer.met(matrices.split(then)[1], days)
    standing = InForce(list(bundle.rules.ids))
    standing.make_room(len(who))
    earlier = scorer.score(matrices.values(matrices.some(who, BEFORE)), met, days)
    scores = scorer.score(matrices.values(then), met, days, earlier.model)
    standing.put(np.arange(len(who), dtype=np.int32), scores, 1)
    places, ways = np.arange(len(who)), len(WAYS)
    back.rows(places[:1], np.ones((1, ways + len(BY_DAY)), bool))  # so that all is read
    start = time.process_time()
    told = back.told(places).sort_values("enterprise")
    middle = time.process_time()
    sets = np.array([*product([False, True], repeat=len(MOVERS))])
    each = np.repeat(sets, [ways] + [1] * len(BY_DAY), axis=1)
    worlds = np.stack([back.rows(places, np.tile(flags, (len(who), 1))) for flags in each])
    ended = time.process_time()
    telling = 1e6 * (middle - start) / len(who)
    trying = 1e6 * (ended - middle) / len(who) / len(sets)
    starts = np.searchsorted(told["enterprise"].to_numpy(), np.append(who, who[-1] + 1))
    ways_told = starts, told["told"].to_numpy(object)
    return Pool(now, worlds, ways_told, standing, telling, trying)


@dataclass(frozen=True, eq=False)
class Recalled(Retrospect):
    """What drawn rows were, taken from those that they were drawn from."""

    pool: Pool
    places: npt.NDArray[np.int64]

    def rows(self, places: npt.NDArray[np.intp], back: Flags) -> Array:
        """Return them with some things put back, records in all ways or in none."""
        told = back[:, : len(WAYS)].any(axis=1)
        sets = np.column_stack([told, back[:, len(WAYS) :]]) @ (1 << np.arange(len(MOVERS))[::-1])
        return self.pool.worlds[sets, self.places[places]]

    def told(self, places: npt.NDArray[np.intp]) -> pd.DataFrame:
        """Return what was told of the rows that were drawn."""
        starts, ways = self.pool.told
        drawn, who = self.places[places], self.enterprises[places]
        count = starts[drawn + 1] - starts[drawn]
        ends = np.cumsum(count)
        at = np.arange(ends[-1]) - np.repeat(ends - count, count)
        rows = np.repeat(starts[drawn], count) + at
        return pd.DataFrame({"enterprise": np.repeat(who, count), "told": ways[rows]})


class Drawn(Matrices):
    """Blocks of rows drawn from a pool."""

    def __init__(self, city: City, bundle: Bundle, pool: Pool, rows: int) -> None:
        super().__init__(city, bundle)
        self.pool, self.rows = pool, rows
        self.places = np.random.default_rng(2).integers(0, len(pool.now), rows)
        self.values_now = np.ascontiguousarray(pool.now.to_numpy().T)

    def standing(self) -> InForce:
        """Return the grades of the month before."""
        old = self.pool.standing
        columns = [each.name for each in fields(old)[1:]]
        return InForce(old.rules, **{name: getattr(old, name)[self.places] for name in columns})

    def blocks(self) -> Iterator[pd.DataFrame]:
        """Yield blocks as the indicators are computed: a column after the other."""
        for start in range(0, self.rows, BLOCK):
            places = self.places[start : start + BLOCK]
            who = np.arange(start, start + len(places), dtype=np.int32)
            days = np.full(len(who), DAYS[1], np.int32)
            index = pd.MultiIndex.from_arrays([who, days], names=["enterprise", "as_of"])
            columns = self.pool.now.columns
            yield pd.DataFrame(self.values_now[:, places].T, index, columns, copy=False)

    def retrospect(self, enterprises: Numbers, given: Given, as_of: int) -> Retrospect:
        """Return what drawn rows were."""
        return Recalled(self, enterprises, given, as_of, self.pool, self.places[enterprises])


def stepped(drawn: Drawn, scorer: Scorer) -> Step:
    """Return a step that grades drawn rows, all of which were graded the month before."""
    run = Run(
        id=1, after=0, at=AT, actor="benchmark", as_of=DAYS[0], reason="start", everybody=True,
        sequence=drawn.city.sequence - 1, bundle=drawn.bundle.digest, policy="",
        enterprises=drawn.rows, first=drawn.rows, changed=0, held=0, levels={}, digest="",
    )  # fmt: skip
    return Step(
        scorer=scorer,
        matrices=drawn,
        standing=drawn.standing(),
        runs={1: run},
        read=lambda _: drawn,
        ids=pa.array(np.arange(drawn.rows)).cast(pa.string()),
        as_of=DAYS[1],
    )


def graded(folder: Path, rows: int) -> dict[str, float]:
    """Grade so many rows block by block, and let the bare booster predict each as well."""
    city = City.of(Archive(folder / "archive"))
    bundle = read_bundle(folder / "bundle", KEYS)
    drawn = Drawn(city, bundle, pooled(city, bundle), rows)
    scorer, booster = Scorer(bundle, threads=THREADS), bundle.blend.booster
    step, alone = stepped(drawn, scorer), stepped(drawn, scorer)
    ours = bare = 0.0
    agree, kept = True, 0
    with Peak() as peak:
        for number, block in enumerate(drawn.blocks()):
            values = drawn.values(block)
            start = time.process_time()
            booster.predict(values, raw_score=True, num_threads=THREADS)
            middle = time.process_time()
            [table] = step.tables([block])
            changes = [*step.changes()]
            step.changed.clear()
            ended = time.process_time()
            bare, ours = bare + middle - start, ours + ended - middle
            kept += len(changes)
            if not number:
                agree &= equal(alone, block, table, changes)
    return {
        "rows": float(rows),
        "bare_s": bare,
        "ours_s": ours,
        "own_gb": peak.own_gb,
        "changed_share": step.count.changed / rows,
        "held_share": step.count.held / rows,
        "telling_us": drawn.pool.telling_us,
        "trying_us": drawn.pool.trying_us,
        "agree": float(agree and kept == step.count.changed),
    }


def equal(alone: Step, block: pd.DataFrame, table: pa.Table, changes: list[dict[str, Any]]) -> bool:
    """Tell whether rows of a block have, each alone, the same grade, and the same causes."""
    by_number = {change["number"]: change for change in changes}
    spread = np.linspace(0, len(block) - 1, CHECKED).astype(int)
    moved = np.flatnonzero(np.isin(table["enterprise"].to_numpy(), [*by_number]))
    same = True
    for place in np.union1d(spread, moved[:CHECKED]).tolist():
        row, given = block.iloc[[place]], table.slice(place, 1).to_pylist()[0]
        number = given["enterprise"]
        previous = alone.standing.model[[number]]
        [grade] = alone.scorer.grades(*alone.matrices.split(row), previous).to_dict("records")
        names = ("level", "model_level", "probability", "lower", "upper", "margin", "rules")
        same &= all(grade[name] == given[name] for name in names)
        [own] = alone.tables([row])
        same &= own.to_pylist() == [given]
        same &= [*alone.changes()] == [by_number[n] for n in (number,) if n in by_number]
        alone.changed.clear()
    return same


def main() -> None:
    """Run it."""
    quick = is_quick(__doc__)
    rows, enterprises, producers = QUICK if quick else FULL
    with TemporaryDirectory() as place:
        folder = Path(place)
        trained(made_up(folder, enterprises, producers), folder)
        figures = apart(graded, folder, rows)
    agree = bool(figures.pop("agree"))
    ratios = {"booster": figures["bare_s"] / figures["ours_s"]}
    missed = [f"booster {RATIO:.2f}"] * (ratios["booster"] < RATIO)
    missed += [f"own_gb {GIGABYTES:g}"] * (figures["own_gb"] > GIGABYTES)
    told("grading", ratios, figures, [] if quick else missed, agree=agree)


if __name__ == "__main__":
    main()
