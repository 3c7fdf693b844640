"""How fast a city is simulated, and in how much memory.

The target is 100 million records in under 15 minutes and under 6 GB on two cores. There is no peer
to compare with: no other generator writes such a city. `agree` says that one seed gives the same
bytes in one process and in two.
"""

import argparse
import hashlib
import json
import resource
import tempfile
import time
from pathlib import Path

from xinheng.simulation import parts, simulate

RECORDS, SECONDS, GIGABYTES = 100_000_000, 900, 6.0
QUICK, FULL, SEED, WORKERS = 100_000, 1_250_000, 1, 2
SMALL, SMALL_PART = 2_000, 500


def measured(folder: Path, enterprises: int) -> dict[str, float]:
    """Simulate a city, and return its records, seconds and peak memory.

    The peak is at most that of the parent and as many times the largest child as there are.
    """
    start = time.perf_counter()
    city = simulate(folder, SEED, enterprises=enterprises, processes=WORKERS)
    seconds = time.perf_counter() - start
    parent, child = (
        resource.getrusage(who).ru_maxrss / 1e6
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    records = sum(city.rows.values())
    return {
        "enterprises": enterprises,
        "records": records,
        "seconds": round(seconds, 1),
        "records_per_s": round(records / seconds),
        "peak_gb": round(parent + WORKERS * child, 2),
        "bayes_auc_inspections": round(city.bayes_auc, 3),
        "bayes_auc_year": round(city.bayes_auc_year, 3),
        "bayes_auc_checked": round(city.bayes_auc_checked, 3),
    }


def digest(folder: Path) -> str:
    """Return one digest over all files of a city."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return whole.hexdigest()


def same_bytes(folder: Path) -> bool:
    """Tell whether one process and two give the same city; it has four parts."""
    parts.MOST, digests = SMALL_PART, set()
    for workers in (1, 2):
        place = folder / f"workers{workers}"
        simulate(place, SEED, enterprises=SMALL, processes=workers)
        digests.add(digest(place))
    return len(digests) == 1


def main() -> None:
    """Measure, print what was found, and one JSON object last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smaller city, in under 50 s")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        figures = measured(Path(folder) / "city", QUICK if quick else FULL)
        print(figures)
        agree = same_bytes(Path(folder))
    missed = []
    if figures["records_per_s"] < RECORDS / SECONDS:
        missed.append(f"{RECORDS / SECONDS:,.0f} records/s: {figures['records_per_s']:,}")
    if figures["peak_gb"] > GIGABYTES:
        missed.append(f"{GIGABYTES} GB: {figures['peak_gb']}")
    result = {"benchmark": "city", "ratios": {}, "figures": figures, "agree": agree}
    print(json.dumps(result | {"missed": missed}))


if __name__ == "__main__":
    main()
