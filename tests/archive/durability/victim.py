"""A process that has imported everything and used nothing, and forks the writers to be killed.

Run as `python -m tests.archive.durability.victim`: each line of its input is a request, each
line of its output what came of it.
"""

import io
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self

import deltalake
import deltalake.transaction

__all__ = ["End", "Nursery", "Request", "limit_files"]

ROOT = Path(__file__).parents[3]
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGING = {"os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"}
COMMITS = ("create_write_transaction", "restore", "update_incremental", "is_deltatable")


@dataclass(frozen=True)
class Request:
    """What to do to which archive, and when to die: after some seconds, or at the n-th point.

    `largest` is the size that no file may exceed, as on a disk that is full.
    """

    operation: str
    folder: str
    material: str
    after: float | None = None
    point: int | None = None
    largest: int | None = None


@dataclass(frozen=True)
class End:
    """How it ended: killed or not, after how many seconds, at how many points, with what error."""

    killed: bool
    seconds: float
    points: list[str]
    error: str | None = None


class Nursery:
    """The process that forks; as a context, it is there until the end of it."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # no thread survives a fork
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, request: Request) -> End:
        """Run an operation in a process of its own, until it ends or is killed."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(asdict(request)) + "\n")
        stdin.flush()
        return End(**json.loads(stdout.readline()))


class Points:
    """The moments at which something on disk is about to change or has just changed."""

    def __init__(self, last: int | None) -> None:
        self.names: list[str] = []
        self._last = last

    def watch(self) -> None:
        """Notice files opened to write, moved and removed, what is forced to disk, and commits."""
        sys.addaudithook(self._hear)
        os.fsync = self._around("fsync", os.fsync)
        io.open = self._opening(io.open)
        for name in COMMITS:
            method = getattr(deltalake.DeltaTable, name)
            if isinstance(deltalake.DeltaTable.__dict__[name], staticmethod):
                wrapped: Any = staticmethod(self._around(name, method))
            else:
                wrapped = self._around(name, method)
            setattr(deltalake.DeltaTable, name, wrapped)
        CREATE.append(self)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGING or (event == "open" and arguments[2] & WRITING):
            self.pass_by(f"{event} {Path(str(arguments[0])).name}")

    def _opening(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def opening(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            stream = function(file, mode, *arguments, **named)
            if set(mode) & set("wxa+"):
                self.pass_by(f"opened {Path(str(file)).name}")
            return stream

        return opening

    def _around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.pass_by(f"before {name}")
            result = function(*arguments, **named)
            self.pass_by(f"after {name}")
            return result

        return wrapped

    def pass_by(self, name: str) -> None:
        """Note a point, and die there if it is the last."""
        self.names.append(name)
        if len(self.names) == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


CREATE: list[Points] = []
_create = deltalake.transaction.create_table_with_add_actions


def _create_table(*arguments: Any, **named: Any) -> Any:
    for points in CREATE:
        points.pass_by("before create")
    result = _create(*arguments, **named)
    for points in CREATE:
        points.pass_by("after create")
    return result


def limit_files(largest: int) -> None:
    """Let no file of this process grow above a size."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    sys.dont_write_bytecode = True  # Python would keep a module cut short
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))


def _victim(request: Request, report: int) -> None:
    from xinheng.archive import Archive

    from .operations import OPERATIONS, RIVALS, perform

    if request.largest is not None:
        limit_files(request.largest)
    points = Points(request.point)
    points.watch()
    error = None
    try:
        run = (OPERATIONS | RIVALS)[request.operation].run
        perform(run, Archive(Path(request.folder)), Path(request.material))
    except BaseException:  # noqa: BLE001 (whatever it is, the test is told)
        error = traceback.format_exc()
    with os.fdopen(report, "w") as stream:
        json.dump({"points": points.names, "error": error}, stream)


def _run(request: Request) -> End:
    reading, writing = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            _victim(request, writing)
        finally:
            os._exit(0)
    os.close(writing)
    if not select.select([reading], [], [], request.after)[0]:
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading) as stream:
        told = stream.read()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    said = {"points": []} if killed else json.loads(told)
    return End(killed, time.monotonic() - started, **said)


def _serve(requests: IO[str], answers: IO[str]) -> None:
    deltalake.transaction.create_table_with_add_actions = _create_table
    from .operations import OPERATIONS

    assert OPERATIONS
    for line in requests:
        print(json.dumps(asdict(_run(Request(**json.loads(line))))), file=answers, flush=True)


if __name__ == "__main__":
    _serve(sys.stdin, sys.stdout)
