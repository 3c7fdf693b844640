"""Workers for tests of the supervisor: each answers with its own number, or not at all."""

import os
import signal
import socket
import sys
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

from xinheng.serving.hosting.supervisor import READY, Patience, Supervisor

BRIEF = Patience(ready_seconds=20, ending_seconds=3, least_seconds=0.1, most_seconds=0.4)


def number(listener: socket.socket, supervisor: Connection) -> None:
    """Tell everybody who connects the number of this process."""
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))

    def follow() -> None:
        try:
            supervisor.recv_bytes()
        except (EOFError, OSError):
            os._exit(0)

    Thread(target=follow, daemon=True).start()
    listener.settimeout(0.05)
    supervisor.send_bytes(READY)
    while not ended:
        try:
            with listener.accept()[0] as accepted:
                accepted.sendall(str(os.getpid()).encode())
        except TimeoutError:
            continue


def broken(*_: object) -> None:
    """End before being ready."""
    sys.exit(3)


def broken_later(listener: socket.socket, supervisor: Connection) -> None:
    """Answer as `number` does, unless a file says that whoever begins now does not."""
    if Path(os.environ["BROKEN"]).exists():
        sys.exit(3)
    number(listener, supervisor)


def told(word: object) -> None:
    """Tell whoever started this."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    work = {"number": number, "broken": broken, "broken_later": broken_later}[sys.argv[1]]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told(listener.getsockname()[1])
        Supervisor(listener, 2, work, partial(told, "ready"), BRIEF).run()
