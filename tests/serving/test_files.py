"""Scores by file: the same grades as one by one, in order, and nothing left behind."""

import io
import tempfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from pyarrow import ipc

from xinheng.ledger import Ledger
from xinheng.serving.access import Role
from xinheng.serving.answers import ScoredRowAnswer
from xinheng.serving.files import COLUMNS, Uploads, grading, reading
from xinheng.serving.problem import ProblemError

from ..archive.department import ALPHA, BETA
from .keyed import asking, held

URL = "/v1/scores/file"
CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.stream"


def send(client, body, media=CSV, accept=None, **query):
    headers = {"Content-Type": media} | ({} if accept is None else {"Accept": accept})
    return client.post(URL, content=body, headers=headers, params=query)


def as_csv(*rows, head="enterprise"):
    return "\n".join([head, *rows, ""]).encode()


def as_parquet(table):
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def as_arrow(table):
    sink = io.BytesIO()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def parsed(answer):
    assert answer.status_code == 200, answer.text
    body = io.BytesIO(answer.content)
    match answer.headers["content-type"].partition(";")[0]:
        case "text/csv":
            table = pacsv.read_csv(
                body, convert_options=pacsv.ConvertOptions(strings_can_be_null=True)
            )
        case "application/vnd.apache.parquet":
            table = pq.read_table(body)
        case _:
            table = ipc.open_stream(body).read_all()
    return table.to_pylist()


@pytest.fixture(autouse=True)
def uploads():
    """Nothing is left where files lie meanwhile, whatever a test does."""
    before = set(Path(tempfile.gettempdir()).glob("xinheng-upload-*"))
    yield
    assert set(Path(tempfile.gettempdir()).glob("xinheng-upload-*")) <= before


@pytest.mark.parametrize("media", [CSV, PARQUET, ARROW])
@pytest.mark.parametrize("accept", [CSV, PARQUET, ARROW])
def test_a_row_has_the_grade_that_its_enterprise_has(client, media, accept):
    table = pa.table({"enterprise": [BETA, ALPHA, "x", ALPHA], "as_of": ["2026-06-01"] * 4})
    lines = (f"{each},2026-06-01" for each in table["enterprise"].to_pylist())
    text = as_csv(*lines, head="enterprise,as_of")
    bodies = {CSV: text, PARQUET: as_parquet(table), ARROW: as_arrow(table)}
    rows = parsed(send(client, bodies[media], media, accept))
    assert [row["enterprise"] for row in rows] == [BETA, ALPHA, "x", ALPHA]
    assert rows[1] == rows[3]
    for row in rows[:2]:
        url = f"/v1/enterprises/{row['enterprise']}/grade?as_of=2026-06-01"
        one = client.get(url).json()
        low, high = one["interval"]
        same = {name: one[name] for name in grading.GRADE if name in one and name != "rules"}
        assert {name: row[name] for name in same} == same
        assert (row["lower"], row["upper"]) == (low, high)
        assert (row["rules"] or "").split() == [rule["id"] for rule in one["rules"]]
        assert (str(row["as_of"]), row["error"]) == ("2026-06-01", None)
    assert rows[2]["error"] == "urn:xinheng:problem:unknown-enterprise"
    assert {rows[2][name] for name in grading.GRADE} == {None}


def test_rows_of_different_days_keep_their_order(client, monkeypatch):
    monkeypatch.setattr(grading, "TOGETHER", 3)
    days = ["2026-06-01", "2026-01-01", "", "2026-06-01", "2026-01-01"]
    rows = parsed(send(client, as_csv(*(f"{ALPHA},{day}" for day in days), head="code,as_of"),
                       as_of="2026-03-01"))  # fmt: skip
    assert [str(row["as_of"]) for row in rows] == [day or "2026-03-01" for day in days]
    assert rows[0] == rows[3]
    for row in rows:
        one = client.get(f"/v1/enterprises/{ALPHA}/grade?as_of={row['as_of']}").json()
        assert (row["margin"], row["level"]) == (one["margin"], one["level"])


def test_a_file_without_rows_is_answered_without_rows(client):
    answer = send(client, as_csv())
    assert answer.text == ",".join(COLUMNS.names) + "\n"
    assert parsed(send(client, as_csv(), accept=PARQUET)) == []
    assert parsed(send(client, as_csv(), accept=ARROW)) == []


