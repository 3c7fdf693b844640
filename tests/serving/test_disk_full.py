"""A disk that is full under the service: nothing is lost, nobody let in, and it goes on after."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from xinheng.archive import Archive
from xinheng.ledger import Ledger, Proof, connected, verify
from xinheng.serving.access import Grant, Role

from ..archive.department import ALPHA
from ..archive.durability.test_full_disk import mount
from .installation import NOW
from .keyed import asking, bearer, issue, keys_of
from .posting import by_kind, department, fresh, penalty, send

SIZE = 160 << 20
UNREADY = (
    "No read can be recorded, so none is answered: the disk of the audit trail takes nothing (No "
    "space left on device). Make room in the folder that XINHENG_AUDIT names."
)
GRADE = f"/v1/enterprises/{ALPHA}/grade"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mount(folder, SIZE):
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def fill(folder: Path) -> Path:
    """Leave no room on a disk."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(os.urandom(1 << 16))
    return filler


def revoked(settings) -> str:
    text = issue(settings)
    with keys_of(settings) as keys:
        keys.revoke(text[4:14])
    return text


def reads(client, days: range) -> list[int]:
    return [client.get(f"{GRADE}?as_of=2026-06-{day:02}").status_code for day in days]


@pytest.mark.slow
def test_nothing_is_lost_and_nobody_let_in_while_the_disk_is_full(disk):
    settings = fresh(disk)
    out = bearer(revoked(settings))
    administrator = bearer(issue(settings, Grant(Role.ADMINISTRATOR)), None)
    with (
        asking(settings) as client,
        asking(settings, department("bureau"), now=lambda: NOW) as poster,
    ):
        statuses = reads(client, range(1, 6))
        filler = fill(disk)
        statuses += reads(client, range(1, 29))
        assert set(statuses[5:]) <= {200, 503}
        for headers in ({"Authorization": ""}, {"Authorization": "Bearer xhk_none"}, out):
            assert client.get(GRADE, headers=headers).status_code == 401
        assert client.get("/v1/jobs").status_code == 403
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").json()["detail"] == UNREADY
        asked = client.post("/v1/jobs/trail/runs", headers=administrator)
        assert (asked.status_code, asked.json()["title"]) == (503, "The audit is unavailable")
        refused = send(poster, by_kind(penalty()), key="one")
        assert refused.status_code in {503, 507}
        filler.unlink()
        time.sleep(1.1)  # for so long an answer is believed
        assert client.get("/readyz").json() == {"status": "ready"}
        statuses += reads(client, range(1, 29))
        assert set(statuses[-28:]) == {200}
        assert send(poster, by_kind(penalty()), key="one", wait=10).json()["state"] == "folded"
    with closing(Ledger.open(settings)) as ledger:
        noted = [each for each in ledger.audited(ALPHA) if each["action"] == "read grade"]
    assert len(noted) == statuses.count(200)
    with connected(settings.ledger) as engine:
        assert verify(engine, Proof.of(settings)).faults == ()
    assert Archive(settings.archive).verify() == []
