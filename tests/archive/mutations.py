"""Files of every format, and what can happen to them on their way: the input of fuzz tests."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

READERS = ("csv", "csv-gb18030", "excel", "json-lines", "parquet")
WORDS = [
    "",
    "甲",
    "沙井蚝𠮷",
    "007",
    "1.50",
    "2026-03-01",
    "a,b",
    'say "hi"',
    "x\ny",
    " ",
    "无",
    "-0",
]
SCRAPS = [
    b'"',
    b'""',
    b",",
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"{",
    b"]",
    b"\\",
    b"\\ud800",
    b"9",
    b"e99999999999999999999",
]
HEADS = [
    b"PK\x03\x04",
    b"PAR1",
    b"\xd0\xcf\x11\xe0",
    b"<html>",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"{}\n",
]
NESTED = b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}\n"
BOMB = 48 << 20


def write_file(rng: random.Random, path: Path, reader: str) -> None:
    """Write a sound file that the reader takes, of up to 30 rows and 6 columns."""
    width = rng.randint(1, 6)
    names = [f"列{place}" if place % 2 else f"c{place}" for place in range(width)]
    rows = [[rng.choice(WORDS) for _ in names] for _ in range(rng.randint(0, 30))]
    WRITERS[reader](rng, path, names, rows)


def mutate(rng: random.Random, path: Path) -> str:
    """Spoil a file in place, in one to three ways; return what was done."""
    done = []
    for _ in range(rng.choice([1, 1, 2, 3])):
        content = path.read_bytes()
        ways = [*WAYS, _part] if zipfile.is_zipfile(path) else WAYS
        way = rng.choice(ways)
        changed = way(rng, content)
        path.write_bytes(changed)
        done.append(f"{way.__name__.strip('_')} ({len(content)} to {len(changed)} bytes)")
    return ", ".join(done)


def _flip(rng: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _flip_early(rng: random.Random, content: bytes) -> bytes:
    """Leave what stands at the end alone: the index of a Parquet file or a workbook."""
    half = len(content) // 2
    return _flip(rng, content[:half]) + content[half:]


def _cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _behead(rng: random.Random, content: bytes) -> bytes:
    return content[rng.randrange(len(content) + 1) :]


def _remove(rng: random.Random, content: bytes) -> bytes:
    start = rng.randrange(len(content) + 1)
    return content[:start] + content[start + rng.randint(1, 40) :]


def _double(rng: random.Random, content: bytes) -> bytes:
    if rng.random() < 0.3:
        return content + content
    start, end = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return content[:end] + content[start:]


def _insert(rng: random.Random, content: bytes) -> bytes:
    for _ in range(rng.choice([1, 1, 3, 9])):
        place = rng.randrange(len(content) + 1)
        content = content[:place] + rng.choice(SCRAPS) + content[place:]
    return content


def _ends(rng: random.Random, content: bytes) -> bytes:
    lines = content.splitlines()
    return b"".join(line + rng.choice([b"\n", b"\r\n", b"\r", b"\n\n"]) for line in lines)


def _mark(rng: random.Random, content: bytes) -> bytes:
    return rng.choice(HEADS) + content


def _reencode(rng: random.Random, content: bytes) -> bytes:
    """Write all of a text, or from some line on, in another encoding."""
    lines = content.splitlines(keepends=True)
    start = rng.choice([0, rng.randrange(len(lines) + 1)])
    encoding = rng.choice(["gb18030", "utf-8", "utf-8-sig", "utf-16", "latin-1"])
    text = b"".join(lines[start:]).decode(rng.choice(["utf-8", "gb18030"]), "replace")
    return b"".join(lines[:start]) + text.encode(encoding, "replace")


def _enlarge(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content) + 1)
    return (
        content[:place]
        + rng.choice([b"x", b"\xe7\x94\xb2", b'"', b"1"]) * 200_000
        + content[place:]
    )


def _nest(rng: random.Random, content: bytes) -> bytes:
    place = content.find(b"\n", rng.randrange(len(content) + 1)) + 1
    return content[:place] + NESTED + content[place:]


def _empty(_: random.Random, content: bytes) -> bytes:
    return content[:0]


def _part(rng: random.Random, content: bytes) -> bytes:
    """Spoil one part of a workbook and pack it again, so that only the part is wrong."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001 (one that was spoiled before is as good as it gets)
        return content
    name = rng.choice([name for name in parts if "xl/" in name] or list(parts) or [""])
    way = rng.choice([_flip, _flip, _remove, _double, _insert, _far, _bomb])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, old in parts.items():
            archive.writestr(part, way(rng, old) if part == name else old)
    return packed.getvalue()


