"""Tables of a PostgreSQL database: text as PostgreSQL writes it, rows counted in a fixed order."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from xinheng.archive.reading import Reader, Reading, read, spool, text
from xinheng.core.errors import InvalidError, NotFoundError

SERVER = os.environ.get("XINHENG_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
VARIABLE = "XINHENG_TEST_COURT"


class Department:
    """A schema of its own, and a role that may only read what it was granted."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.schema = f"Court {secrets.token_hex(4)}"
        self.role = f"xinheng_reader_{secrets.token_hex(4)}"
        self.password = secrets.token_hex(8)
        self.run("CREATE SCHEMA {schema}")
        self.run(f"CREATE ROLE {{role}} LOGIN PASSWORD '{self.password}'")
        self.run("GRANT USAGE ON SCHEMA {schema} TO {role}")

    def run(self, statement: str) -> None:
        names = {"schema": sql.Identifier(self.schema), "role": sql.Identifier(self.role)}
        self.connection.execute(sql.SQL(statement).format(**names))

    def table(self, columns: str, *rows: str) -> None:
        self.run(f"CREATE TABLE {{schema}}.judgments ({columns})")
        for row in rows:
            values = row.replace("{", "{{").replace("}", "}}")
            self.run(f"INSERT INTO {{schema}}.judgments VALUES ({values})")
        self.run("GRANT SELECT ON {schema}.judgments TO {role}")

    def read(self, *order: str, table: str = "judgments", **options: object) -> Reading:
        reader = Reader("postgresql", order=order or ("no",), connection=VARIABLE, **options)
        return read(Path(f"{self.schema}.{table}"), reader)

    def drop(self) -> None:
        self.run("DROP SCHEMA {schema} CASCADE")
        self.run("DROP ROLE {role}")


@pytest.fixture
def department(monkeypatch: pytest.MonkeyPatch) -> Iterator[Department]:
    try:
        connection = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at {SERVER.rpartition('@')[2]}: {error}")
    with connection:
        department = Department(connection)
        address = psycopg.conninfo.make_conninfo(
            SERVER, user=department.role, password=department.password
        )
        monkeypatch.setenv(VARIABLE, address)
        try:
            yield department
        finally:
            department.drop()


def _rows(reading: Reading) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in reading.data.to_pylist()]


VALUES = [
    ("bigint", "9223372036854775807", "9223372036854775807"),
    ("numeric(20, 4)", "1.50", "1.5000"),
    ("double precision", "0.1", "0.1"),
    ("double precision", "'NaN'", "NaN"),
    ("real", "0.1", "0.1"),
    ("boolean", "true", "true"),
    ("date", "'2026-03-01'", "2026-03-01"),
    ("timestamp", "'2026-03-01 12:00:00.5'", "2026-03-01 12:00:00.5"),
    ("timestamptz", "'2026-03-01 08:00:00+08'", "2026-03-01 00:00:00+00"),
    ("interval", "'1 day 2 hours'", "P1DT2H"),
    ("bytea", r"'\xff00'", r"\xff00"),
    ("jsonb", """'{"案由": [1, null]}'""", '{"案由": [1, null]}'),
    ("text[]", "ARRAY['a,b', NULL]", '{"a,b",NULL}'),
    ("char(4)", "'ab'", "ab"),
    ("text", "NULL", None),
    ("text", "''", None),
    ("text", "' '", " "),
    ("text", "'NULL'", "NULL"),
    ("text", r"'\N'", r"\N"),
    ("text", r"'\.'", r"\."),
    ("text", """'说 "好", 行'""", '说 "好", 行'),
    ("text", "E'a\\nb\\r\\nc\\td'", "a\nb\r\nc\td"),
    ("text", "E'\\uFEFF沙井蚝'", "\ufeff沙井蚝"),
]


@pytest.mark.parametrize(("kind", "written", "expected"), VALUES)
def test_a_value_is_the_text_that_postgresql_makes_of_it(
    department: Department, kind: str, written: str, expected: str | None
) -> None:
    department.table(f"no int, value {kind}", f"1, {written}")
    reading = department.read()
    assert reading.names == ("no", "value")
    assert _rows(reading) == [(1, "1", expected)]
    assert reading.faulty.num_rows == 0


