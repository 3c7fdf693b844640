"""A made-up department and its deliveries, small enough to work out by hand."""

from datetime import UTC, datetime
from pathlib import Path

from xinheng.archive import Archive, Receipt, read_source

# Right check characters, and no registered enterprise.
ALPHA, BETA = "91440300MA5XNG010A", "91440300MA5XNG020B"
RECEIVED = datetime(2026, 6, 1, tzinfo=UTC)

TOML = """
title = "Penalties of a made-up district"
department = "district bureau"
scheme = "uscc"

[clocks]
backfill = "trusted"

[files.penalties]
path = "penalties.csv"
reader = "csv"

[[records]]
kind = "penalty"
rows = "penalties"
sql = "penalty.sql"

[[records]]
kind = "lifecycle"
rows = "penalties"
sql = "lifecycle.sql"

[[skip]]
file = "penalties"
where = "kind = 'draft'"
reason = "not yet decided"
"""
PENALTY = """
SELECT _row, code AS enterprise, document AS number, decided AS occurred, published AS known,
    'market' AS organ, 'true' AS food, violation, kind AS penalty_kind, fine
FROM penalties WHERE change IS NULL
"""
LIFECYCLE = """
SELECT _row, code AS enterprise, document AS number, decided AS occurred, published AS known,
    'penalty' AS of, change
FROM penalties WHERE change IS NOT NULL
"""
HEADER = "code,document,decided,published,violation,kind,fine,change"


def department(folder: Path, **files: str) -> Path:
    """Write the department's mapping, with some of its files replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"source.toml": TOML, "penalty.sql": PENALTY, "lifecycle.sql": LIFECYCLE}
    for name, text in (texts | {k.replace("__", "."): v for k, v in files.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def delivery(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """Write one delivery."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "penalties.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return folder


class Bureau:
    """An archive with one department, to which rows are delivered."""

    def __init__(self, folder: Path, **files: str) -> None:
        self.folder = folder
        self.source = department(folder / "sources" / "bureau", **files)
        self.archive = Archive(folder / "archive")
        self._count = 0

    def deliver(self, *rows: str, header: str = HEADER, at: datetime = RECEIVED) -> Receipt:
        """Deliver rows and return the receipt."""
        self._count += 1
        folder = delivery(self.folder / f"delivery{self._count}", *rows, header=header)
        return self.archive.ingest(read_source(self.source), folder, at)

    def faults(self) -> list[tuple[int, str]]:
        """Return row and faults of what is quarantined."""
        held = self.archive.held("quarantined")
        return list(zip(held["row"].to_pylist(), held["faults"].to_pylist(), strict=True))
