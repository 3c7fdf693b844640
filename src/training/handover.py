"""The handover: a bundle is stored, recorded in MLflow, and proposed.

The first bundle of a purpose is champion at once; a later one is a challenger, which has to pass
the gates of `promotion`. The ledger is the truth about who is champion. MLflow's alias mirrors it,
and is moved after it.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..core.errors import IntegrityError
from ..core.settings import Settings
from ..grading import (
    ModelCard,
    Parts,
    create_key,
    key_id,
    load_key,
    load_revoked,
    publish_key,
    write_bundle,
)
from ..ledger import Ledger, Promotion, Trial
from .promotion import Gate, held_back
from .tracking import MODELS, Run, Tracked, Tracker, mirror

__all__ = ["Handover", "Result", "open_key"]

KEY = "signing.pem"


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a training leaves behind, for either purpose.

    Attributes
    ----------
    card
        The model's card.
    bundle, digest
        Folder and digest of its bundle.
    tracked
        Its MLflow run and registered version; None if nothing was tracked.
    promoted
        Whether it is champion for its purpose; if not, it is a challenger.
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
    clock
        Tells the moment from which it is champion; `at` where none is given.
    """

    settings: Settings
    parts: Parts
    digest: str
    at: datetime
    actor: str
    clock: Callable[[], datetime] | None = None

    @classmethod
    def store(
        cls,
        parts: Parts,
        key: Ed25519PrivateKey,
        settings: Settings,
        *,
        at: datetime,
        actor: str,
        clock: Callable[[], datetime] | None = None,
    ) -> Self:
        """Write a bundle under its digest into the folder of bundles.

        The same parts signed with the same key are the same bundle, and are not written twice.
        """
        folder = settings.bundles
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".training", dir=folder) as made:
            digest = write_bundle(Path(made) / "bundle", parts, key)
            stored = cls(settings, parts, digest, at, actor, clock)
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

    def introduce(self, reason: str) -> bool:
        """Make the bundle champion if there is none for its purpose; tell whether it is now.

        Otherwise it is a challenger.
        """
        purpose = self.parts.card.purpose
        with closing(Ledger.open(self.settings)) as ledger:
            history = ledger.promotions.history(purpose)
            if history:
                return history[-1].bundle == self.digest
            ledger.promotions.record(self._promotion("first", reason), self.clock)
        mirror(self.settings.mlruns, purpose, self.digest)
        return True

    def follow(
        self, before: str, reason: str, gates: Sequence[Gate], sequence: int, after: int
    ) -> bool:
        """Make the bundle champion after the one that it recalibrates, if all gates passed.

        Parameters
        ----------
        before
            Digest of the champion that it recalibrates.
        reason
            Why, for the ledger.
        gates
            What they found.
        sequence
            The delivery up to which the archive was read.
        after
            Number of the last promotion when the champion was read.
        """
        purpose, told = self.parts.card.purpose, [gate.to_dict() for gate in gates]
        trial = Trial(self.at, self.actor, purpose, self.digest, before, sequence, told)
        with closing(Ledger.open(self.settings)) as ledger:
            if held_back(gates):
                ledger.promotions.try_out(trial)
                return False
            promotion = self._promotion("recalibration", reason, before, trial)
            ledger.promotions.record(replace(promotion, after=after), self.clock)
        mirror(self.settings.mlruns, purpose, self.digest)
        return True

    def _promotion(
        self, kind: str, reason: str, follows: str = "", trial: Trial | None = None
    ) -> Promotion:
        purpose = self.parts.card.purpose
        return Promotion(self.at, self.actor, reason, purpose, self.digest, kind, follows, trial)


def open_key(folder: Path) -> Ed25519PrivateKey:
    """Return the signing key of a folder; the first time it is made, its public half beside it.

    Raises
    ------
    IntegrityError
        If it was revoked: nobody would believe what it signs.
    """
    path = folder / KEY
    if path.exists():
        key = load_key(path)
        name = key_id(key.public_key())
        if name in load_revoked(folder):
            raise IntegrityError(
                f"the signing key {name} in {path} was revoked; move {path.name} away, and "
                "the next command that signs makes a new one"
            )
        return key
    key = create_key(path)
    publish_key(key.public_key(), folder)
    return key
