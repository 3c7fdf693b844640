"""The demo's folder: what lies in it, and that nothing else is ever removed."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from ..core.errors import InvalidError
from ..core.settings import Settings, load_settings

__all__ = [
    "ARCHIVE",
    "CITY",
    "CSV",
    "EXPLANATION",
    "KEY",
    "MODEL_PAGE",
    "PAGE",
    "PARQUET",
    "clear",
    "mark",
    "settings_of",
]

MARKER = "demo.json"
CITY, ARCHIVE, BUNDLES, KEYS, LEDGER = "city", "archive", "bundles", "keys", "ledger.db"
AUDIT, FORECASTS, GRADES, KEPT = "ledger.audit", "forecasts", "grades", "kept"
PARQUET, CSV, PAGE, EXPLANATION = "grades.parquet", "grades.csv", "report.html", "explanation.txt"
MODEL_PAGE = "model.html"
KEY = "demo.key"
FOLDERS = (CITY, ARCHIVE, BUNDLES, AUDIT, FORECASTS, GRADES, KEPT)
WRITTEN = (*FOLDERS, LEDGER, PARQUET, CSV, PAGE, MODEL_PAGE, EXPLANATION, KEY)
BESIDE_LEDGER = ("-wal", "-shm")


def settings_of(output: Path, sources: Path | None = None, archive: Path | None = None) -> Settings:
    """Return the settings under which everything lies in one folder, but for what is given.

    Examples
    --------
    >>> settings_of(Path("out/demo")).archive.as_posix()
    'out/demo/archive'
    """
    given: dict[str, object] = {} if sources is None else {"sources": sources}
    return load_settings(
        archive=archive or output / ARCHIVE,
        bundles=output / BUNDLES,
        keys=output / KEYS,
        ledger=f"sqlite:///{output / LEDGER}",
        audit=output / AUDIT,
        forecasts=output / FORECASTS,
        grades=output / GRADES,
        kept=output / KEPT,
        mlruns=output / "mlruns",
        trusted_keys=(),
        **given,
    )


def clear(output: Path) -> None:
    """Remove what an earlier demo wrote, and refuse a folder that is not a demo's own.

    The signing key stays, so that the same model makes the same bundle.
    """
    if output.exists() and not output.is_dir():
        raise InvalidError(f"{output} is a file; name a new folder with --output")
    if output.exists() and any(output.iterdir()) and not (output / MARKER).is_file():
        raise InvalidError(
            f"{output} is not empty and was not made by a demo (it has no {MARKER}); nothing in it "
            "was touched: name a new folder with --output, or empty this one yourself"
        )
    for name in (*WRITTEN, *(LEDGER + end for end in BESIDE_LEDGER)):
        path = output / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def mark(output: Path, given: Mapping[str, object]) -> None:
    """Write down that the folder is a demo's own, and of which city."""
    output.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"made by": "xinheng demo", **given}, indent=1)
    (output / MARKER).write_text(text + "\n", "utf-8")
