"""A mapping that cannot work is refused when it is read, in words that name the mistake."""

from pathlib import Path

import pytest

from xinheng.archive import find_sources, read_source
from xinheng.core.errors import MappingError, NotFoundError

from .department import TOML, department


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kind = "penalty"', 'kind = "penalti"', "'penalti'; did you mean 'penalty'"),
        ('rows = "penalties"', 'rows = "fines"', "no file 'fines'.*penalties"),
        ('reader = "csv"', 'reader = "dbase"', "files.penalties.reader.*'dbase'"),
        ('reader = "csv"', 'reader = "csv"\nencoding = "latin"', "no encoding 'latin'"),
        ('backfill = "trusted"', 'backfill = "maybe"', "clocks.backfill.*'maybe'"),
        ('backfill = "trusted"', "delay_days = -1", "clocks.delay_days"),
        ('backfill = "trusted"', 'zone = "Asia/Shenzhen"', "no time zone 'Asia/Shenzhen'"),
        ('backfill = "trusted"', "delay_days = 99999999999", "clocks.delay_days"),
        ('path = "penalties.csv"', 'path = ""', "'' is no path or pattern inside"),
        ('path = "penalties.csv"', 'path = "/etc/passwd"', "no path or pattern inside"),
        ('path = "penalties.csv"', 'path = "../penalties.csv"', "no path or pattern inside"),
        ('title = "', 'titel = "', "titel"),
        ('file = "penalties"', 'file = "drafts"', "no file 'drafts'"),
        ("[clocks]", "[clocks", "is not TOML"),
        ("[files.penalties]", '[files."pen alties"]', "files"),
        ('sql = "penalty.sql"', 'sql = "x.sql"', r"x\.sql does not exist"),
        ("[files.penalties]", '[tables]\npenalties = "x.csv"\n\n[files.penalties]', "two names"),
        (
            'sql = "penalty.sql"',
            'sql = "penalty.sql"\ncodes = { violation = "kinds" }',
            "no code table 'kinds'",
        ),
    ],
)
def test_a_mistake_in_source_toml_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    folder = department(tmp_path / "bureau", source__toml=TOML.replace(old, new, 1))
    with pytest.raises((MappingError, NotFoundError), match=f"(?s){words}"):
        read_source(folder)


@pytest.mark.parametrize("name", ["source.toml", "penalty.sql"])
def test_a_file_of_the_mapping_that_is_not_utf8_is_named(tmp_path: Path, name: str) -> None:
    folder = department(tmp_path / "bureau")
    (folder / name).write_bytes("\n-- 处罚".encode("gb18030"))
    with pytest.raises(MappingError, match=f"{name}, line 2, is not UTF-8"):
        read_source(folder)


def test_a_file_that_yields_nothing_must_say_so(tmp_path: Path) -> None:
    more = TOML + '\n[files.offices]\npath = "offices.csv"\nreader = "csv"\n'
    with pytest.raises(MappingError, match=r"'offices' yields no records.*lookup = true"):
        read_source(department(tmp_path / "a", source__toml=more))
    source = read_source(department(tmp_path / "b", source__toml=more + "lookup = true\n"))
    assert source.declaration.files["offices"].lookup


def test_a_source_that_does_not_exist_is_answered_with_those_that_do(tmp_path: Path) -> None:
    department(tmp_path / "bureau")
    assert list(find_sources(tmp_path)) == ["bureau"]
    with pytest.raises(NotFoundError, match="'bureu'; did you mean 'bureau'"):
        read_source(tmp_path / "bureu")


def test_whatever_shapes_records_changes_the_digest(tmp_path: Path) -> None:
    folder = department(tmp_path / "bureau")
    before = read_source(folder).digest
    assert read_source(folder).digest == before
    sql = folder / "penalty.sql"
    sql.write_text(sql.read_text() + "-- mended\n")
    assert read_source(folder).digest != before
