"""The champion: the one model that decides grades, named by the ledger, taken from its bundle."""

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ..archive import Archive
from ..core.errors import NotFoundError
from .bundle import Bundle, read_bundle
from .card import Purpose
from .gradebook import GradeBook
from .keys import TrustedKeys, key_id, load_trusted_keys

if TYPE_CHECKING:
    from ..core.settings import Settings
    from ..ledger import Ledger

__all__ = ["open_book", "read_champion"]


def read_champion(
    settings: "Settings", ledger: "Ledger", purpose: Purpose = Purpose.GRADE
) -> Bundle:
    """Read the bundle of the champion for a purpose and verify it.

    Raises
    ------
    NotFoundError
        If no model was promoted, or the champion's bundle is not in the folder of bundles.
    IntegrityError
        If the bundle is not as it was signed, or signed by nobody who is trusted.
    NotGradableError
        If the ledger names a bundle for scheduling as the one for grades.
    InvalidError
        If it names one for grades as the one for scheduling.
    """
    digest = ledger.champion(purpose)
    path = settings.bundles / digest
    if not path.is_dir():
        raise NotFoundError(
            f"the champion {digest[:12]} is not in {settings.bundles}; copy its bundle there, "
            "or train and promote another"
        )
    bundle = read_bundle(path, _trusted(settings))
    bundle.require(purpose)
    return bundle


def open_book(settings: "Settings", ledger: "Ledger", *, threads: int = 1) -> GradeBook:
    """Open the grade book of an installation: its archive as it is now, under the champion.

    Raises
    ------
    NotFoundError, IntegrityError
        As for `read_champion`; also if the archive is empty.
    """
    archive = Archive(settings.archive)
    if not archive.sequence:
        raise NotFoundError(
            f"the archive {settings.archive} holds no delivery; `xinheng ingest` takes one in"
        )
    return GradeBook(archive, read_champion(settings, ledger), threads=threads)


def _trusted(settings: "Settings") -> TrustedKeys:
    """Return the keys that the settings name; if none, those in the folder of keys."""
    if not settings.trusted_keys:
        return load_trusted_keys(settings.keys)
    raw = map(bytes.fromhex, settings.trusted_keys)
    return {key_id(key): key for key in map(Ed25519PublicKey.from_public_bytes, raw)}
