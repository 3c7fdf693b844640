"""Spoiled files of every format: a reading in which every row is found, or an error for people.

A failure names the seed: `HIDDEN_SEED=123 pytest tests/archive/test_mutated_files.py`.
"""

import codecs
import hashlib
import json
import os
import random
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinheng.archive.reading import Reading, read, spool, text
from xinheng.core.errors import XinhengError

from .mutations import READERS, mutate, write_file

HIDDEN = int(os.environ["HIDDEN_SEED"])
LIMIT = 20  # seconds for one file
Rows = dict[int, list[str | None]]


class TooLongError(BaseException):
    """No error of a file, so that no reader takes it for one."""


@contextmanager
def _limited() -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("first", [HIDDEN])
def test_a_spoiled_file_is_read_or_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, reader: str
) -> None:
    _spoil(tmp_path, monkeypatch, range(first, first + 60), reader)


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("first", [HIDDEN])
def test_ten_thousand_spoiled_files_are_read_or_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, reader: str
) -> None:
    _spoil(tmp_path, monkeypatch, range(first + 60, first + 2060), reader)


def _spoil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seeds: range, reader: str) -> None:
    outcomes = set()
    for seed in seeds:
        rng = random.Random(f"{reader}-{seed}")  # noqa: S311
        path = tmp_path / "file"
        write_file(rng, path, reader)
        sound = read(path, reader) if reader != "json-lines" or path.read_bytes().strip() else None
        done = mutate(rng, path)
        monkeypatch.setattr(text, "BLOCK", rng.choice([64, 1024, 4 << 20]))
        monkeypatch.setattr(spool, "ROOM", rng.choice([256, 64 << 20]))
        workspace = tmp_path / "workspace"
        workspace.mkdir()
        try:
            with _limited():
                outcomes.add(_outcome(path, reader, workspace))
        except BaseException as error:
            error.add_note(f"HIDDEN_SEED={seed}, {reader}: {done}")
            raise
        finally:
            for file in workspace.iterdir():
                file.unlink()
            workspace.rmdir()
        assert sound is None or sound.faulty.num_rows == 0
    assert "explained" in outcomes
    assert outcomes <= {"read", "explained"}


def _outcome(path: Path, reader: str, workspace: Path) -> str:
    try:
        reading = read(path, reader, workspace)
    except XinhengError as error:
        return "explained" if str(path) in str(error) else f"a file is not named: {error}"
    _check(path, reader, reading)
    return "read"


def _check(path: Path, reader: str, reading: Reading) -> None:
    assert reading.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    table = reading.data
    assert table.column_names == ["_row", *reading.names]
    assert set(table.schema.types[1:]) <= {pa.string()}
    rows = {cells[0]: cells[1:] for cells in zip(*table.to_pydict().values(), strict=True)}
    faulty = {row["_row"]: row["text"] for row in reading.faulty.to_pylist()}
    assert all(one < other for one, other in pairwise(rows))
    assert not rows.keys() & faulty.keys()
    assert min([*rows, *faulty], default=1) >= 1
    if reader.startswith("csv"):
        names, sound, broken = _csv(path.read_bytes(), "gb18030" if "gb" in reader else "utf-8")
        assert len(names) == len(reading.names)
        assert {row: list(cells) for row, cells in rows.items()} == sound
        assert faulty == broken
    if reader == "parquet":
        assert reading.data["_row"].to_pylist() == list(range(1, pq.read_table(path).num_rows + 1))
    if reader == "json-lines":
        sound, broken = _json(path.read_bytes(), reading.names)
        assert rows.keys() == sound.keys()
        assert faulty == broken
        for row, cells in rows.items():
            for found, cell in zip(sound[row], cells, strict=True):
                assert found == cell or not isinstance(found, str)


def _csv(content: bytes, encoding: str) -> tuple[list[str], Rows, dict[int, str]]:
    """Split delimited text a character at a time."""
    body = content.removeprefix(codecs.BOM_UTF8) if encoding == "utf-8" else content
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", body.decode(encoding))
    names: list[str] = []
    rows: Rows = {}
    broken: dict[int, str] = {}
    at = 0
    while at < len(lines):
        cells = _record("".join(lines[at:])) if '"' in lines[at] else _plain(lines[at])
        count = 1 if cells is None else cells[1]
        raw = "".join(lines[at : at + count]).rstrip("\r\n")
        if raw and (cells is None or (names and len(cells[0]) != len(names))):
            broken[at + 1] = raw
        elif raw and not names:
            names = cells[0]
        elif raw:
            rows[at + 1] = [cell or None for cell in cells[0]]
        at += count
    return names, rows, broken


def _plain(line: str) -> tuple[list[str], int]:
    return line.rstrip("\r\n").split(","), 1


def _record(following: str) -> tuple[list[str], int] | None:
    """Return the fields of the first record and how many lines it has; None if it is broken."""
    cells, field, state = [], "", "start"
    for place, mark in enumerate(following):
        if state == "quoted":
            state, field = ("closed", field) if mark == '"' else ("quoted", field + mark)
        elif state == "closed" and mark == '"':
            state, field = "quoted", field + mark
        elif mark in ",\r\n":
            cells, field, state = [*cells, field], "", "start"
            if mark != ",":
                whole = following[: place + 1]
                return cells, len(re.findall(r"\r\n|\r|\n", whole))
        elif state == "closed":
            return None
        elif state == "start" and mark == '"':
            state = "quoted"
        else:
            state, field = "plain", field + mark
    if state == "quoted":
        return None
    return [*cells, field], len(following.splitlines())


def _json(content: bytes, names: tuple[str, ...]) -> tuple[dict[int, list[object]], dict[int, str]]:
    """Decode each line alone."""
    rows: dict[int, list[object]] = {}
    broken: dict[int, str] = {}
    for number, line in enumerate(content.removeprefix(codecs.BOM_UTF8).decode().split("\n"), 1):
        if not line.strip():
            continue
        try:
            pairs = json.loads(line, object_pairs_hook=_pairs, parse_int=str, parse_float=str)
            assert isinstance(pairs, dict)
            json.dumps(pairs, ensure_ascii=False).encode()
            if any(isinstance(value, dict | list) for value in pairs.values()):
                json.loads(line)  # in what is nested, Python takes numbers of 4300 digits only
            found = {name.strip(): value for name, value in pairs.items()}
            rows[number] = [found.get(name) or None for name in names]
        except (ValueError, RecursionError, AssertionError):
            broken[number] = line.rstrip("\r")
    return rows, broken


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def test_the_reference_finds_what_stands_there() -> None:
    content = b'a,b\r\n1,"x\n""y"\r\n\n3\n4,"5\n6,7"8\n'
    names, rows, broken = _csv(content, "utf-8")
    assert names == ["a", "b"]
    assert rows == {2: ["1", 'x\n"y'], 7: ["6", '7"8']}
    assert broken == {5: "3", 6: '4,"5'}