def test_settings_of_the_role_change_no_value(department: Department) -> None:
    department.table("no int, at timestamptz, day date", "1, '2026-03-01 08:00+08', '2026-03-01'")
    department.run("ALTER ROLE {role} SET timezone = 'Asia/Shanghai'")
    department.run("ALTER ROLE {role} SET datestyle = 'German'")
    assert _rows(department.read()) == [(1, "1", "2026-03-01 00:00:00+00", "2026-03-01")]


def test_rows_are_counted_in_the_order_of_the_declared_columns(department: Department) -> None:
    rows = ["'乙', 10", "'b', 9", "'B', 9", "'a', 10", "NULL, 9"]
    department.table("no text, place int", *rows)
    reading = department.read("place", "no")
    assert [(row, no) for row, no, _ in _rows(reading)] == [
        (1, "B"),
        (2, "b"),
        (3, None),
        (4, "a"),
        (5, "乙"),
    ]
    assert reading.data["_row"].to_pylist() == [1, 2, 3, 4, 5]


def test_the_same_rows_have_the_same_digest_and_others_another(department: Department) -> None:
    department.table("no int", "2", "1")
    first = department.read().sha256
    assert department.read().sha256 == first
    department.run("INSERT INTO {schema}.judgments VALUES (3)")
    assert department.read().sha256 != first


def test_a_view_a_lone_null_and_names_that_need_quotes_are_read(department: Department) -> None:
    department.table('"案号""; --" int', "1", "NULL")
    department.run('CREATE VIEW {schema}."a.b" AS SELECT * FROM {schema}.judgments')
    department.run('GRANT SELECT ON {schema}."a.b" TO {role}')
    reading = department.read('案号"; --', table='"a.b"')
    assert reading.names == ('案号"; --',)
    assert _rows(reading) == [(1, "1"), (2, None)]


def test_an_empty_table_is_no_rows(department: Department) -> None:
    department.table("no int, label text")
    reading = department.read()
    assert reading.names == ("no", "label")
    assert _rows(reading) == []
    assert reading.data.column_names == ["_row", "no", "label"]


def test_a_large_table_is_read_through_the_workspace(
    department: Department, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "ROOM", 1 << 16)
    monkeypatch.setattr("xinheng.archive.reading.postgresql.BLOCK", 1 << 14)
    department.run(
        "CREATE TABLE {schema}.judgments AS SELECT no, E'甲\\n' || no AS label "
        "FROM generate_series(1, 20000) AS no"
    )
    department.run("GRANT SELECT ON {schema}.judgments TO {role}")
    reader = Reader("postgresql", order=("no",), connection=VARIABLE)
    reading = read(Path(f"{department.schema}.judgments"), reader, tmp_path)
    assert any(tmp_path.iterdir())
    assert reading.data["_row"].to_pylist() == list(range(1, 20001))
    assert reading.data["label"].to_pylist() == [f"甲\n{no}" for no in range(1, 20001)]


