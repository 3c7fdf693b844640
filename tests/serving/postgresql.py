"""A PostgreSQL server of a test's own, which can be stopped, made to hang and begun again."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from xinheng.ledger import connected

from .test_server import free_port

NOBODY = "nobody"


def programs() -> Path:
    """Return the folder of the server's programs; skip where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    there = shutil.which("pg_ctl") or (found[-1] if found else None)
    if there is None:
        pytest.skip("PostgreSQL's server is not installed")
    return Path(there).parent


class Server:
    """One server on a port of its own.

    Parameters
    ----------
    folder
        Where its data are.
    """

    def __init__(self, folder: Path) -> None:
        self.bin, self.data, self.port = programs(), folder / "data", free_port()
        folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(folder, NOBODY)
        self._run("initdb", "--username=postgres", "--auth=trust", "--no-sync")

    def database(self) -> str:
        """Make a database, and return its URL."""
        name = f"ledger_{secrets.token_hex(4)}"
        server = f"postgresql+psycopg://postgres@127.0.0.1:{self.port}"
        with connected(f"{server}/postgres") as engine:
            alone = engine.execution_options(isolation_level="AUTOCOMMIT")
            with alone.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
        return f"{server}/{name}"

    def start(self) -> None:
        """Begin, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "start", "-w", "-o", options, "-l", str(self.data / "log"))

    def stop(self) -> None:
        """End at once, as by a fault of the machine."""
        self._run("pg_ctl", "stop", "-m", "immediate")

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Answer nothing, but keep every connection."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        postmaster = (self.data / "postmaster.pid").read_text().split()[0]
        children = subprocess.run(
            ["pgrep", "--parent", postmaster], capture_output=True, text=True, check=True  # noqa: S607
        ).stdout.split()  # fmt: skip
        for each in (postmaster, *children):
            os.kill(int(each), number)

    def _run(self, program: str, *words: str) -> None:
        as_nobody = ["runuser", "-u", NOBODY, "--"] if os.geteuid() == 0 else []
        command = [*as_nobody, str(self.bin / program), f"--pgdata={self.data}", *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
