"""What writers do to an archive, step by step: after each step it is whole, and never between."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

from xinheng.archive import Archive, read_source, told_by_kind
from xinheng.core.errors import NotFoundError

from .. import test_erase as erasing
from ..department import ALPHA, BETA, HEADER, PENALTY, RECEIVED, delivery, department

__all__ = [
    "BASES",
    "LONG_AFTER",
    "OPERATIONS",
    "RIVALS",
    "Operation",
    "found",
    "people_left",
    "perform",
]

CITY_SOURCES = Path(__file__).parents[3] / "data" / "sources"
LONG_AFTER = datetime(2100, 1, 1, tzinfo=UTC)
EARLY = ("city-registry", "city-licensing", "city-market", "city-testing")
LATER = ("city-complaints", "city-certification", "city-credit", "city-staff")
FEW, MANY = 14, 17  # at 16 small files a table is tidied
DEEP = 91  # the next deliveries bring a table to the version that gets a checkpoint

Steps = Iterator[object]
Run = Callable[[Archive, Path], Steps]


@dataclass(frozen=True)
class Operation:
    """Something that writes, and the archive that it starts from."""

    base: str
    run: Run
    slow: bool = False


def found(material: Path) -> None:
    """Write mappings and deliveries of the departments that are made by hand."""
    department(material / "bureau")
    mended = PENALTY.replace("kind AS", "replace(kind, 'scolding', 'warning') AS")
    department(material / "mended" / "bureau", penalty__sql=mended)
    for number in range(DEEP + 8):
        delivery(
            material / "bureau" / f"{number}",
            f"{ALPHA},P{number},2026-01-05,2026-01-20,label,fine,1.5,",
            f"{BETA},P{number},2026-01-06,2026-01-20,label,fine,{number},",
            f"{BETA},P{number - 1},2026-01-07,2026-02-20,label,fine,{number + 0.5},",
            f"{BETA},P{number},2026-01-06,2026-03-01,,,,withdrawn",
            f"{ALPHA},Q{number},2026-01-05,2026-01-20,label,scolding,1,",
            f"{ALPHA},R{number},2026-01-05,2026-01-20,label,draft,1,",
            f",S{number},2026-01-05,2026-01-20,label,fine,1,",
        )
    department(
        material / "people",
        source__toml=erasing.TOML,
        post__sql=erasing.POST,
        enterprise__sql=erasing.ENTERPRISE.replace("'established'", "'active'"),
    )
    delivery(material / "people" / "0", *erasing.ROWS, header=erasing.HEADER)


def perform(run: Run, archive: Archive, material: Path) -> None:
    """Take all steps."""
    for _ in run(archive, material):
        pass


def people_left(folder: Path) -> list[Path]:
    """Return the files, of any table and age, that still name who was erased."""
    words = [text.encode() for text in (erasing.PERSON, erasing.NAME, erasing.PLACE)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(word in path.read_bytes() for word in words)]


def _city(*names: str) -> Run:
    def run(archive: Archive, material: Path) -> Steps:
        for name in names:
            folder = material / "city" / "deliveries" / name
            yield archive.ingest(read_source(CITY_SOURCES / name), folder, RECEIVED)

    return run


def _bureau(first: int, last: int) -> Run:
    def run(archive: Archive, material: Path) -> Steps:
        source = read_source(material / "bureau")
        for number in range(first, last):
            yield archive.ingest(source, material / "bureau" / f"{number}", RECEIVED)

    return run


def _post(archive: Archive, material: Path) -> Steps:
    source, names = read_source(material / "bureau"), HEADER.split(",")
    for number in range(3):
        cells = [ALPHA, f"T{number}", "2026-01-05", "2026-01-20", "label", "fine", "1.5", None]
        rows = [dict(zip(names, cells, strict=True)), dict(zip(names, cells, strict=True))]
        rows[1]["code"] = "nobody's"
        yield archive.post(source, {"penalties": rows}, RECEIVED)


def _post_together(archive: Archive, material: Path) -> Steps:
    source = read_source(material / "bureau")
    for first, last in ((0, 4), (4, 7)):
        told = [told_by_kind(source, _by_kind(number)) for number in range(first, last)]
        yield archive.post_together(told, [RECEIVED] * len(told))


def _by_kind(number: int) -> list[dict[str, str | None]]:
    record: dict[str, str | None] = {
        "kind": "penalty",
        "enterprise": ALPHA,
        "number": f"K{number}",
        "organ": "market",
        "occurred": "2026-01-05",
        "known": "2026-01-20",
        "food": "true",
        "violation": "label",
        "penalty_kind": "fine",
        "fine": "1.5",
    }
    return [record, record | {"number": f"L{number}", "penalty_kind": "scolding"}]


def _people(archive: Archive, material: Path) -> Steps:
    yield archive.ingest(read_source(material / "people"), material / "people" / "0", RECEIVED)


def _patched(name: str, value: int, run: Run) -> Run:
    """Let a number of the archive be another, so that small deliveries do what large ones do."""

    def patched(archive: Archive, material: Path) -> Steps:
        with mock.patch(f"xinheng.archive.{name}", value):
            yield from run(archive, material)

    return patched


def _into_tables(run: Run) -> Run:
    return _patched("landing.LITTLE", 0, run)


def _fold(archive: Archive, _: Path) -> Steps:
    yield archive.fold(RECEIVED)


def _compact(archive: Archive, _: Path) -> Steps:
    yield archive.compact(RECEIVED)


def _vacuum(archive: Archive, _: Path) -> Steps:
    yield archive.vacuum(LONG_AFTER, timedelta(0))


def _replay(archive: Archive, material: Path) -> Steps:
    source = read_source(material / "mended" / "bureau")
    for sequence in (1, 2):
        with suppress(NotFoundError):  # done before
            yield archive.replay(source, sequence, RECEIVED)


def _erase(archive: Archive, _: Path) -> Steps:
    with mock.patch.object(secrets, "randbits", return_value=1):  # the same at every attempt
        with suppress(NotFoundError):  # done before
            yield archive.erase_person(erasing.PERSON, LONG_AFTER)
        with suppress(NotFoundError):
            yield archive.erase_enterprise(ALPHA, LONG_AFTER)


def _after(*runs: Run) -> Run:
    def run(archive: Archive, material: Path) -> Steps:
        for each in runs:
            yield from each(archive, material)

    return run


_early = _after(_into_tables(_city(*EARLY[:2])), _city(*EARLY[2:]))
BASES: dict[str, Run] = {
    "empty": _after(),
    "bureau": _bureau(0, FEW),
    "bureau in tables": _into_tables(_bureau(0, FEW)),
    "deep": _into_tables(_bureau(0, DEEP)),
    "people": _people,
    "city": _early,
    "later city": _after(_early, _city(*LATER)),
    "compacted city": _after(_early, _city(*LATER), _compact),
}
ONE, OTHER = _city("city-complaints", "city-staff"), _city("city-certification", "city-credit")
RIVALS: dict[str, Operation] = {
    "one": Operation("city", ONE),
    "other": Operation("city", _into_tables(OTHER)),
    "compacting": Operation("city", _compact),
    "folding": Operation("city", _fold),
}
OPERATIONS: dict[str, Operation] = {
    "first ingest": Operation("empty", _into_tables(_bureau(0, 2))),
    "ingest": Operation("city", _city(*LATER)),
    "ingest into tables": Operation("city", _into_tables(_city(*LATER)), slow=True),
    "ingest and tidy": Operation("bureau in tables", _into_tables(_bureau(FEW, MANY)), slow=True),
    "ingest and checkpoint": Operation("deep", _into_tables(_bureau(DEEP, DEEP + 8)), slow=True),
    "ingest and fold": Operation(
        "bureau", _patched("folding.JOURNALS", FEW + 1, _bureau(FEW, MANY)), slow=True
    ),
    "post": Operation("bureau", _post),
    "post together": Operation("bureau", _post_together),
    "fold": Operation("later city", _fold),
    "compact": Operation("later city", _compact),
    "vacuum": Operation("compacted city", _vacuum),
    "replay": Operation("bureau", _replay),
    "erase": Operation("people", _erase),
}
