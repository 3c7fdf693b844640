"""A mapping that cannot work is refused when it is read, in words that name the mistake."""

from pathlib import Path

import pytest

from xinheng.archive import Archive, find_sources, read_source
from xinheng.core.errors import MappingError, NotFoundError

from .department import ALPHA, LIFECYCLE, PENALTY, RECEIVED, TOML, delivery, department

LAYOUT = TOML.replace('department = "district bureau"\n', "")
LIKE = """
title = "Penalties of a street"
department = "street office"
like = "layout"
"""


def like(folder: Path, toml: str = LIKE, **files: str) -> Path:
    """Write a layout and, beside it, a source that is like it and says no more."""
    department(folder / "layout", source__toml=LAYOUT)
    street = folder / "street"
    street.mkdir()
    texts = {"source.toml": toml} | {k.replace("__", "."): v for k, v in files.items()}
    for name, text in texts.items():
        (street / name).write_text(text, encoding="utf-8")
    return street


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
        ('reader = "csv"', 'reader = "csv"\norder = ["a"]', "order and connection are for tables"),
        ('reader = "csv"', 'reader = "postgresql"', 'needs connection = "NAME"'),
        ('reader = "csv"', 'reader = "postgresql"\nconnection = "DB"', "needs order ="),
        (
            'path = "penalties.csv"\nreader = "csv"',
            'path = "penalties"\nreader = "postgresql"\nconnection = "DB"\norder = ["id"]',
            "'penalties' is no table of a server; write path as schema.table",
        ),
        ('department = "district bureau"', "", 'names no department.*write like = "bureau"'),
        ('title = "', 'like = "buro"\ntitle = "', "no source to be like .*'buro'"),
        ('title = "', 'like = "bureau"\ntitle = "', "no source to be like .*'bureau'"),
        ('title = "', 'like = 7\ntitle = "', "like = 7"),
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


def test_a_layout_is_no_source_but_others_may_be_like_it(tmp_path: Path) -> None:
    street = like(tmp_path)
    assert list(find_sources(tmp_path)) == ["street"]
    with pytest.raises(MappingError, match=r'layout.* names no department.*write like = "layout"'):
        read_source(tmp_path / "layout")
    source = read_source(street)
    assert source.name == "street"
    assert (source.declaration.title, source.declaration.department) == (
        "Penalties of a street",
        "street office",
    )
    assert source.declaration.scheme == "uscc"
    assert source.declaration.clocks.backfill == "trusted"
    assert [each.kind for each in source.declaration.records] == ["penalty", "lifecycle"]
    assert [each.reason for each in source.declaration.skip] == ["not yet decided"]
    assert list(source.statements.values()) == [PENALTY, LIFECYCLE]


def test_a_source_like_another_takes_in_its_delivery(tmp_path: Path) -> None:
    source = read_source(like(tmp_path))
    folder = delivery(tmp_path / "in", f"{ALPHA},1,2024-03-05,2024-03-09,label,fine,2,")
    archive = Archive(tmp_path / "archive")
    assert archive.ingest(source, folder, RECEIVED).delivery.records == {"penalty": 1}


def test_what_a_source_says_itself_holds_key_by_key(tmp_path: Path) -> None:
    more = """
[clocks]
delay_days = 3
[files.penalties]
encoding = "gb18030"
[tables]
words = "words.csv"
[[records]]
kind = "penalty"
rows = "penalties"
sql = "own.sql"
relay = true
[[skip]]
file = "penalties"
where = "kind = 'test'"
reason = "a test"
"""
    source = read_source(like(tmp_path, LIKE + more, own__sql=PENALTY, words__csv="code\na\n"))
    declared = source.declaration
    assert (declared.clocks.backfill, declared.clocks.delay_days) == ("trusted", 3)
    file = declared.files["penalties"]
    assert (file.path, file.reader, file.encoding) == ("penalties.csv", "csv", "gb18030")
    assert [each.relay for each in declared.records] == [False, False, True]
    assert [each.reason for each in declared.skip] == ["not yet decided", "a test"]
    assert (source.folder / declared.tables["words"]).is_file()


def test_code_tables_of_a_layout_are_found_and_can_be_replaced(tmp_path: Path) -> None:
    street = like(tmp_path)
    layout = tmp_path / "layout"
    tables = '\n[tables]\nwords = "words.csv"\n'
    (layout / "source.toml").write_text(LAYOUT + tables)
    (layout / "words.csv").write_text("code\na\n")
    taken = read_source(street)
    assert (street / taken.declaration.tables["words"]).resolve() == layout / "words.csv"
    (street / "own.csv").write_text("code\nb\n")
    (street / "source.toml").write_text(LIKE + '\n[tables]\nwords = "own.csv"\n')
    own = read_source(street)
    assert (street / own.declaration.tables["words"]).resolve() == street / "own.csv"
    assert own.digest != taken.digest


@pytest.mark.parametrize("name", ["source.toml", "penalty.sql", "lifecycle.sql", "words.csv"])
def test_whatever_a_layout_says_changes_the_digest(tmp_path: Path, name: str) -> None:
    street = like(tmp_path)
    layout = tmp_path / "layout"
    (layout / "source.toml").write_text(LAYOUT + '\n[tables]\nwords = "words.csv"\n')
    (layout / "words.csv").write_text("code\na\n")
    before = read_source(street).digest
    assert read_source(street).digest == before
    mended = {"words.csv": "b\n", "source.toml": "# mended\n"}.get(name, "-- mended\n")
    with (layout / name).open("a") as stream:
        stream.write(mended)
    assert read_source(street).digest != before


def test_a_source_may_be_like_another_departments(tmp_path: Path) -> None:
    department(tmp_path / "layout")
    street = tmp_path / "street"
    street.mkdir()
    (street / "source.toml").write_text(LIKE)
    assert read_source(street).declaration.department == "street office"
    assert list(find_sources(tmp_path)) == ["layout", "street"]


def test_likeness_goes_one_step(tmp_path: Path) -> None:
    like(tmp_path)
    lane = tmp_path / "lane"
    lane.mkdir()
    (lane / "source.toml").write_text(LIKE.replace('"layout"', '"street"'))
    with pytest.raises(MappingError, match=r"'street' is like 'layout' itself.*like = 'layout'"):
        read_source(lane)


@pytest.mark.parametrize("key", ["title", "department"])
def test_title_and_department_are_never_taken_over(tmp_path: Path, key: str) -> None:
    department(tmp_path / "layout")
    street = tmp_path / "street"
    street.mkdir()
    lines = [line for line in LIKE.splitlines() if not line.startswith(key)]
    (street / "source.toml").write_text("\n".join(lines))
    with pytest.raises(MappingError, match=key):
        read_source(street)


def test_a_layout_that_lacks_a_file_is_named(tmp_path: Path) -> None:
    street = like(tmp_path)
    (tmp_path / "layout" / "penalty.sql").unlink()
    with pytest.raises(NotFoundError, match=r"layout/penalty\.sql does not exist"):
        read_source(street)


def test_a_table_of_a_server_stands_for_a_file(tmp_path: Path) -> None:
    table = """path = "court.judgments"
reader = "postgresql"
order = ["id"]
connection = "COURT_DATABASE"
"""
    toml = TOML.replace('path = "penalties.csv"\nreader = "csv"\n', table)
    file = read_source(department(tmp_path / "a", source__toml=toml)).declaration.files["penalties"]
    reader = file.as_reader()
    assert (reader.kind, reader.order, reader.connection) == (
        "postgresql",
        ("id",),
        "COURT_DATABASE",
    )
