"""What any command prints and writes: an answer for people or machines, a table as a file."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ..core.errors import InvalidError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["answer", "write_table"]


def write_table(frame: "pd.DataFrame", path: Path) -> None:
    """Write a table by the ending of its path, `.parquet` or `.csv`, whole or not at all."""
    writers: dict[str, Callable[..., Any]] = {".parquet": frame.to_parquet, ".csv": frame.to_csv}
    if path.suffix not in writers:
        raise InvalidError(f"{path} must end in .parquet or .csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    writers[path.suffix](draft, index=False)
    draft.rename(path)


def answer(as_json: bool, found: Mapping[str, Any], show: Callable[[Console], None]) -> None:
    """Print what a command found: as one JSON object, or as `show` lays it out."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False, default=str))  # noqa: T201
    else:
        show(Console(width=None if sys.stdout.isatty() else 120))