def test_rows_alike_in_the_order_are_refused_over_blocks_too(
    department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xinheng.archive.reading.postgresql.BLOCK", 1)
    department.table("no int, label text", "1, 'a'", "2, 'b'", "2, 'c'")
    with pytest.raises(InvalidError, match=r"rows 2 and 3 of .* are alike in no.*add to `order`"):
        department.read()
    assert department.read("no", "label").data.num_rows == 3


def test_only_reading_happens(department: Department) -> None:
    department.table("no int", "1")
    department.run(
        "CREATE FUNCTION {schema}.spoil() RETURNS int LANGUAGE sql SECURITY DEFINER "
        "AS 'DELETE FROM \"" + department.schema + "\".judgments RETURNING no'"
    )
    department.run("CREATE VIEW {schema}.trap AS SELECT {schema}.spoil() AS no")
    department.run("GRANT SELECT ON {schema}.trap TO {role}")
    with pytest.raises(InvalidError, match="read-only transaction"):
        department.read(table="trap")
    assert department.read().data.num_rows == 1


def test_a_table_that_is_missing_names_those_there_are(department: Department) -> None:
    department.table("no int", "1")
    with pytest.raises(NotFoundError, match=r"judgements.*did you mean 'Court \w+\.judgments'"):
        department.read(table="judgements")


def test_a_column_of_the_order_that_is_missing_names_those_there_are(
    department: Department,
) -> None:
    department.table("judgment_no int", "1")
    with pytest.raises(NotFoundError, match=r"no column .* 'no'.*judgment_no"):
        department.read()


def test_a_table_that_was_not_granted_says_what_to_ask_for(department: Department) -> None:
    department.run("CREATE TABLE {schema}.secret (no int)")
    with pytest.raises(InvalidError, match=r"permission denied.*GRANT SELECT ON .*secret"):
        department.read(table="secret")


def test_a_statement_that_takes_too_long_is_given_up(department: Department) -> None:
    department.run("CREATE VIEW {schema}.slow AS SELECT 1 AS no, pg_sleep(60)::text AS nap")
    department.run("GRANT SELECT ON {schema}.slow TO {role}")
    with pytest.raises(InvalidError, match=r"longer than 1 s.*`timeout`.*index on no"):
        department.read(table="slow", timeout=1)


def test_columns_that_differ_by_case_only_are_refused(department: Department) -> None:
    department.table('no int, "No" int', "1, 2")
    with pytest.raises(InvalidError, match="column 2 is named 'No', but column 1"):
        department.read()


# --- without a server -------------------------------------------------------------------------


def _read(name: str = "credit.judgments") -> Reading:
    return read(Path(name), Reader("postgresql", order=("no",), connection=VARIABLE))


def test_a_variable_that_is_not_set_is_named_with_an_example(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(NotFoundError, match=rf"{VARIABLE}=postgresql://reader@.*\.pgpass"):
        _read()


ADDRESSES = [
    ("postgresql://reader:geheim@127.0.0.1:1/credit", "refuses connections"),
    ("postgresql://reader:geheim@nowhere.invalid/credit", "no address"),
    ("postgresql://reader:ge@heim@127.0.0.1/credit", "%40"),
    ("postgresql://reader:geheim/x@127.0.0.1/credit", "%2F"),
    ("postgresql://reader:geheim%zz@127.0.0.1/credit", "no address of a PostgreSQL"),
    ("reader geheim", "no address of a PostgreSQL"),
    ("host=127.0.0.1 port=1 password=geheim", "refuses connections"),
]


@pytest.mark.parametrize(("address", "words"), ADDRESSES)
def test_an_address_that_does_not_work_is_explained_without_its_password(
    monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    monkeypatch.setenv(VARIABLE, address)
    with pytest.raises(InvalidError, match=words) as caught:
        _read()
    assert VARIABLE in str(caught.value)
    assert "heim" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_role_that_does_not_exist_is_explained(
    department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    department.table("no int", "1")
    address = psycopg.conninfo.make_conninfo(SERVER, dbname="no_such_database_here")
    monkeypatch.setenv(VARIABLE, address)
    with pytest.raises(InvalidError, match="does not exist"):
        department.read()


@pytest.mark.parametrize("name", ["judgments", ".judgments", "a.b.c", 'a."b'])
def test_a_name_without_schema_is_refused(name: str) -> None:
    with pytest.raises(InvalidError, match=r"write schema\.table"):
        _read(name)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"order": ("no",)}, "environment variable"),
        ({"order": ("no",), "connection": "postgresql://a@b/c"}, "NAME"),
        ({"connection": VARIABLE}, "order"),
        ({"order": ("no",), "connection": VARIABLE, "timeout": 0}, "timeout"),
    ],
)
def test_a_reader_without_what_a_database_needs_is_refused(
    options: dict[str, object], words: str
) -> None:
    with pytest.raises(InvalidError, match=words):
        Reader("postgresql", **options)  # type: ignore[arg-type]


def test_bytes_that_are_no_text_are_told_apart() -> None:
    assert text.is_utf8("沙井蚝".encode())
    assert not text.is_utf8("沙井蚝".encode("gb18030"))
