"""How long a service needs to grade a file of a million rows, and how much its memory grows by it.

The service of the demo city (`make demo` first) answers over loopback, with keys, limits and audit,
while this process sends and reads on the same cores. The rows are the enterprises of the city over
and over. As of today everybody's grades are there already; as of another day they are computed for
each block of rows. `agree` says that a sample has the grades that the list of scores gives.
"""

import io
import multiprocessing
import shutil
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any, Self

import httpx2
import pyarrow as pa
import pyarrow.parquet as pq
import uvicorn
from pyarrow import ipc

from xinheng.archive import Archive
from xinheng.core.settings import Settings, load_settings
from xinheng.ledger import Ledger
from xinheng.serving import create_app
from xinheng.serving.access import ApiKey, Grant, Keys, Role
from xinheng.serving.access.rows import kept
from xinheng.serving.hosting.listening import listen
from xinheng.serving.live.service import clock

from .measuring import is_quick, told

DEMO = Path("out/demo")
FULL, QUICK, SAMPLE = 1_000_000, 50_000, 1_000
SECONDS, GIGABYTES = 30.0, 1.0
MEDIA = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
HOUR = timedelta(hours=1)


def installation(folder: Path) -> Settings:
    """Return the settings of a copy of the demo city."""
    if not (DEMO / "ledger.db").exists():
        raise SystemExit("there is no demo city; run `make demo` first")
    for name in ("archive", "bundles", "keys"):
        shutil.copytree(DEMO / name, folder / name)
    shutil.copy(DEMO / "ledger.db", folder / "ledger.db")
    return load_settings(
        archive=folder / "archive",
        bundles=folder / "bundles",
        keys=folder / "keys",
        grades=folder / "grades",
        ledger=f"sqlite:///{folder}/ledger.db",
        audit=folder / "audit",
    )


def serve(settings: Settings, port: int) -> None:
    """Answer until killed."""
    config = uvicorn.Config(create_app(settings), log_level="error", access_log=False)
    with listen("127.0.0.1", port) as listener:
        uvicorn.Server(config).run(sockets=[listener])


def body(form: str, identifiers: list[str]) -> bytes:
    """Return a file of identifiers."""
    if form == "csv":
        return "\n".join(["enterprise", *identifiers, ""]).encode()
    table, sink = pa.table({"enterprise": identifiers}), io.BytesIO()
    if form == "parquet":
        pq.write_table(table, sink)
    else:
        with ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()


class Growth:
    """How much more memory of its own a process came to hold while a `with` block ran, in GB."""

    def __init__(self, process: int) -> None:
        self._status = Path(f"/proc/{process}/status")
        self._done = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._before = self._peak = 0.0

    def __enter__(self) -> Self:
        """Begin to sample."""
        self._before = self._peak = self._own()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._done.set()
        self._thread.join()

    @property
    def gb(self) -> float:
        """The growth."""
        return self._peak - self._before

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            self._peak = max(self._peak, self._own())

    def _own(self) -> float:
        said = dict(line.split(":", 1) for line in self._status.read_text().splitlines())
        return int(said["RssAnon"].split()[0]) / 1e6


def sent(client: httpx2.Client, form: str, content: bytes, **query: str) -> tuple[float, int]:
    """Send a file, read the answer as it comes, and return seconds and bytes."""
    size, start = 0, perf_counter()
    headers = {"Content-Type": MEDIA[form]}
    with client.stream(
        "POST", "/v1/scores/file", content=content, headers=headers, params=query
    ) as answer:
        answer.raise_for_status()
        for piece in answer.iter_bytes():
            size += len(piece)
    return perf_counter() - start, size


def agrees(client: httpx2.Client, identifiers: list[str], **query: str) -> bool:
    """Tell whether a file and a list give the same grades."""
    headers = {"Content-Type": MEDIA["csv"], "Accept": MEDIA["arrow"]}
    content = body("csv", identifiers)
    answer = client.post("/v1/scores/file", content=content, headers=headers, params=query)
    rows = ipc.open_stream(answer.content).read_all().to_pylist()
    listed = client.post("/v1/scores", json={"enterprises": identifiers, **query}).json()["scores"]
    mine = [(row["enterprise"], row["level"], row["margin"]) for row in rows]
    return mine == [
        (
            each["enterprise"],
            (each["grade"] or {}).get("level"),
            (each["grade"] or {}).get("margin"),
        )
        for each in listed
    ]


def main() -> None:
    """Measure and tell."""
    count = QUICK if is_quick(__doc__) else FULL
    figures: dict[str, Any] = {"rows": count}
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        settings = installation(Path(name))
        with closing(Ledger(settings.ledger)) as ledger:
            keys = Keys(kept(ledger, ApiKey), clock)
            key = keys.issue("benchmark", Grant(Role.SUPERVISOR), "program", HOUR).text
        city = Archive(settings.archive).enterprises()["id"].to_pylist()
        identifiers = (city * (count // len(city) + 1))[:count]
        with listen("127.0.0.1", 0) as free:
            port = free.getsockname()[1]
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(settings, port))
        server.start()
        try:
            headers = {"Authorization": f"Bearer {key}", "X-Purpose": "routine"}
            base = f"http://127.0.0.1:{port}"
            with httpx2.Client(base_url=base, headers=headers, timeout=300) as client:
                ready(client)
                past = (clock() - timedelta(days=40)).date().isoformat()
                agree = agrees(client, city[:SAMPLE]) and agrees(client, city[:SAMPLE], as_of=past)
                for form in MEDIA:
                    content = body(form, identifiers)
                    for when, query in (("today", {}), ("past", {"as_of": past})):
                        with Growth(server.pid or 0) as growth:
                            took, size = sent(client, form, content, **query)
                        label = f"{form}_{when}"
                        print(f"{label:14} {took:6.1f} s, {size / 1e6:6.1f} MB, {growth.gb:.2f} GB")
                        figures |= {
                            f"{label}_s": round(took, 2), f"{label}_growth_gb": round(growth.gb, 3)
                        }  # fmt: skip
                        missed += [f"{SECONDS:g} s, {label}"] * (took > SECONDS)
                        missed += [f"{GIGABYTES:g} GB, {label}"] * (growth.gb > GIGABYTES)
        finally:
            server.terminate()
            server.join()
    told("filescores", {}, figures, missed, agree=agree)


def ready(client: httpx2.Client) -> None:
    """Wait until the service answers."""
    for _ in range(600):
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        sleep(0.5)
    raise SystemExit("the service did not start")


if __name__ == "__main__":
    main()
