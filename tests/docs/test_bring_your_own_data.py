"""The page for newcomers, done to the letter: each block of it is written, run or looked up."""

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from xinheng.archive import KINDS, Archive, Contract, read_source
from xinheng.archive.contract import ARROW_TYPES
from xinheng.cli import app
from xinheng.core import CodeTable
from xinheng.features import standard_catalogue
from xinheng.features.coverage import reads_of
from xinheng.features.expression import leaves_of
from xinheng.features.streams import matching

from ..features.vocabulary import ROWS, fed, records_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "bring-your-own-data.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WIDTH = "110"
RECEIVED = datetime(2026, 6, 1, tzinfo=UTC)
HEAD = """
title = "A town"
department = "its bureau"
scheme = "town"

[clocks]
backfill = "trusted"

[files.lines]
path = "lines.csv"
reader = "csv"
"""


@dataclass(frozen=True)
class Block:
    language: str
    words: list[str]
    text: str


BLOCKS = [Block(m[1], m[2].split(), m[3]) for m in BLOCK.finditer(PAGE)]


class Reader:
    """Somebody who does what the page says, in an empty folder."""

    def __init__(self) -> None:
        self.outputs: list[str] = []

    def follow(self, block: Block) -> None:
        match block.words:
            case ["excerpt", _] | ["rows"] | ["visit" | "item" | "complaint"]:
                pass
            case ["output"]:
                for line in filter(None, map(str.strip, block.text.splitlines())):
                    assert line in self.outputs[-1], f"{line!r} is not in:\n{self.outputs[-1]}"
            case [name]:
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).write_text(block.text, encoding="utf-8")
            case [name, "append"]:
                path = Path(name)
                path.write_text(f"{path.read_text('utf-8')}\n{block.text}", encoding="utf-8")
            case [name, "replace"]:
                self._replace(Path(name), block.text)
            case []:
                assert block.language == "sh", block
                for line in block.text.splitlines():
                    self._run(shlex.split(line))
            case _:
                pytest.fail(f"nobody knows what to do with {block}")

    def _replace(self, path: Path, text: str) -> None:
        """Put lines in the place of the first of them, which stands in the file."""
        first = text.splitlines(keepends=True)[0]
        before = path.read_text("utf-8")
        assert before.count(first) == 1
        path.write_text(before.replace(first, text), encoding="utf-8")

    def _run(self, words: list[str]) -> None:
        if words[0] == "python":
            subprocess.run([sys.executable, *words[1:]], check=True)
            return
        assert words[0] == "xinheng", words
        result = CliRunner().invoke(app, words[1:], env={"COLUMNS": WIDTH})
        assert result.exit_code == 0, (words, result.output, result.exception)
        self.outputs.append(result.output)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.chdir(tmp_path)
    for name in ("ARCHIVE", "SOURCES", "BUNDLES", "LEDGER", "MLRUNS", "KEYS", "TRUSTED_KEYS"):
        monkeypatch.delenv(f"XINHENG_{name}", raising=False)
    return Reader()


def test_the_page_works_as_it_stands(reader: Reader) -> None:
    for block in BLOCKS:
        reader.follow(block)
    archive = Archive(Path("out/archive"))
    first, second = archive.deliveries()
    [before], [after] = first.files, second.files
    assert (before.quarantined, before.review, before.duplicate) == (4, 1, 1)
    assert (after.quarantined, after.review, sum(after.skipped.values())) == (1, 1, 1)
    assert after.accepted == 2
    assert before.rows == before.settled == after.settled
    assert "M-0001 · 2025-01-01" in reader.outputs[-1]
    assert re.search(r"M-0001/\d\d/\d\d/\d{4}/Routine, Millbrook", reader.outputs[-1])
    assert len([*Path("out/grades").glob("*/manifest.json")]) == 1


@pytest.mark.parametrize(
    "block", [b for b in BLOCKS if "excerpt" in b.words], ids=lambda b: b.text[:40]
)
def test_excerpts_stand_in_the_files_they_are_from(block: Block) -> None:
    assert block.text in (ROOT / block.words[-1]).read_text(encoding="utf-8")


def taken_in(folder: Path, **kinds: str) -> Archive:
    """Take in the rows that stand before a `SELECT` of the page, by it and by others."""
    first = next(at for at, block in enumerate(BLOCKS) if block.words == [next(iter(kinds))])
    rows = next(block.text for block in reversed(BLOCKS[:first]) if block.words == ["rows"])
    source, delivery = folder / "sources" / "town", folder / "delivery"
    source.mkdir(parents=True)
    delivery.mkdir()
    (delivery / "lines.csv").write_text(rows, encoding="utf-8")
    told = [HEAD]
    for name, kind in kinds.items():
        [sql] = [block.text for block in BLOCKS if block.words == [name]]
        (source / f"{name}.sql").write_text(sql, encoding="utf-8")
        told.append(f'[[records]]\nkind = "{kind}"\nrows = "lines"\nsql = "{name}.sql"\n')
    (source / "source.toml").write_text("\n".join(told), encoding="utf-8")
    archive = Archive(folder / "archive")
    archive.ingest(read_source(source), delivery, RECEIVED)
    return archive


