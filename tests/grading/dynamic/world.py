"""A made-up town: shops that are inspected, and whatever else a test lets happen to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng import features
from xinheng.archive import Archive, read_source
from xinheng.core.time import day
from xinheng.features import City
from xinheng.features.rates import Rate
from xinheng.grading import Bundle, Parts, Rules, key_id, read_bundle, write_bundle
from xinheng.grading.dynamic import GradeStore, Gradings, matrices
from xinheng.ledger import Ledger, Run

from ..world import parts

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
KEYS = {key_id(KEY.public_key()): KEY.public_key()}
RECEIVED = datetime(2026, 6, 1, tzinfo=UTC)
AT = datetime(2026, 6, 2, tzinfo=UTC)
START = date(2023, 1, 1)
COLUMNS = ("kind", "shop", "number", "day", "told", "what", "of")
TOML = """
title = "Records of a made-up town"
department = "town bureau"
scheme = "made-up"

[clocks]
backfill = "trusted"

[files.told]
path = "told.csv"
reader = "csv"
"""
COMMON = "SELECT _row, shop AS enterprise, number, CAST(day AS DATE) AS occurred, told AS known"
SELECTS = {
    "enterprise": "'operator' AS population, 'active' AS status, DATE '2018-01-01' AS "
    "established_on, 'A' AS category, shop AS site",
    "inspection": "'routine' AS purpose, CASE WHEN what > '0' THEN 'fail' ELSE 'pass' END AS "
    "result, what AS critical",
    "list_entry": "what AS list",
    "incident": "what AS grade",
    "lifecycle": '"of", what AS change',
}


def record(kind: str, shop: str, when: str | date, what: str, **more: str) -> dict[str, str]:
    """A record: known on the day it happened, unless `told` says otherwise."""
    on = str(when)
    number = more.pop("number", f"{kind}-{shop}-{on}")
    return {"kind": kind, "shop": shop, "number": number, "day": on, "told": on, "what": what} | {
        "of": "", **more
    }  # fmt: skip


def change(of: dict[str, str], what: str, when: str) -> dict[str, str]:
    """What happened later to a record."""
    return record("lifecycle", of["shop"], when, what, number=of["number"], of=of["kind"])


def inspections(shops: int = 60, visits: int = 9, seed: int = 3) -> list[dict[str, str]]:
    """Inspections over three years, of which worse shops fail more; shops are registered before."""
    rng = np.random.default_rng(seed)
    rows = []
    for shop in range(shops):
        name, bad = f"S{shop:03}", rng.normal(0, 1.2)
        rows.append(record("enterprise", name, "2022-06-01", ""))
        for offset in np.sort(rng.choice(1000, visits, replace=False)).tolist():
            found = rng.random() < 1 / (1 + np.exp(1.5 - bad))
            when = START + timedelta(days=offset)
            rows.append(record("inspection", name, when, "1" if found else ""))
    return rows


@dataclass
class Town:
    """An archive, bundles, a ledger and grades in a folder."""

    folder: Path
    deliveries: int = 0
    archive: Archive = field(init=False)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        source = self.folder / "source"
        source.mkdir(parents=True)
        toml = TOML
        for kind, select in SELECTS.items():
            (source / f"{kind}.sql").write_text(
                f"{COMMON}, {select} FROM told WHERE kind = '{kind}'", "utf-8"
            )
            toml += f'\n[[records]]\nkind = "{kind}"\nrows = "told"\nsql = "{kind}.sql"\n'
        (source / "source.toml").write_text(toml, "utf-8")
        self.archive = Archive(self.folder / "archive")
        self.ledger = Ledger(f"sqlite:///{self.folder / 'ledger.db'}")

    def deliver(self, rows: Iterable[dict[str, str]]) -> None:
        """Deliver records."""
        self.deliveries += 1
        folder = self.folder / f"delivery{self.deliveries}"
        folder.mkdir()
        pd.DataFrame(list(rows), columns=list(COLUMNS)).to_csv(folder / "told.csv", index=False)
        self.archive.ingest(read_source(self.folder / "source"), folder, RECEIVED)

    def sign(self, made: Parts) -> Bundle:
        """Sign a bundle and put it where bundles are."""
        draft = self.folder / "bundles" / "draft"
        digest = write_bundle(draft, made, KEY)
        draft.rename(draft.parent / digest)
        return self.read(digest)

    def read(self, digest: str) -> Bundle:
        return read_bundle(self.folder / "bundles" / digest, KEYS)

    @property
    def gradings(self) -> Gradings:
        return Gradings(
            city=City.of(self.archive),
            history=self.ledger.history,
            store=GradeStore(self.folder / "grades"),
            read=self.read,
            kept=self.folder / "kept",
        )

    def levels(self, run: Run) -> pd.DataFrame:
        """Return the grades of a run by shop."""
        table = self.gradings.store.read(run.digest)
        return table.to_pandas().set_index("id")

    def number(self, shop: str) -> int:
        return self.archive.enterprise(shop)


def with_policy(made: Parts, old: str, new: str) -> Parts:
    """The parts with another text in the policy."""
    assert old in made.policy.text
    policy = type(made.policy).parse(made.policy.text.replace(old, new), "changed.toml")
    return replace(made, policy=policy)


def resting(made: Parts, less: float = 2.0) -> Parts:
    """The parts with a rule that rests on all enterprises, and is never met."""
    share = Rate(group="city", streams=("inspection",), positive=("inspection:*.fail",))
    changed = (
        replace(rule, condition=rule.condition + share - less)
        if rule.id == "mass_food_accident"
        else rule
        for rule in made.rules
    )
    return replace(made, rules=Rules(tuple(changed)))


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note whenever a whole city is computed, or read for what rests on others."""
    found: list[str] = []

    def note(module: ModuleType, name: str, word: str) -> None:
        whole = getattr(module, name)
        noted = lambda *given, **named: (found.append(word), whole(*given, **named))[1]  # noqa: E731
        monkeypatch.setattr(module, name, noted)

    note(features.city, "begun", "computed")
    note(matrices, "begun", "computed")
    note(matrices, "_contributed", "read")
    return found


def town(folder: Path, *more: dict[str, str]) -> tuple[Town, Bundle]:
    """A town of sixty shops, what else happened there, and its champion."""
    found = Town(folder)
    found.deliver([*inspections(), *more])
    return found, found.sign(parts())


def on(text: str) -> int:
    return day(text)
