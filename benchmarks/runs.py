"""What `xinheng grade` costs end to end: the first run of a whole city, and that of the next month.

The archive has the events of 185 copies of a made-up city of 20,000 enterprises over three years,
3.7 million enterprises, as `compact` would leave them. A champion is trained on the small city: a
booster of 300 trees, a specialist for producers, a calibrator with 200 replicates, the statutory
rules. The command then makes the first run of all: indicators of everybody from the files of the
archive, grades, the files of the run, the ledger. After 500,000 more records of one day it makes
the run of the next month, with the cause of every level that changed, and what named events ask
for in between. After 5,000 more it is given for the next day, when only named events ask for a run.
Last, one grade of the month is made anew.

To make the archive takes longest: it is left in `out/runs`, and used again. Memory is that of all
processes together; disk is what the runs leave behind.

`agree` says that everybody was graded, that the ledger has every level that changed, and that the
grade made anew is the one given, to the bit. There is no peer, and no target was set.
"""

import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.compute as pc

from xinheng.archive import Archive
from xinheng.cli import app
from xinheng.core.settings import load_settings
from xinheng.core.time import day
from xinheng.features import City
from xinheng.grading import read_bundle
from xinheng.grading.dynamic import GradeStore, open_gradings, rebuild
from xinheng.ledger import Ledger

from .copies import AT, copied, original, told
from .measuring import Peak, apart, is_quick, lasting
from .measuring import told as print_result

FULL, QUICK = (20_000, 100, 185, 500_000), (400, 20, 3, 200)
YEARS, SEED, THREADS = 3, 1, 2
TRAINED = tuple(map(day, ("2021-01-01", "2021-04-01", "2021-07-01", "2021-10-01")))
START, LEARNED, MONTH, NEXT = "2022-10-01", "2022-10-15", "2022-11-01", "2022-11-02"
DAILY = 100  # a day tells of so many times fewer records than are told before the month
KEPT = Path("out/runs")
FOLDERS = ("grades", "kept", "ledger")


def installed(folder: Path, enterprises: int, producers: int, copies: int) -> None:
    """Make the archive, and train what will be its champion."""
    from .grading import trained

    city = original(folder, enterprises, YEARS, SEED, producers)
    trained(City.of(Archive(folder / "small")), folder, TRAINED)
    copied(city, folder / "archive", copies)


@contextmanager
def settings(folder: Path) -> Iterator[None]:
    """Let the environment name a folder as the installation."""
    from .grading import KEY

    public = KEY.public_key().public_bytes_raw().hex()
    given = {name: str(folder / name) for name in ("archive", "bundles", "grades", "kept")}
    given |= {"ledger": f"sqlite:///{folder}/ledger/ledger.db", "trusted_keys": public}
    before = dict(os.environ)
    os.environ.update({f"XINHENG_{name.upper()}": value for name, value in given.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def promoted(folder: Path) -> None:
    """Begin without grades, with the model that was trained as the champion."""
    from .grading import KEYS

    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "ledger").mkdir()
    digest = read_bundle(folder / "bundle", KEYS).digest
    shutil.copytree(folder / "bundle", folder / "bundles" / digest, dirs_exist_ok=True)
    ledger = Ledger.open(load_settings())
    ledger.promote(digest, purpose="grade", actor="benchmark", reason="the only one", at=AT)
    ledger.close()


def commanded(*words: str) -> dict[str, float]:
    """Give the command, and return what it took."""
    given = ["grade", "--threads", str(THREADS), "--json", *words]
    before = _used()
    with Peak() as peak, lasting() as seconds:
        app(given, standalone_mode=False)
    used = {"s": seconds(), "cpu_s": _used() - before}
    return used | {"gb": peak.own_gb, "mapped_gb": peak.with_mapped_gb}


def _used() -> float:
    """Return the seconds of the processor that this process and those it started took."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def run(name: str, *words: str) -> dict[str, float]:
    """Give the command in a process of its own."""
    found = apart(commanded, *words)
    print(name, found, flush=True)
    return {f"{name}_{what}": value for what, value in found.items()}


def one_anew(folder: Path) -> dict[str, float]:
    """Make one grade of the month anew, and look at what the runs left behind."""
    found = load_settings()
    ledger = Ledger(found.ledger)
    gradings = open_gradings(found, ledger, threads=THREADS)
    runs = gradings.history.runs()
    last = next(each for each in reversed(runs) if each.everybody)
    changed = GradeStore(found.grades).read(last.digest, columns=["level", "level_before"])
    moved = pc.sum(pc.not_equal(changed["level"].cast("str"), changed["level_before"].cast("str")))
    with Peak() as peak, lasting() as seconds:
        anew = rebuild(gradings, last.as_of, gradings.city.enterprises // 2)
    same = not anew.different and moved.as_py() == last.changed
    same &= len(gradings.history.changes(run=last.id)) == last.changed
    same &= runs[0].enterprises == runs[0].first > 0
    ledger.close()
    return {
        "runs": float(len(runs)),
        "graded": float(last.enterprises),
        "changed": float(last.changed),
        "day_graded": float(runs[-1].enterprises),
        "anew_s": seconds(),
        "anew_gb": peak.own_gb,
        **{f"{name}_gb": _gigabytes(folder / name) for name in FOLDERS},
        "agree": float(same),
    }


def _gigabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e9


def main() -> None:
    """Run it."""
    quick = is_quick(__doc__)
    enterprises, producers, copies, records = QUICK if quick else FULL
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory())) if quick else KEPT
        if not (folder / "archive").exists():
            installed(folder, enterprises, producers, copies)
        stack.enter_context(settings(folder.resolve()))
        promoted(folder)
        archive = Archive(folder / "archive")
        figures = {"entities": float(enterprises * copies), "archive_events": float(archive.size)}
        figures |= run("start", "--as-of", START)
        told(archive, records, day(LEARNED), seed=archive.sequence)
        figures |= run("month", "--as-of", MONTH)
        told(archive, records // DAILY, day(MONTH), seed=archive.sequence)
        figures |= run("day", "--as-of", NEXT)
        figures |= apart(one_anew, folder)
    agree = bool(figures.pop("agree"))
    print_result("runs", {}, figures, [], agree=agree)


if __name__ == "__main__":
    main()