def test_a_visit_of_many_rows_is_one_record(tmp_path: Path) -> None:
    archive = taken_in(tmp_path, visit="inspection", item="inspection_item")
    visits = archive.records("inspection").sort_by("number").to_pylist()
    assert [
        (v["number"], str(v["occurred"]), v["result"], v["critical"], v["serious"], v["minor"])
        for v in visits
    ] == [
        ("7001", "2024-03-04", "corrected", 2, 0, 1),
        ("7003", "2024-03-05", "pass", 0, 0, 0),
    ]
    items = archive.records("inspection_item").sort_by("number").to_pylist()
    assert [(item["number"], item["severity"]) for item in items] == [
        ("7001/C07", "minor"),
        ("7001/P03", "critical"),
        ("7001/P11", "critical"),
    ]
    [held] = archive.held("quarantined").to_pylist()
    assert "31-Feb-2024" in held["faults"]
    [file] = archive.deliveries()[0].files
    assert (file.accepted, file.duplicate, file.quarantined) == (4, 1, 1)


def test_what_was_found_later_is_known_later(tmp_path: Path) -> None:
    archive = taken_in(tmp_path, complaint="complaint")
    told = archive.records("complaint").sort_by([("number", "ascending"), ("known", "ascending")])
    assert [
        (each["number"], each["verified"], f"{each['known']:%Y-%m-%d}", each["food"])
        for each in told.to_pylist()
    ] == [
        ("CR-1", None, "2024-03-01", True),
        ("CR-1", True, "2024-03-20", True),
        ("CR-2", None, "2024-03-02", False),
    ]


def listed(what: str) -> list[str]:
    """Return the rows of a table of the page."""
    return PAGE.split(f"<!-- {what} -->\n")[1].split(f"<!-- /{what} -->")[0].splitlines()[2:]


def test_every_kind_and_field_is_listed() -> None:
    assert listed("kinds") == [row(contract) for contract in KINDS.values()]


@pytest.mark.parametrize("row", listed("untold"), ids=lambda row: row.split("`")[1])
def test_what_a_department_cannot_tell_has_a_word_that_counts_against_nobody(row: str) -> None:
    name, _, word, indicators = (cell.strip("` ") for cell in row.strip("|").split("|"))
    contract, catalogue = KINDS[name.partition(".")[0]], standard_catalogue()
    [field] = [each for each in contract.fields if name == f"{contract.kind}.{each.name}"]
    assert field.required
    assert word in (CodeTable.load(field.codes).codes if field.codes else ("true", "false"))
    column = pa.array([word] * ROWS).cast(ARROW_TYPES[field.type])
    records = records_of(contract)
    told = records.set_column(records.column_names.index(field.name), field.name, column)
    for each in re.findall(r"[A-Z]{2}\d\d", indicators):
        patterns = [p for leaf in leaves_of(catalogue[each].expression) for p, _ in reads_of(leaf)]
        assert matching(patterns, fed(contract, records))
        assert not matching(patterns, fed(contract, told))


def test_every_code_is_listed_unless_there_are_too_many() -> None:
    names = sorted({field.codes for kind in KINDS.values() for field in kind.fields if field.codes})
    assert listed("codes") == [codes(CodeTable.load(name)) for name in names]


def codes(table: CodeTable) -> str:
    shown = ", ".join(f"`{row['code']}` {row['en']}" for row in table.table.to_pylist())
    if len(table.codes) > 20:
        shown = f"{len(table.codes)} codes such as `{table.codes[0]}`, see "
        shown += f"`src/core/tables/{table.name}.csv`"
    return f"| `{table.name}` | {shown} |"


def row(contract: Contract) -> str:
    fields = [
        (f"**`{field.name}`**" if field.required else f"`{field.name}`")
        + (f" ({field.codes})" if field.codes else "")
        + (f" [{field.unit}]" if field.unit else "")
        for field in contract.fields
    ]
    return f"| `{contract.kind}` {contract.zh} | {contract.en} | {', '.join(fields)} |"


def test_every_command_and_file_that_the_page_names_exists() -> None:
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    named = set(re.findall(r"`xinheng (\w+)", PAGE))
    assert named <= known
    for link in re.findall(r"\]\((\.\./[^)]+)\)", PAGE):
        assert (ROOT / "docs" / link).exists(), link
    for folder in re.findall(r"`((?:src|data)/[\w/.-]+)`", PAGE):
        assert (ROOT / folder).exists(), folder


MISTAKES = {
    "there is no source": ("ingest milbrook deliveries/millbrook", "", ""),
    "does not select 'known'": ("", "AS known", "AS plan"),
    "there is no column of inspection": ("", "AS enterprise", "AS enterprize"),
    "the SQL does not run": ("", "Visited", "Visitd"),
    "is declared as utf-8": ("", "", "港城"),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_the_messages_that_the_page_explains_are_those_that_come(
    reader: Reader, message: str
) -> None:
    [shown] = [line for line in PAGE.splitlines() if line.startswith("| `") and message in line]
    for block in BLOCKS[:5]:
        reader.follow(block)
    command, old, new = MISTAKES[message]
    if old:
        sql = Path("data/sources/millbrook/inspection.sql")
        sql.write_text(sql.read_text("utf-8").replace(old, new), encoding="utf-8")
    elif new:
        file = Path("deliveries/millbrook/inspections.csv")
        file.write_bytes(file.read_bytes() + f"{new},01/04/2021,Routine,90".encode("gb18030"))
    words = (command or "ingest millbrook deliveries/millbrook").split()
    found = str(CliRunner().invoke(app, words).exception)
    parts = [part.strip() for part in shown.split("`")[1].split("…")]
    missing = [part for part in parts if part.strip("()., ") not in found]
    assert not missing, (missing, found)
