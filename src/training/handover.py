"""The handover: a bundle is stored, recorded in MLflow, and named champion.

The ledger is the truth about who is champion. MLflow's alias mirrors it, and is moved after it.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..core.settings import Settings
from ..grading import (
    ModelCard,
    Parts,
    Purpose,
    create_key,
    load_key,
    publish_key,
    write_bundle,
)
from ..ledger import Ledger
from .tracking import Run, Tracked, Tracker

__all__ = ["MODELS", "Handover", "Result", "open_key", "promote"]

KEY = "signing.pem"
MODELS = {Purpose.GRADE: "xinheng-grade", Purpose.SCHEDULING: "xinheng-schedule"}


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a training leaves behind, for either purpose.

    Attributes
    ----------
    card
        The champion's model card.
    bundle, digest
        Folder and digest of its bundle.
    tracked
        Its MLflow run and registered version; None if nothing was tracked.
    promoted
        Whether it was made champion for its purpose.
    report
        The comparison as Markdown, as `write_report` puts it into a page.
    """

    card: ModelCard
    bundle: Path
    digest: str
    tracked: Tracked | None
    promoted: bool
    report: str


@dataclass(frozen=True, slots=True, eq=False)
class Handover:
    """A stored bundle, and who hands it over when.

    Parameters
    ----------
    settings
        Where bundles, the MLflow folder and the ledger are.
    parts, digest
        What the bundle is made of, and its name.
    at, actor
        When and by whom it is handed over, for the ledger and MLflow.
    """

    settings: Settings
    parts: Parts
    digest: str
    at: datetime
    actor: str

    @classmethod
    def store(
        cls, parts: Parts, key: Ed25519PrivateKey, settings: Settings, *, at: datetime, actor: str
    ) -> Self:
        """Write a bundle under its digest into the folder of bundles.

        The same parts signed with the same key are the same bundle, and are not written twice.
        """
        folder = settings.bundles
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".training", dir=folder) as made:
            digest = write_bundle(Path(made) / "bundle", parts, key)
            stored = cls(settings, parts, digest, at, actor)
            if not stored.path.exists():
                (Path(made) / "bundle").rename(stored.path)
        return stored

    @property
    def path(self) -> Path:
        """Folder of the bundle."""
        return self.settings.bundles / self.digest

    def track(self, runs: Iterable[Run]) -> Tracked:
        """Record runs in MLflow, and register the bundle as made by the last of them."""
        tracker = Tracker(self.settings.mlruns)
        *_, run = [tracker.record(run, at=self.at) for run in runs]
        return tracker.register(
            run,
            MODELS[self.parts.card.purpose],
            self.path,
            digest=self.digest,
            columns=self.parts.catalogue.ids,
            at=self.at,
        )

    def promote(self, reason: str, tracked: Tracked | None = None) -> None:
        """Make the bundle the champion for its purpose; if it is tracked, MLflow follows."""
        purpose = self.parts.card.purpose
        promote(
            self.settings.ledger,
            self.digest,
            actor=self.actor,
            reason=reason,
            at=self.at,
            purpose=purpose,
        )
        if tracked is not None:
            Tracker(self.settings.mlruns).promote(MODELS[purpose], tracked)


def open_key(folder: Path) -> Ed25519PrivateKey:
    """Return the signing key of a folder; the first time it is made, its public half beside it."""
    path = folder / KEY
    if path.exists():
        return load_key(path)
    key = create_key(path)
    publish_key(key.public_key(), folder)
    return key


def promote(
    ledger: str,
    digest: str,
    *,
    actor: str,
    reason: str,
    at: datetime,
    purpose: Purpose = Purpose.GRADE,
) -> None:
    """Make a bundle the champion for its purpose in the ledger."""
    book = Ledger(ledger)
    try:
        book.promote(digest, purpose=purpose, actor=actor, reason=reason, at=at)
    finally:
        book.close()