def test_other_encodings_are_read_where_they_are_named(client):
    body = f"统一社会信用代码,名称\n{ALPHA},云禾米粉店\n".encode("gb18030")
    assert send(client, body).json()["detail"].endswith("ask for the file anew.")
    [row] = parsed(send(client, body, "text/csv; charset=gbk"))
    assert row["level"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@"])
def test_what_a_spreadsheet_would_compute_is_led_by_an_apostrophe(client, begin):
    formula = f"{begin}1+cmd|'/c calc'!A0"
    [row] = parsed(send(client, as_csv(formula)))
    assert row["enterprise"] == "'" + formula
    [row] = parsed(send(client, as_csv(formula), accept=ARROW))
    assert row["enterprise"] == formula


WIDE = pa.table({"enterprise": ["x" * 1000]})
NESTED = pa.table({"enterprise": [["x"]]})
SOUND = as_parquet(pa.table({"enterprise": [ALPHA] * 1000}))


@pytest.mark.parametrize(
    ("body", "media", "words"),
    [
        (b"", CSV, "The file is empty"),
        (as_csv(ALPHA, head="name"), CSV, "There are: name"),
        (as_csv(ALPHA, BETA, head=ALPHA), CSV, "No column has identifiers"),
        (as_csv(f"{ALPHA},x,y", head="enterprise,as_of"), CSV, "1 line of the file"),
        (as_csv(f"{ALPHA},2026-02-30", head="enterprise,as_of"), CSV, "A day cannot be used"),
        (as_csv(f"{ALPHA},2027-01-01", head="enterprise,as_of"), CSV, "lies ahead"),
        (as_csv("x" * 1000), CSV, "a value of 1,000 bytes"),
        (b"enterprise\n\xff\xfe\n", CSV, "does not fit"),
        (as_csv("x,y", head="code,enterprise"), CSV, "columns enterprise, code may all have"),
        (as_csv(f"{ALPHA};7", head="code;b"), CSV, "divided by ';'; save it with commas"),
        ("code\n蚝业\n".encode("gb18030"), CSV, "name it in Content-Type, as charset=gb18030"),
        (b"PK\x03\x04 of a spreadsheet", CSV, "excel; send CSV, Parquet or an Arrow stream"),
        (SOUND, CSV, "looks like parquet; send it as application/vnd.apache.parquet"),
        (as_csv(ALPHA), PARQUET, "cut short, damaged, or no parquet"),
        (SOUND[: len(SOUND) // 2], PARQUET, "cut short"),
        (SOUND[:4] + b"\0" * 40 + SOUND[44:], PARQUET, "cut short"),
        (as_parquet(WIDE), PARQUET, "a value of 1,000 bytes"),
        (as_parquet(NESTED), PARQUET, "send its values as text"),
        (as_csv(ALPHA), ARROW, "cut short or no arrow"),
        (as_arrow(WIDE), ARROW, "1,000 bytes"),
        (as_arrow(WIDE)[:-8], ARROW, "cut short"),
        (as_arrow(NESTED), ARROW, "send its values as text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_before_anything_is_graded(
    client, settings, body, media, words
):
    subject = f"file {sha256(body).hexdigest()}"
    with closing(Ledger(settings.ledger)) as ledger:
        before = ledger.audited(subject)
        answer = send(client, body, media)
        assert ledger.audited(subject) == before
    assert (answer.status_code, words in answer.text) == (422, True), answer.text
    assert "/" not in answer.json()["detail"].replace("application/", "").replace("/c ", "")


def test_a_small_file_that_unpacks_to_much_is_refused(client, monkeypatch):
    monkeypatch.setattr(reading, "MOST_DECODED", 10_000)
    body = as_parquet(pa.table({"enterprise": [f"{n:020}" for n in range(5_000)]}))
    assert "unpack to" in send(client, body, PARQUET).json()["detail"]


@pytest.mark.parametrize("media", [CSV, PARQUET, ARROW])
def test_more_rows_than_are_graded_at_a_time_are_refused(client, monkeypatch, media):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    table = pa.table({"enterprise": ["a", "b", "c"]})
    body = {CSV: as_csv("a", "b", "c"), PARQUET: as_parquet(table), ARROW: as_arrow(table)}[media]
    answer = send(client, body, media)
    assert (answer.status_code, "send it in parts" in answer.text) == (422, True), answer.text


def test_more_days_than_are_graded_at_a_time_are_refused(client):
    rows = [f"{ALPHA},2026-0{1 + day // 28}-{1 + day % 28:02}" for day in range(32)]
    assert "32 different days" in send(client, as_csv(*rows, head="enterprise,as_of")).text


@pytest.mark.parametrize(
    ("media", "accept", "status"),
    [
        ("application/json", None, 415),
        ("", None, 415),
        (CSV, "application/json", 406),
        (CSV, "text/csv;q=0", 406),
    ],
)
def test_other_formats_are_refused(client, media, accept, status):
    assert send(client, as_csv(ALPHA), media, accept).status_code == status


def test_an_identifier_that_nobody_can_have_is_an_error_of_its_row(client):
    rows = parsed(send(client, as_csv('""', "a\x01b", "y" * 101, ALPHA), accept=ARROW))
    assert [row["error"] is None for row in rows][-1]
    assert {row["error"] for row in rows[:-1]} == {"urn:xinheng:problem:invalid-request"}


def audited(ledger, subject, count):
    """Entries about a subject, once there are so many: some reach the database a moment later."""
    until = monotonic() + 10
    while len(entries := ledger.audited(subject)) < count:
        assert monotonic() < until
        sleep(0.02)
    return entries


def test_it_is_recorded_whose_grades_are_read(client, settings, monkeypatch):
    monkeypatch.setattr(grading, "NAMED", 2)
    body = as_csv(ALPHA, "x", BETA, ALPHA)
    parsed(send(client, body, as_of="2026-06-01"))
    with closing(Ledger(settings.ledger)) as ledger:
        entries = audited(ledger, f"file {sha256(body).hexdigest()}", 3)
    begin, *named = [entry["detail"] for entry in entries]
    assert (begin["rows"], begin["as_of"]) == (4, ["2026-06-01"])
    told = [each for detail in named for each in detail["enterprises"]]
    assert sorted(told) == sorted([ALPHA, BETA, ALPHA])
    assert {entry["purpose"] for entry in entries} == {"routine"}


def test_where_it_cannot_be_recorded_nothing_is_handed_out(settings, monkeypatch):
    with asking(settings) as client:
        assert send(client, as_csv(ALPHA)).status_code == 200

        def refused(*_, **__):
            raise ProblemError("audit-unavailable", "made up")

        monkeypatch.setattr("xinheng.serving.recorder.Recorder.record", refused)
        answer = send(client, as_csv(ALPHA))
    assert answer.status_code == 503
    assert ALPHA not in answer.text


def test_what_is_beyond_reach_has_no_grade(settings):
    with asking(settings, held(Role.DEPARTMENT, "440304")) as client:
        [row] = parsed(send(client, as_csv(ALPHA)))
    assert (row["level"], row["error"]) == (None, "urn:xinheng:problem:beyond-reach")


def test_every_day_that_cannot_be_used_is_told_with_its_first_row(client):
    rows = (f"{ALPHA},2026-01-01", f"{ALPHA},2026/1/2", f"{ALPHA},x", f"{ALPHA},2026/1/2")
    problem = send(client, as_csv(*rows, head="enterprise,as_of")).json()
    assert [(each["where"], each["value"]) for each in problem["errors"]] == [
        ("body.as_of", "2026/1/2"), ("body.as_of", "x"),
    ]  # fmt: skip
    assert "first in row 2, headers" in problem["errors"][0]["message"]


def test_the_columns_are_described():
    assert [*ScoredRowAnswer.model_fields] == COLUMNS.names


def test_a_channel_that_does_not_name_rows_has_no_files(settings):
    with asking(settings, channel="mini_program") as client:
        assert send(client, as_csv(ALPHA)).status_code == 403


def test_as_many_files_as_there_is_room_for(tmp_path):
    uploads = Uploads(tmp_path, room=10, files=1)
    with uploads.begin("key a") as upload:
        uploads.reserve(10)
        upload.size = 10
        with pytest.raises(ProblemError, match="being graded"):
            uploads.begin("key b")
        with pytest.raises(ProblemError, match="being graded"):
            uploads.reserve(1)
    with uploads.begin("key a"):
        uploads.reserve(10)
    assert list(tmp_path.iterdir()) == []


def test_one_asker_leaves_room_for_others(tmp_path):
    uploads = Uploads(tmp_path)
    with uploads.begin("key a"), uploads.begin("key a"):
        with pytest.raises(ProblemError, match="2 files of yours"):
            uploads.begin("key a")
        with uploads.begin("key b"), uploads.begin("key b"):
            pass


def test_where_nothing_can_be_written_it_is_said_to_be_busy(tmp_path):
    uploads = Uploads(tmp_path / "gone")
    with pytest.raises(ProblemError) as told:
        uploads.begin("key a")
    assert told.value.name == "busy"


def test_what_a_killed_process_left_is_removed(tmp_path):
    gone, here = tmp_path / "xinheng-upload-4194305-abc", tmp_path / "xinheng-upload-1-abc"
    for folder in (gone, here):
        folder.mkdir()
    Uploads(tmp_path)
    assert list(tmp_path.iterdir()) == [here]


def test_a_body_beyond_the_limit_is_refused(client):
    answer = client.post(
        URL, content=b"", headers={"Content-Type": CSV, "Content-Length": "300000000"}
    )
    assert answer.status_code == 413
