"""The keys that sign webhooks: every `*.pem` of a folder, the first made when none is there."""

from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ...core.errors import InvalidError
from ...core.keys import create_key, load_key
from ...core.settings import Settings
from ...core.webhooks import webhook_key

__all__ = ["public_keys", "signing_keys"]

FOLDER, FIRST = "webhooks", "signing.pem"


def signing_keys(settings: Settings) -> list[Ed25519PrivateKey]:
    """Return the keys that sign, in order of the names of their files.

    They are none of those for bundles: who tells of grades must not be able to sign models. To
    change one for another, put the new one beside it, let receivers take up its public half, and
    remove the old one.

    Raises
    ------
    InvalidError
        If others may read one, or it is none.
    """
    folder = settings.keys / FOLDER
    if not _files(folder):
        with suppress(InvalidError):  # another process was faster
            create_key(folder / FIRST)
    return [load_key(path) for path in _files(folder)]


def public_keys(settings: Settings) -> list[str]:
    """Return their public halves, as receivers write them down."""
    return [webhook_key(key.public_key()) for key in signing_keys(settings)]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.pem"))
