"""Rows set aside as a sheet: for their department to mend, or for a person to decide on."""

import csv
from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from ..core.errors import InvalidError
from .decisions import Decision
from .disk import replacing
from .held import Held, told

__all__ = ["export", "export_questions", "read_answers"]

ENDINGS = (".csv", ".jsonl", ".parquet")
ANSWERED = ("_delivery", "_file", "_row", "_kind", "_enterprise", "_reason")
NOBODY = ("none", "无")


def export(rows: Sequence[Held], path: Path) -> None:
    """Write source rows with all their columns, their faults and where they are from.

    The columns of the archive begin with `_`. What was there is replaced, whole or not at all.

    Parameters
    ----------
    rows
        What to write.
    path
        Ending in .csv (UTF-8 with a mark that spreadsheets know), .jsonl or .parquet.

    Raises
    ------
    InvalidError
        If the path ends otherwise.
    """
    _write([_where(row) | _why(row) | _texts(row) for row in rows], path)


def export_questions(rows: Iterable[Held], path: Path) -> None:
    """Write rows in review as `export` does, with `_enterprise` and `_reason` to be filled in.

    A row of which records of several kinds wait has a line for each.
    """
    _write([line for row in rows for line in _questions(row)], path)


def read_answers(path: Path, by: str, reason: str = "") -> list[Decision]:
    """Read the decisions that were filled into a sheet of `export_questions`; the rest still waits.

    Parameters
    ----------
    path
        The sheet, as CSV in UTF-8 or, as spreadsheets save it, in GB18030. `_enterprise` is a
        code, which a name may follow, or `none` or `无` for none that the archive knows.
    by
        Who decided.
    reason
        Why, for lines that give none.

    Raises
    ------
    InvalidError
        If the sheet lacks a column or a line says otherwise where it is from.
    """
    lines = _lines(path)
    missing = [name for name in ANSWERED if lines and name not in lines[0]]
    if missing:
        raise InvalidError(
            f"{path} has no column {', '.join(missing)}; fill in a sheet that "
            "`xinheng archive review export SHEET.csv` wrote, and keep all its columns"
        )
    return [
        _answer(path, number, line, by, reason)
        for number, line in enumerate(lines, 2)
        if (line["_enterprise"] or "").strip()
    ]


def _answer(path: Path, number: int, line: dict[str, str], by: str, reason: str) -> Decision:
    places = line["_delivery"].strip(), line["_row"].strip()
    if not all(place.isdecimal() for place in places):
        raise InvalidError(
            f"{path}, line {number}: _delivery {places[0]!r} and _row {places[1]!r} must be the "
            "whole numbers that were exported"
        )
    code = line["_enterprise"].split()[0].rstrip(";")
    return Decision(
        int(places[0]),
        line["_file"],
        int(places[1]),
        None if code.lower() in NOBODY else code,
        by,
        (line["_reason"] or "").strip() or reason,
        line["_kind"] or None,
    )


def _lines(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.DictReader(StringIO(content.decode(encoding), newline="")))
        except UnicodeDecodeError:
            continue
    raise InvalidError(f"{path} is neither UTF-8 nor GB18030; save it as CSV in UTF-8")


def _questions(row: Held) -> Iterable[dict[str, Any]]:
    kinds = list(dict.fromkeys(fault["kind"] for fault in row.faults if "kind" in fault))
    for kind in kinds if len(kinds) > 1 else [""]:
        near = [each for each in row.candidates if kind in {"", each["kind"]}]
        names = [f"{each['code']} {each['name'] or ''}".strip() for each in near]
        yield (
            _where(row)
            | {"_kind": kind, "_candidates": "; ".join(names), "_enterprise": "", "_reason": ""}
            | _texts(row)
        )


def _where(row: Held) -> dict[str, Any]:
    return {
        "_source": row.source,
        "_department": row.department,
        "_delivery": row.sequence,
        "_file": row.path,
        "_row": row.row,
    }


def _why(row: Held) -> dict[str, str]:
    return {"_faults": "; ".join(map(told, row.faults))}


def _texts(row: Held) -> dict[str, Any]:
    return {name or "_text": value for name, value in row.source_row.items()}


def _write(lines: Sequence[dict[str, Any]], path: Path) -> None:
    if path.suffix not in ENDINGS:
        raise InvalidError(f"{path} must end in one of {', '.join(ENDINGS)}")
    frame = pd.DataFrame(list(lines))
    writers: dict[str, Callable[[Path], Any]] = {
        ".csv": lambda draft: frame.to_csv(draft, index=False, encoding="utf-8-sig"),
        ".jsonl": lambda draft: frame.to_json(
            draft, orient="records", lines=True, force_ascii=False
        ),
        ".parquet": lambda draft: frame.to_parquet(draft, index=False),
    }
    with replacing(path) as draft:
        writers[path.suffix](draft)
