"""A service that posts a record and is killed at a point: `python -m` this FOLDER KEY POINT."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from xinheng.archive import Archive
from xinheng.archive.manifest import Manifest
from xinheng.ledger.postings import Postings
from xinheng.serving import create_app
from xinheng.serving.intake.foldin import FoldIn

from ..archive.department import BETA
from .installation import HOSTS, NOW
from .keyed import bearer
from .posting import STOPPED, URL, by_kind, penalty, settings_of

POINTS: dict[str, tuple[type, str, bool]] = {
    "before it is kept": (Postings, "accept", False),
    "after it is kept": (Postings, "accept", True),
    "before it is read back": (FoldIn, "fold", False),
    "before the archive takes it": (Archive, "post_told", False),
    "before the archive publishes it": (Manifest, "publish", False),
    "after the archive published it": (Manifest, "publish", True),
    "before what came of it is written": (Postings, "settle", False),
    "after what came of it is written": (Postings, "settle", True),
}
KEPT = [name for name in POINTS if name != "before it is kept"]


def die_at(point: str) -> None:
    """Let this process be killed right before or after a method is called."""
    owner, name, after = POINTS[point]
    method: Callable[..., Any] = getattr(owner, name)

    def dying(*given: Any, **named: Any) -> Any:
        if after:
            method(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, dying)


def main(folder: str, key: str, point: str) -> None:
    """Serve, post one record, and wait to be killed."""
    die_at(point)
    app = create_app(settings_of(Path(folder)), hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, headers=bearer(key)) as client:
        headers = {"Idempotency-Key": "k-1", "Prefer": "wait=5"}
        client.post(URL, json=by_kind(penalty(code=BETA, **STOPPED)), headers=headers)


if __name__ == "__main__":
    main(*sys.argv[1:])
