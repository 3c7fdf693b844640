"""An installation with districts and categories: ALPHA lies in one, BETA in another."""

from pathlib import Path

from xinheng.core.settings import Settings, load_settings

from ..archive.department import ALPHA, BETA, PENALTY, TOML, Bureau
from .installation import ROWS, promote

FUTIAN, LUOHU, NANSHAN = "440304", "440303", "440305"
CALLED = "13800138000"
"""A number of a document that looks as if it were a telephone's."""
REGISTERED = """
SELECT _row, code AS enterprise, document AS number, decided AS occurred, published AS known,
    violation AS district, fine AS category, 'active' AS status
FROM penalties WHERE kind = 'registered'
"""
RECORD = """
[[records]]
kind = "enterprise"
rows = "penalties"
sql = "enterprise.sql"
"""
MOVED = f"{BETA},R3,2026-05-20,2026-05-21,{NANSHAN},registered,catering,"
LIVES = (
    f"{ALPHA},R1,2025-12-01,2025-12-02,{FUTIAN},registered,bakery,",
    f"{BETA},R2,2026-05-01,2026-05-02,{LUOHU},registered,catering,",
    f"{ALPHA},{CALLED},2026-01-03,2026-01-10,label,warning,0,",
)


def districts(folder: Path, *more: str) -> Settings:
    """Deliver enterprises with their districts and lines of business, and promote a model."""
    files = {
        "source__toml": TOML + RECORD,
        "penalty__sql": PENALTY.replace("WHERE", "WHERE kind <> 'registered' AND"),
        "enterprise__sql": REGISTERED,
    }
    Bureau(folder, **files).deliver(*ROWS, *LIVES, *more)
    found = load_settings(
        archive=folder / "archive",
        bundles=folder / "bundles",
        keys=folder / "keys",
        ledger=f"sqlite:///{folder}/ledger.db",
    )
    promote(found)
    return found
