"""What all 63 indicators of a whole city cost: one day, twelve days, the next day, one enterprise.

The archive has the events of 185 copies of a made-up city of 20,000 enterprises over nine years,
3.7 million enterprises and nearly 800 million events, as `compact` would leave them. The curve is
of cities made of a sixteenth, an eighth, a quarter, a half and all of them. Then 500,000 records
of one more day are told, and what is kept of everybody is brought up to the day after.

To make the archive takes longer than all else, and 30 GB: it is left in `out/citywide`, and used
again. Memory is that of all processes together.

`agree` says that what was brought up equals what is computed anew, on a part of the city and
with the dated tables that were brought up; that these too equal tables built anew is a test's work.

Targets: all of it under 3 minutes and 8 GB; twelve days for less than four times one; a day of
500,000 records within 10 seconds; one enterprise, from the archive to its values, within 15 ms.
"""

import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from xinheng.archive import Archive
from xinheng.core.time import day
from xinheng.features import Catalogue, City, References, compute, standard_catalogue
from xinheng.features.current import advanced, begun
from xinheng.features.keeping import keep, kept
from xinheng.features.sweep import gather, known_rows

from .copies import copied, original, told
from .measuring import Peak, apart, is_quick, lasting
from .measuring import told as print_result

FULL, QUICK = (20_000, 9, 185, 500_000), (2_000, 6, 4, 2_000)
THREADS, LOOKUPS, MONTH = 2, 200, 30
SECONDS, GIGABYTES, DAYS_RATIO, DAY_S, ONE_MS = 180.0, 8.0, 4.0, 10.0, 15.0
KEPT = Path("out/citywide")
SHARES = (16, 8, 4, 2, 1)


def catalogue() -> Catalogue:
    """Return the 63."""
    whole = standard_catalogue()
    return whole.select(ids=[name for name in whole.ids if len(name) == 4])


def swept(folder: Path, share: int, as_of: list[int]) -> dict[str, float]:
    """Compute a share of the city, and drop what is found."""
    city = City.of(Archive(folder))
    parts = city.parts()
    parts = parts[: max(1, len(parts) // share)]
    with city.workers(THREADS) as pool:
        gather(catalogue(), parts[:THREADS], as_of[:1], pool, cases=city.cases, bans=city.bans)
        fresh = City.of(city.archive)
        with Peak() as peak, lasting() as seconds:
            found = gather(catalogue(), parts, as_of, pool, cases=fresh.cases, bans=fresh.bans)
            rows = sum(map(len, found.frames(threads=THREADS)))
    return {
        "events_about": city.archive.size * len(parts) / len(city.parts()),
        "rows": float(rows),
        "s": seconds(),
        "gb": peak.own_gb,
        "mapped_gb": peak.with_mapped_gb,
    }


def kept_current(folder: Path, at: Path, records: int, as_of: int) -> dict[str, float]:
    """Begin what is kept, tell the records of a day, and bring it up to the day after."""
    city = City.of(Archive(folder))
    with city.workers(THREADS) as pool, Peak() as peak, lasting() as begin_s:
        first = begun(
            catalogue(),
            city.parts(),
            city.enterprises,
            as_of,
            city.sequence,
            cases=city.cases,
            bans=city.bans,
            pool=pool,
        )
    with lasting() as keep_s:
        keep(first, at, city.origin(city.sequence))
    del first
    told(city.archive, records, as_of, seed=city.sequence)
    city = City.of(Archive(folder))
    cases, bans = city.cases, city.bans
    with city.workers(THREADS) as pool:
        list(pool.map(city.read, [np.arange(2, dtype=np.int32)] * 2 * THREADS))
        with Peak() as later_peak, lasting() as day_s:
            before = kept(at, catalogue(), city.origin)
            assert before is not None  # noqa: S101
            after, took = advanced(
                before,
                city.read,
                city.enterprises,
                as_of + 1,
                city.sequence,
                city.archive.touched(before.sequence, city.sequence),
                cases=cases,
                bans=bans,
                pool=pool,
                order=city.archive.side_by_side,
            )
            known = sum(map(len, after.frames(threads=THREADS)))
        with lasting() as again_s:
            keep(after, at, city.origin(city.sequence))
    part = city.parts()[0]()
    enterprise, days = known_rows(part, np.array([as_of + 1], np.int32))
    rows = pd.DataFrame({"enterprise": enterprise, "as_of": days})
    anew = compute(catalogue(), part, rows, references=after.references)
    same = anew.equals(
        pd.concat(frame.loc[frame.index.isin(anew.index)] for frame in after.frames())
    )
    return {
        "begin_s": begin_s(),
        "begin_gb": peak.own_gb,
        "keep_s": keep_s(),
        "day_s": day_s(),
        "day_kept_s": again_s(),
        "day_rows": float(known),
        "day_gb": later_peak.own_gb,
        "told_of": float(took.told),
        "crossed": float(took.crossed),
        "computed": float(took.computed),
        "agree": float(same),
        **_one_by_one(city, after.references, as_of + 1),
    }


def _one_by_one(city: City, references: References, as_of: int) -> dict[str, float]:
    """Compute single enterprises from the archive."""
    who = np.random.default_rng(3).integers(0, city.enterprises, LOOKUPS + 20).astype(np.int32)
    took, the63 = [], catalogue()
    for number in who:
        start = time.perf_counter()
        rows = pd.DataFrame({"enterprise": [number], "as_of": np.array([as_of], np.int32)})
        compute(the63, city.read(np.array([number])), rows, references=references)
        took.append((time.perf_counter() - start) * 1000)
    p50, p95 = np.percentile(took[20:], [50, 95])
    return {"one_p50_ms": float(p50), "one_p95_ms": float(p95)}


def main() -> None:
    """Run it."""
    quick = is_quick(__doc__)
    enterprises, years, copies, records = QUICK if quick else FULL
    as_of = day(f"{2020 + years - 1}-12-01")
    figures: dict[str, float] = {"entities": float(enterprises * copies)}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory())) if quick else KEPT
        if not (folder / "archive").exists():
            copied(original(folder, enterprises, years, seed=1), folder / "archive", copies)
        figures["archive_events"] = float(Archive(folder / "archive").size)
        for share in SHARES[-2:] if quick else SHARES:
            found = apart(swept, folder / "archive", share, [as_of])
            figures |= {f"share_{share}_{name}": value for name, value in found.items()}
            print(share, found, flush=True)
        eighth = 1 if quick else SHARES[1]
        dates = [as_of - MONTH * back for back in range(12)]
        twelve = apart(swept, folder / "archive", eighth, dates)
        figures |= {f"twelve_{name}": value for name, value in twelve.items()}
        print("twelve", twelve, flush=True)
        figures |= apart(kept_current, folder / "archive", folder / "kept", records, as_of)
    agree = bool(figures.pop("agree"))
    figures["twelve_over_one"] = figures["twelve_s"] / figures[f"share_{eighth}_s"]
    bounds = {
        "share_1_s": SECONDS,
        "share_1_gb": GIGABYTES,
        "twelve_over_one": DAYS_RATIO,
        "day_s": DAY_S,
        "one_p95_ms": ONE_MS,
    }
    missed = [f"{name} {most:g}" for name, most in bounds.items() if figures[name] > most]
    print_result("citywide", {}, figures, [] if quick else missed, agree=agree)


if __name__ == "__main__":
    main()