def _far(rng: random.Random, content: bytes) -> bytes:
    """Move a cell far away."""
    far = rng.choice([b"XFD1048576", b"A1048577", b"ZZ99999", b"B4294967295", b"A0", b"AAAAAA1"])
    return content.replace(b'r="B2"', b'r="' + far + b'"')


def _bomb(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + rng.choice([b" ", b"0"]) * BOMB + content[place:]


WAYS: list[Callable[[random.Random, bytes], bytes]] = [
    _flip, _flip, _flip_early, _flip_early, _cut, _behead, _remove, _remove, _double,
    _insert, _insert, _insert, _ends, _mark, _reencode, _reencode, _enlarge, _nest, _empty,
]  # fmt: skip


def _csv(rng: random.Random, path: Path, names: list[str], rows: list[list[str]]) -> None:
    always = rng.random() < 0.3
    lines = [",".join(_quoted(cell, always=always) for cell in row) for row in [names, *rows]]
    end = rng.choice(["\n", "\r\n"])
    path.write_text(end.join(lines) + rng.choice(["", end]), newline="", encoding="utf-8")


def _csv_gb18030(rng: random.Random, path: Path, names: list[str], rows: list[list[str]]) -> None:
    _csv(rng, path, names, rows)
    path.write_bytes(path.read_bytes().decode().encode("gb18030"))


def _quoted(cell: str, *, always: bool) -> str:
    return '"' + cell.replace('"', '""') + '"' if always or set(cell) & set(',"\n') else cell


def _excel(rng: random.Random, path: Path, names: list[str], rows: list[list[str]]) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_numbers": rng.random() < 0.5}) as book:
        page = book.add_worksheet()
        for number, row in enumerate([names, *rows]):
            page.write_row(number, 0, row)


def _json_lines(rng: random.Random, path: Path, names: list[str], rows: list[list[str]]) -> None:
    ascii_only, flat = rng.random() < 0.3, rng.random() < 0.7
    values = [1, 1.5, None, True, {"甲": [1]}, "x"]
    lines = [
        json.dumps(
            dict(zip(names, row if flat else rng.choices(values, k=len(row)), strict=True)),
            ensure_ascii=ascii_only,
        )
        for row in rows
    ]
    path.write_text("\n".join(lines) + rng.choice(["", "\n"]), encoding="utf-8")


def _parquet(rng: random.Random, path: Path, names: list[str], rows: list[list[str]]) -> None:
    columns: list[pa.Array] = []
    for place, _ in enumerate(names):
        texts = pa.array([row[place] for row in rows], pa.string())
        numbers = pa.array(range(len(rows)), pa.int64())
        columns.append(
            rng.choice(
                [
                    texts,
                    texts.cast(pa.binary()),
                    texts.dictionary_encode(),
                    numbers,
                    numbers.cast(pa.float64()),
                    numbers.cast(pa.timestamp("ns", "Asia/Shanghai")),
                    numbers.cast(pa.int32()).cast(pa.date32()),
                    pa.array([[n, None] for n in range(len(rows))], pa.list_(pa.int8())),
                ]
            )
        )
    table = pa.table(columns, names=names)
    compression = rng.choice(["none", "snappy", "zstd"])
    pq.write_table(table, path, compression=compression, row_group_size=rng.choice([7, 1000]))


WRITERS: dict[str, Callable[[random.Random, Path, list[str], list[list[str]]], None]] = {
    "csv": _csv,
    "csv-gb18030": _csv_gb18030,
    "excel": _excel,
    "json-lines": _json_lines,
    "parquet": _parquet,
}
