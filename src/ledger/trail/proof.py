"""What proves an audit trail: a folder outside the database, and the key that signs in it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import make_url

from ...core.errors import NotFoundError
from ...core.keys import create_key, key_id, load_key, load_trusted_keys, publish_key
from ..engine import file_of
from .anchors import Anchors
from .spool import END, FOLDER

if TYPE_CHECKING:
    from ...core.settings import Settings

__all__ = ["Proof"]

KEYS, KEY, ANCHORS = "audit", "signing.pem", "anchors.jsonl"
DEFAULT = Path("out/audit")


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a ledger's audit trail is anchored.

    Attributes
    ----------
    folder
        Of anchors and spools.
    keys
        Of the key that signs anchors and of the public halves of all that ever did. It is not
        the folder of the keys for bundles: who serves grades must not be able to sign models.

    Examples
    --------
    >>> from xinheng.core.settings import load_settings
    >>> Proof.of(load_settings(ledger="sqlite:////srv/ledger.db", keys="/etc/keys"))
    Proof(folder=PosixPath('/srv/ledger.audit'), keys=PosixPath('/etc/keys/audit'))
    """

    folder: Path
    keys: Path

    @classmethod
    def of(cls, settings: "Settings") -> Self:
        """Return that of an installation: `audit` of its settings, or a folder by the database."""
        keys = settings.keys / KEYS
        if settings.audit is not None:
            return cls(settings.audit, keys)
        path = file_of(settings.ledger)
        if path is not None:
            return cls(path.with_suffix(".audit"), keys)
        return cls(DEFAULT / (make_url(settings.ledger).database or "ledger"), keys)

    @property
    def anchors(self) -> Anchors:
        """The anchors."""
        return Anchors(self.folder / ANCHORS)

    def waiting(self) -> int:
        """Return how many entries wait on disk for the database.

        Raises
        ------
        OSError
            If the disk cannot be read.
        """
        found = 0
        for path in (self.folder / FOLDER).glob(f"*{END}"):
            with suppress(FileNotFoundError), path.open("rb") as file:
                found += sum(1 for _ in file)
        return found

    def anchored(self) -> datetime | None:
        """Return when an anchor was last added; None where there is none yet."""
        try:
            return datetime.fromtimestamp(self.anchors.path.stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def key(self) -> Ed25519PrivateKey:
        """Return the key that signs anchors; the first time it is made, its public half beside it.

        Raises
        ------
        InvalidError
            If others may read it, or it is none.
        OSError
            If it cannot be made.
        """
        path = self.keys / KEY
        key = load_key(path) if path.exists() else create_key(path)
        public = key.public_key()
        if not (self.keys / f"{key_id(public)}.pub").exists():
            publish_key(public, self.keys)
        return key

    def trusted(self) -> Mapping[str, Ed25519PublicKey]:
        """Return the public keys by which anchors are believed; none if there are none yet."""
        try:
            return load_trusted_keys(self.keys)
        except NotFoundError:
            return {}
