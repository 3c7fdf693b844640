"""Slow clients have an end, and more than can be answered is refused at once."""

import asyncio
import json
import socket
import threading
import time
from contextlib import suppress

import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, StreamingResponse

from xinheng.serving.entrance.room import Room
from xinheng.serving.hosting.protocol import PatientProtocol
from xinheng.serving.middleware import middleware

GET = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n"


class Brief(PatientProtocol):
    """A protocol that soon loses patience, and has little room."""

    headers_seconds, body_seconds, reading_seconds = 0.3, 0.3, 0.3
    connections_most = 3


@pytest.fixture(scope="module")
def port():
    """A server of one route that reads the body and takes as long as it is told to."""
    app = FastAPI(middleware=[*middleware(("127.0.0.1",)), Middleware(Room, most=1)])

    @app.get("/healthz", name="health")
    @app.get("/", name="health")
    @app.post("/", name="health")
    async def answer(request: Request, wait: float = 0):
        await request.body()
        await asyncio.sleep(wait)
        return PlainTextResponse("ok")

    @app.get("/long", name="health")
    async def long():
        return StreamingResponse(b"x" * 100_000 for _ in range(1_000))

    config = uvicorn.Config(app, port=0, http=Brief, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def heard(connection):
    """Everything that is said until the other side closes."""
    found = b""
    while part := connection.recv(65_536):
        found += part
    return found


def problem(said):
    head, _, body = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.lower(), json.loads(body)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_headers_that_do_not_come_are_not_waited_for(port, sent):
    with connect(port) as connection:
        connection.sendall(sent)
        status, head, told = problem(heard(connection))
    assert (status, told["type"]) == (408, "urn:xinheng:problem:request-timeout")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head


def test_headers_that_come_one_byte_at_a_time_are_not_waited_for(port):
    with connect(port) as connection:
        start = time.monotonic()
        for byte in GET[:-1]:
            try:
                connection.sendall(bytes([byte]))
            except OSError:
                break
            time.sleep(0.02)
        assert problem(heard(connection))[0] == 408
        assert time.monotonic() - start < 3


def test_a_body_that_does_not_come_is_not_waited_for(port):
    with connect(port) as connection:
        connection.sendall(POST + b"12345")
        assert problem(heard(connection))[0] == 408


def test_a_request_that_comes_in_time_is_answered_however_long_that_takes(port):
    with connect(port) as connection:
        connection.sendall(GET.replace(b"GET /", b"GET /?wait=0.6"))
        assert b" 200 " in connection.recv(1_000)


def test_a_connection_is_used_again(port):
    with connect(port) as connection:
        for _ in range(3):
            connection.sendall(GET)
            assert b" 200 " in connection.recv(1_000)


def test_more_connections_than_there_is_room_for_are_told_to_come_again(port):
    held = [connect(port) for _ in range(3)]
    time.sleep(0.1)
    with connect(port) as connection:
        status, head, told = problem(heard(connection))
    for each in held:
        each.close()
    assert (status, told["type"]) == (503, "urn:xinheng:problem:overloaded")
    assert b"retry-after: 1" in head


def test_more_requests_than_there_is_room_for_are_told_to_come_again(port):
    with connect(port) as busy, connect(port) as other:
        busy.sendall(GET.replace(b"GET /", b"GET /?wait=1"))
        time.sleep(0.2)
        other.sendall(GET.replace(b"Host", b"Connection: close\r\nHost"))
        status, head, told = problem(heard(other))
        assert (status, told["type"]) == (503, "urn:xinheng:problem:overloaded")
        assert b"retry-after: 1" in head
        with connect(port) as alive:
            alive.sendall(GET.replace(b"GET /", b"GET /healthz"))
            assert b" 200 " in alive.recv(1_000)
        assert b" 200 " in busy.recv(1_000)


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ", b"x" * 10_000),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X-Many: x\r\n" * 1_000),
        (b"GET /", b"x" * 10_000),
        (
            b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X-Many: x\r\n" * 1_000,
        ),
    ],
    ids=["one", "many", "address", "trailers"],
)
def test_headers_without_an_end_are_not_kept(port, begun, more):
    with connect(port) as connection:
        connection.sendall(begun)
        for _ in range(30):
            try:
                connection.sendall(more)
            except OSError:
                break
            time.sleep(0.001)
        status, head, told = problem(heard(connection))
    assert (status, told["type"]) == (431, "urn:xinheng:problem:headers-too-large")
    assert b"connection: close" in head


def test_what_is_no_http_is_answered_with_a_problem(port):
    with connect(port) as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        status, head, told = problem(heard(connection))
    assert (status, told["type"]) == (400, "urn:xinheng:problem:bad-request")
    assert b"content-type: application/problem+json" in head


def test_an_address_as_people_type_it_is_answered_with_what_to_do(port):
    with connect(port) as connection:
        connection.sendall("GET /v1/enterprises?q=餐饮 HTTP/1.1\r\n\r\n".encode())
        status, _, told = problem(heard(connection))
    assert (status, told["type"]) == (400, "urn:xinheng:problem:bad-request")
    assert "percent-encode what is not ASCII" in told["detail"]


def test_an_answer_that_is_not_read_gives_its_place_back(port):
    with connect(port) as idle:
        idle.sendall(GET.replace(b"GET /", b"GET /long"))
        time.sleep(0.1)
        with connect(port) as other:
            other.sendall(GET)
            assert b" 503 " in other.recv(1_000)
        time.sleep(0.5)
        with connect(port) as other:
            other.sendall(GET)
            assert b" 200 " in other.recv(1_000)


def test_an_answer_that_is_read_slowly_but_surely_comes_whole(port):
    with connect(port) as connection:
        connection.sendall(b"GET /long HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        found = 0
        while part := connection.recv(1 << 22):
            found += len(part)
            time.sleep(0.01)
    assert found > 100_000_000


def test_who_asks_very_much_ahead_is_cut_off(port):
    found = b""
    with connect(port) as connection, suppress(OSError):
        connection.sendall(GET.replace(b"GET /", b"GET /?wait=0.1") + GET * 1_000)
        while part := connection.recv(65_536):
            found += part
    assert found.count(b"HTTP/1.1 ") <= 1
