"""Files of enterprises: sent and answered through files, whole or not at all."""

import asyncio
import tracemalloc
from datetime import date

import httpx2
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from xinheng.client import ApiError, AsyncClient, Client, ConnectionFailedError
from xinheng.core.errors import InvalidError, NotFoundError

from ..archive.department import ALPHA, BETA
from .test_conversation import answering, busy

DAY = date(2026, 6, 1)
ASKED = [ALPHA, "x", BETA, ALPHA]


class Broken(httpx2.SyncByteStream):
    """An answer that ends before its end."""

    def __iter__(self):
        yield b"half"
        raise httpx2.RemoteProtocolError("incomplete chunked read")


@pytest.fixture
def table():
    return pa.table({"enterprise": ASKED, "note": ["a", "b", "c", "d"]})


@pytest.fixture
def levels(client):
    return [each.grade and each.grade.level for each in client.scores(ASKED, DAY).scores]


def test_a_file_is_graded_into_another_of_another_format(client, levels, tmp_path, table):
    pacsv.write_csv(table, tmp_path / "asked.csv")
    into = client.scores_of_a_file(tmp_path / "asked.csv", tmp_path / "scores.parquet", DAY)
    found = pq.read_table(into)
    assert found["level"].to_pylist() == levels
    assert found["enterprise"].to_pylist() == ASKED
    assert found["error"].to_pylist()[1].endswith(":unknown-enterprise")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["asked.csv", "scores.parquet"]


def test_a_file_in_another_encoding_is_said_to_be(client, levels, tmp_path):
    (tmp_path / "asked.csv").write_text("统一社会信用代码\n" + "\n".join(ASKED), "gb18030")
    with pytest.raises(ApiError, match=r"UTF-8|utf-8"):
        client.scores_of_a_file(tmp_path / "asked.csv", tmp_path / "scores.csv", DAY)
    client.scores_of_a_file(tmp_path / "asked.csv", tmp_path / "scores.csv", DAY, "gb18030")
    assert pd.read_csv(tmp_path / "scores.csv")["level"].tolist()[0] == levels[0]


def test_a_table_a_frame_and_batches_have_the_grades_of_the_list(client, levels, table):
    assert client.score_table(table, DAY)["level"].to_pylist() == levels
    frame = client.score_frame(table.to_pandas().set_index(pd.Index([7, 5, 3, 1])), DAY)
    assert frame.index.tolist() == [7, 5, 3, 1]
    assert frame["level"].replace({float("nan"): None}).tolist() == levels
    batches = table.select(["enterprise"]).to_batches(1)
    found = pa.Table.from_batches(client.score_batches(batches, DAY))
    assert found["level"].to_pylist() == levels


def test_midnights_of_a_frame_are_days(client):
    frame = pd.DataFrame({"code": [ALPHA, BETA], "as_of": ["2026-03-01", "2026-06-01"]})
    frame["as_of"] = pd.to_datetime(frame["as_of"])
    assert client.score_frame(frame)["as_of"].astype(str).tolist() == ["2026-03-01", "2026-06-01"]


def test_no_rows_are_no_grades(client, table):
    assert len(client.score_table(table.slice(0, 0), DAY)) == 0


def test_a_table_without_identifiers_is_refused_before_it_is_sent(client):
    with pytest.raises(InvalidError, match="There are: name"):
        client.score_frame(pd.DataFrame({"name": ["x"]}))
    with pytest.raises(InvalidError, match="there are no batches"):
        next(client.score_batches([]))


def test_names_and_places_are_looked_at_before_anything_is_sent(client, tmp_path):
    asked = tmp_path / "asked.txt"
    with pytest.raises(NotFoundError, match=r"no file .*asked\.txt"):
        client.scores_of_a_file(asked, tmp_path / "scores.csv")
    asked.write_text("enterprise\n")
    with pytest.raises(InvalidError, match=r"'asked\.txt' does not end.*\.csv, \.parquet"):
        client.scores_of_a_file(asked, tmp_path / "scores.csv")
    with pytest.raises(NotFoundError, match="no folder"):
        client.scores_of_a_file(asked, tmp_path / "nowhere" / "scores.csv")


def test_what_is_refused_leaves_what_was_there(client, tmp_path):
    (tmp_path / "asked.csv").write_text("name\nx\n")
    (tmp_path / "scores.csv").write_text("of yesterday")
    with pytest.raises(ApiError, match="No column has identifiers"):
        client.scores_of_a_file(tmp_path / "asked.csv", tmp_path / "scores.csv")
    assert (tmp_path / "scores.csv").read_text() == "of yesterday"


def test_an_answer_that_breaks_off_is_asked_for_again_and_whole(tmp_path):
    (tmp_path / "asked.csv").write_text("enterprise\nx\n")
    client, asked = answering(
        busy(503), httpx2.Response(200, stream=Broken()), httpx2.Response(200, content=b"whole")
    )
    client.scores_of_a_file(tmp_path / "asked.csv", tmp_path / "scores.csv")
    assert (tmp_path / "scores.csv").read_bytes() == b"whole"
    assert [each.read() for each in asked] == [b"enterprise\nx\n"] * 3


def test_an_answer_that_always_breaks_off_leaves_nothing(tmp_path):
    (tmp_path / "asked.csv").write_text("enterprise\nx\n")
    client, _ = answering(*[httpx2.Response(200, stream=Broken()) for _ in range(5)])
    with pytest.raises(ConnectionFailedError, match="incomplete"):
        client.scores_of_a_file(tmp_path / "asked.csv", tmp_path / "scores.csv")
    assert [each.name for each in tmp_path.iterdir()] == ["asked.csv"]


def test_a_long_file_is_held_in_memory_at_no_time(url, key, tmp_path):
    size = 24_000_000

    class Streaming(httpx2.BaseTransport):
        def handle_request(self, request):
            assert sum(map(len, request.stream)) == size
            return httpx2.Response(200, content=(b"x" * 65_536 for _ in range(size // 65_536)))

    (tmp_path / "asked.csv").write_bytes(b"x" * size)
    with Client(url, key, transport=Streaming()) as client:
        tracemalloc.start()
        client.scores_of_a_file(tmp_path / "asked.csv", tmp_path / "scores.csv")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (tmp_path / "scores.csv").stat().st_size > size - 65_536
    assert most < size / 8


def test_the_asynchronous_client_grades_files_alike(url, key, levels, tmp_path, table):
    pq.write_table(table, tmp_path / "asked.parquet")

    async def ask():
        async with AsyncClient(url, key, purpose="routine") as client:
            into = await client.scores_of_a_file(
                tmp_path / "asked.parquet", tmp_path / "scores.arrow", DAY
            )
            frame = await client.score_frame(table.to_pandas(), DAY)
            batches = [each async for each in client.score_batches(table.to_batches(), DAY)]
        return into, frame, batches

    into, frame, batches = asyncio.run(ask())
    with pa.OSFile(str(into)) as file:
        assert pa.ipc.open_stream(file).read_all()["level"].to_pylist() == levels
    assert frame["level"].replace({float("nan"): None}).tolist() == levels
    assert pa.Table.from_batches(batches)["level"].to_pylist() == levels
