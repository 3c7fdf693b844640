"""How long the server takes for the pages of the console, with 3.69 million enterprises.

A city is made up, trained on, and served in this process; the directory of 3.69 million names is
put in the place of its own, with levels and moves drawn at random, so that searching, the overview
and the counts have as many to go through as a whole city has. A supervisor signs in, and each page
is asked for many times, of enterprises drawn anew; what is told is the median and the slowest in
twenty of what the server takes from request to response, and how many bytes a page has.

Pages of one enterprise rest on the records of the made-up city, of which there are fewer.

Targets: 150 ms, slowest in twenty; 300 kB without the script of the figures.
"""

import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from fastapi.testclient import TestClient

from xinheng.archive.directory import Directory
from xinheng.archive.directory.writing import write
from xinheng.core.settings import load_settings
from xinheng.core.time import NEVER
from xinheng.ledger import Ledger
from xinheng.serving import create_app
from xinheng.serving.access import Channels, Grant, Role, open_desk
from xinheng.serving.live.census import Censuses
from xinheng.serving.live.directories import Everybody
from xinheng.serving.live.service import clock
from xinheng.serving.live.standing import Standing

from .measuring import apart, is_quick, told
from .searching import city
from .service import prepared, where

FULL, QUICK = 3_690_000, 100_000
CITY, QUICK_CITY = 5_000, 1_500
TIMES, QUICK_TIMES = 40, 10
MILLISECONDS, BYTES = 150.0, 300_000
NAME, WORDS = "lin", "rice noodles in the morning"
SEED = 7


class Crowd:
    """The directory of a whole city, as the service asks for it."""

    def __init__(self, folder: Path, count: int) -> None:
        rng = np.random.default_rng(SEED)
        folder.mkdir()
        write(folder, *city(count))
        directory = Directory(folder)
        levels = rng.choice(6, count, p=[0.2, 0.4, 0.25, 0.1, 0.04, 0.01]).astype(np.int8)
        moved = np.where(rng.random(count) < 0.9, NEVER, rng.integers(20_000, 20_600, count))
        standing = Standing(1, 1, levels, moved.astype(np.int32))
        self._everybody = Everybody(directory, standing.of(directory.number))
        self.names = directory

    def now(self) -> Everybody:
        """Return everybody."""
        return self._everybody

    def renew(self) -> None:
        """Do nothing: nobody delivers."""


def pages(codes: list[str], names: Callable[[], str]) -> dict[str, Callable[[], str]]:
    """Return the addresses of pages, drawn anew each time."""
    rng = np.random.default_rng(SEED)

    def one(tail: str = "") -> Callable[[], str]:
        return lambda: f"/console/enterprises/{codes[rng.integers(len(codes))]}{tail}"

    return {
        "overview": lambda: "/console/overview",
        "find": lambda: "/console/find",
        "find_by_name": lambda: f"/console/find?q={names()}",
        "find_worst": lambda: "/console/find?district=440304&level=E&level=D&sort=level",
        "enterprise": one(),
        "enterprise_figure": one("/figures/waterfall.json"),
        "enterprise_records": one("/records"),
        "enterprise_history": one("/history"),
        "enterprise_remedies": one("/remedies"),
        "enterprise_cases": one("/cases"),
        "reviews": lambda: "/console/reviews",
        "warnings": lambda: "/console/warnings",
    }


def measured(folder: str, count: int, enterprises: int, times: int) -> dict[str, Any]:
    """Serve, and ask for each page."""
    root = Path(folder)
    settings = load_settings(**where(root))
    with (
        closing(Ledger.open(settings)) as ledger,
        open_desk(ledger, "wang", Channels.default(), clock) as desk,
    ):
        desk.add(NAME, Grant(Role.SUPERVISOR), WORDS)
    crowd = Crowd(root / "directory", count)
    app = create_app(settings, hosts=("testserver",))
    rng = np.random.default_rng(SEED + 1)
    with TestClient(app, base_url="https://testserver") as browser:
        service = browser.app_state["live"].service
        service.directories = crowd
        service.censuses = Censuses(crowd, service.ledger.history)
        codes = service.archive.enterprises()["id"].to_pylist()[:enterprises]
        signed_in = browser.post(
            "/console/sign-in",
            data={"name": NAME, "password": WORDS, "next": ""},
            headers={"origin": "https://testserver"},
            follow_redirects=False,
        )
        _check(signed_in, 303)

        def name() -> str:
            row = int(rng.integers(len(crowd.names)))
            return str(crowd.names.listed(row).name)[6:8]

        return {
            page: _page(browser, address, times) for page, address in pages(codes, name).items()
        }


def _page(browser: TestClient, address: Callable[[], str], times: int) -> dict[str, float]:
    took, size = [], 0
    browser.get(address())
    for _ in range(times):
        start = perf_counter()
        response = browser.get(address())
        took.append((perf_counter() - start) * 1000)
        _check(response, 200)
        size = max(size, len(response.content))
    half, slow = np.percentile(took, [50, 95])
    return {"p50_ms": float(half), "p95_ms": float(slow), "bytes": size}


def _check(response: Any, status: int) -> None:
    if response.status_code != status:
        raise RuntimeError(f"{response.url} is {response.status_code}: {response.text[:500]}")


def main() -> None:
    """Measure and tell."""
    quick = is_quick(__doc__)
    count, enterprises = (QUICK, QUICK_CITY) if quick else (FULL, CITY)
    with tempfile.TemporaryDirectory() as name:
        apart(prepared, name, enterprises)
        found = apart(measured, name, count, enterprises, QUICK_TIMES if quick else TIMES)
    for page, each in found.items():
        print(f"{page:22} median {each['p50_ms']:6.1f} ms, slowest in twenty "
              f"{each['p95_ms']:6.1f} ms, {each['bytes'] / 1000:6.1f} kB")  # fmt: skip
    figures = {"enterprises": count}
    figures |= {f"{page}_{what}": round(value, 1) for page, each in found.items()
                for what, value in each.items()}  # fmt: skip
    missed = [
        f"{MILLISECONDS:g} ms, {page}: {each['p95_ms']:.0f}"
        for page, each in found.items()
        if each["p95_ms"] > MILLISECONDS
    ]
    missed += [f"300 kB, {page}" for page, each in found.items() if each["bytes"] > BYTES]
    told("console", {}, figures, missed=missed)


if __name__ == "__main__":
    main()
