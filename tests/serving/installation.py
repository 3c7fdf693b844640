"""A small installation to serve: archive, signed bundle, keys and ledger in one folder."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.core.settings import Settings, load_settings
from xinheng.grading import Parts, publish_key, write_bundle
from xinheng.ledger import Ledger

from ..archive.department import ALPHA, BETA, Bureau
from ..grading.world import parts
from .copies import copied

NOW = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)  # 23:59 of that day in Shanghai
HOSTS = ("127.0.0.1", "localhost", "testserver")
ROWS = (
    f"{ALPHA},P1,2025-12-03,2025-12-10,label,warning,0,",
    f"{ALPHA},P2,2026-02-20,2026-02-24,hygiene,stoppage,1.5,",
    f"{BETA},P3,2026-05-04,2026-05-05,label,warning,0,",
)


def installation(folder: Path) -> Settings:
    """Deliver, sign and promote; return the settings of what came of it."""
    copied(_fill, folder)
    return _settings(folder)


def _fill(folder: Path) -> None:
    Bureau(folder).deliver(*ROWS)
    promote(_settings(folder))


def _settings(folder: Path) -> Settings:
    return load_settings(
        archive=folder / "archive",
        bundles=folder / "bundles",
        keys=folder / "keys",
        ledger=f"sqlite:///{folder}/ledger.db",
    )


def promote(settings: Settings, made: Parts | None = None) -> str:
    """Write the bundle of the made-up city, signed by a new key, and make it champion."""
    key = Ed25519PrivateKey.generate()
    publish_key(key.public_key(), settings.keys)
    draft = settings.bundles / "draft"
    digest = write_bundle(draft, made or parts(), key)
    draft.rename(settings.bundles / digest)
    ledger = Ledger.open(settings)
    ledger.promote(digest, purpose="grade", actor="li", reason="first", at=NOW)
    ledger.close()
    return digest
