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

__all__ = ["answer", "write_page", "write_table"]


def write_table(frame: "pd.DataFrame", path: Path) -> None:
    """Write a table by the ending of its path, `.parquet` or `.csv`, whole or not at all."""
    writers: dict[str, Callable[..., Any]] = {".parquet": frame.to_parquet, ".csv": frame.to_csv}
    if path.suffix not in writers:
        raise InvalidError(f"{path} must end in .parquet or .csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    writers[path.suffix](draft, index=False)
    draft.rename(path)


def write_page(page: str, output: Path | None, as_json: bool) -> None:
    """Write a page of Markdown, or print it if there is no file to write it to."""
    if output is None:
        answer(as_json, {"page": page}, lambda console: console.out(page, end="", highlight=False))
        return
    if output.suffix != ".md":
        raise InvalidError(f"{output} must end in .md: the page is Markdown")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8")
    found = {"output": str(output), "lines": page.count("\n")}
    answer(as_json, found, lambda console: console.print(f"written to {output}", soft_wrap=True))


def answer(as_json: bool, found: Mapping[str, Any], show: Callable[[Console], None]) -> None:
    """Print what a command found: as one JSON object, or as `show` lays it out."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False, default=str))  # noqa: T201
    else:
        show(Console(width=None if sys.stdout.isatty() else 120))
