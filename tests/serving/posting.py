"""Records to post, who posts them, and an installation that takes them."""

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient

from xinheng.archive import Archive, read_source, told_by_kind
from xinheng.core.settings import Settings, load_settings
from xinheng.serving.access import Grant, Role, Scope

from ..archive.department import ALPHA, BETA, RECEIVED
from .copies import copied
from .installation import installation

STOPPED = {"penalty_kind": "stoppage", "violation": "hygiene"}
URL = "/v1/records"
GAMMA, NOWHERE = "91440300MA5XNG030C", "91440300MA5XNG040D"
FUTIAN, LUOHU = "440304", "440303"
REGISTER = """
title = "A made-up register"
department = "register"
scheme = "uscc"

[clocks]
backfill = "trusted"

[files.enterprises]
path = "enterprises.csv"
reader = "csv"

[[records]]
kind = "enterprise"
rows = "enterprises"
sql = "enterprise.sql"
"""
SELECT = "SELECT _row, code AS enterprise, district FROM enterprises"


def department(*sources: str, districts: tuple[str, ...] = (FUTIAN, LUOHU), **more: Any) -> Grant:
    scope = Scope(districts=frozenset(districts), sources=frozenset(sources) or None, **more)
    return Grant(Role.DEPARTMENT, scope)


def registered(code: str, district: str) -> dict[str, str]:
    known = {"occurred": "2020-01-01", "known": "2020-01-01", "number": code}
    return {"kind": "enterprise", "enterprise": code, "district": district, **known}


def fresh(folder: Path) -> Settings:
    """An installation of a bureau and of a register that tells where two enterprises are."""
    copied(_fill, folder)
    return settings_of(folder)


def _fill(folder: Path) -> None:
    settings = installation(folder)
    register = folder / "sources" / "register"
    register.mkdir()
    (register / "source.toml").write_text(REGISTER)
    (register / "enterprise.sql").write_text(SELECT)
    told = [registered(ALPHA, FUTIAN), registered(BETA, LUOHU)]
    posted = told_by_kind(read_source(register), told)
    Archive(settings.archive).post_told(posted, RECEIVED)


def settings_of(folder: Path) -> Settings:
    """The settings of a fresh installation."""
    return load_settings(
        archive=folder / "archive",
        bundles=folder / "bundles",
        keys=folder / "keys",
        ledger=f"sqlite:///{folder}/ledger.db",
        sources=folder / "sources",
    )


def penalty(number: str = "H1", code: str = ALPHA, **more: Any) -> dict[str, Any]:
    said = {"kind": "penalty", "enterprise": code, "number": number, "occurred": "2026-06-10"}
    what = {"known": "2026-06-30", "organ": "market", "food": True, "violation": "label"}
    return {**said, **what, "penalty_kind": "fine", "fine": 3, **more}


def row(number: str = "H1", code: str = ALPHA, **more: Any) -> dict[str, Any]:
    said = {"code": code, "document": number, "decided": "2026-06-10", "published": "2026-06-30"}
    return {**said, "violation": "label", "kind": "fine", "fine": "3", "change": None, **more}


def by_kind(*records: dict[str, Any], source: str = "bureau") -> dict[str, Any]:
    return {"source": source, "records": [*records]}


def by_file(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"source": "bureau", "files": {"penalties": [*rows]}}


def send(client: TestClient, body: Any, key: str | None = None, wait: int = 5) -> Any:
    headers = {"Idempotency-Key": key or str(uuid4()), "Prefer": f"wait={wait}"}
    return client.post(URL, json=body, headers=headers)


def level(client: TestClient, day: str, code: str = ALPHA) -> dict[str, Any]:
    answer = client.get(f"/v1/enterprises/{code}/grade?as_of={day}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def settle(client: TestClient, receipt: str, seconds: float = 10.0) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while (told := client.get(f"{URL}/{receipt}").json())["state"] == "accepted":
        assert time.monotonic() < until, told
        time.sleep(0.02)
    return told
