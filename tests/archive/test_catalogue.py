"""The data catalogue: everything that is declared stands on it, and the page is up to date."""

import re
from pathlib import Path

import pytest

from xinheng.archive import KINDS, Contract
from xinheng.archive.catalogue import render_catalogue
from xinheng.archive.grammar import pattern
from xinheng.core.codes import CodeTable, code_tables

PAGE = Path(__file__).parents[2] / "docs" / "data-catalogue.md"
COMMAND = "xinheng archive catalogue --output docs/data-catalogue.md"
CATALOGUE = render_catalogue()


def section(anchor: str) -> str:
    """Return the part of the page under an anchor."""
    return CATALOGUE.split(f'<a id="{anchor}"></a>\n')[1].split("<a id=")[0]


def test_the_page_is_what_the_program_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == CATALOGUE, f"out of date; write it anew: {COMMAND}"
    assert COMMAND in CATALOGUE


@pytest.mark.parametrize("contract", KINDS.values(), ids=list(KINDS))
def test_a_kind_stands_whole_on_the_page(contract: Contract) -> None:
    part = section(f"kind-{contract.kind}")
    assert part.startswith(f"### `{contract.kind}` {contract.zh}\n\n{contract.en}.\n")
    assert contract.day in part
    assert contract.basis in part
    fields = part.split("| Field ")[1].split("| Stream ")[0]
    for field in contract.fields:
        row = re.search(rf"\n\| (\**)`{field.name}`\1 \| (.*) \| (.*) \|\n", fields)
        assert row
        assert (row[1] == "**") == field.required
        assert row[3] == field.doc + ("; *personal*" if field.personal else "")
        assert (f"(#codes-{field.codes})" in row[2]) == (field.codes is not None)
        assert field.unit in row[2]
    for name in contract.instead:
        assert re.search(rf"Instead of an enterprise.*`{name}`", part)
    for stream in contract.streams:
        assert f"| `{stream.kind}` |" in part


def test_bounds_and_units_are_told() -> None:
    assert "| `amount` | number, 万元, at least 0 | secured or frozen amount |" in CATALOGUE
    assert "| `share` | number, 0 to 1 | share of the equity concerned, 1 is all |" in CATALOGUE
    assert "| `profit` | number, 万元 | profit of the year, a loss below 0 |" in CATALOGUE
    assert "| **`full`** | number, at least 1 | points that can be had |" in CATALOGUE


@pytest.mark.parametrize("name", code_tables())
def test_every_code_stands_on_the_page_with_its_names(name: str) -> None:
    part = section(f"codes-{name}")
    rows = CodeTable.load(name).table.to_pylist()
    assert part.count("\n| `") == len(rows)
    for row in rows:
        assert f"\n| `{row['code']}` | {row['zh']} | {row['en']} |" in part


def test_dates_ordinals_and_users_of_codes_are_told() -> None:
    equity = "| `equity` | 出资与股权变更信息 | Capital paid in, or shares transferred"
    assert f"{equity} | from 2014-10-01 |" in section("codes-disclosure_item")
    part = section("codes-catering_grade")
    assert "Used by [`catering_grade`](#kind-catering_grade) (`grade`)." in part
    assert [line[:5] for line in part.splitlines()[6:9]] == ["| `A`", "| `B`", "| `C`"]
    worst = section("codes-incident").splitlines()[8]
    assert worst.startswith("| `death` | 致人死亡的食品安全事故 | Any death | 3 |")
    assert "Used by no field of a record." in section("codes-food_group")


def test_every_link_of_the_page_leads_somewhere() -> None:
    anchors = set(re.findall(r'<a id="([^"]+)">', CATALOGUE))
    links = re.findall(r"\]\(([^)]+)\)", CATALOGUE)
    assert {link[1:] for link in links if link.startswith("#")} == anchors
    assert all((PAGE.parent / link).is_file() for link in links if not link.startswith("#"))


def test_the_cells_of_every_table_are_as_many_as_its_head_has() -> None:
    for table in re.findall(r"(?:^\|.*\n)+", CATALOGUE, re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1


# an SQL expression of a stream's code, and the codes that it can yield
PATTERNS = {
    "''": "",
    "type": "{type}",
    '"of" || \'.\' || "case"': "{of}.{case}",
    "coalesce(tag, '')": "{tag}",
    "coalesce(decision, 'pending')": "{decision or pending}",
    "CASE WHEN occurred > due THEN 'late' ELSE 'on_time' END": "late or on_time",
    "type || CASE WHEN done IS NULL THEN '.missed' ELSE '.on_time' END": "{type}"
    ".{missed or on_time}",
    "CASE WHEN passed THEN 'pass' ELSE 'fail.' || coalesce(item, '') END": "pass or fail.{item}",
    "CASE WHEN a THEN 'x' ELSE 'y.' END || b": "{x or y}{b}",
}


@pytest.mark.parametrize("code", PATTERNS)
def test_a_code_is_told_in_words(code: str) -> None:
    assert pattern(code) == PATTERNS[code]
