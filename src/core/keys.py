"""Signing keys: who may hand a model on or vouch for an audit trail, and who is believed.

Keys are Ed25519 in PEM. The private key stays with who signs, readable by its owner only; whoever
reads holds a directory of public keys, one file `ID.pub` for each one trusted. A file `ID.revoked`
beside it says why the key is trusted no longer.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from .errors import InvalidError, NotFoundError

__all__ = [
    "Keyring",
    "TrustedKeys",
    "create_key",
    "key_id",
    "load_key",
    "load_trusted_keys",
    "publish_key",
    "revoke_key",
]

TrustedKeys = Mapping[str, Ed25519PublicKey]


class Keyring(dict[str, Ed25519PublicKey]):
    """The keys of a directory that are trusted; `revoked` has those that no longer are, and why."""

    def __init__(self, keys: TrustedKeys, revoked: Mapping[str, str]) -> None:
        super().__init__({name: key for name, key in keys.items() if name not in revoked})
        self.revoked = revoked


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a key: the first 16 hexadecimal digits of the SHA-256 of its bytes."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def create_key(path: Path) -> Ed25519PrivateKey:
    """Make a signing key and write it where none is; readable by its owner only.

    Raises
    ------
    InvalidError
        If something is there already: a key is never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InvalidError(
            f"{path} exists, and a signing key is never overwritten; "
            "use it, or name another file for the new key"
        ) from None
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, 0o600)
        file.write(text)
    return key


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a signing key.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InvalidError
        If others may read the file, or it holds no Ed25519 private key.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no signing key {path}; create_key makes one")
    if path.stat().st_mode & 0o077:
        raise InvalidError(
            f"others may read the signing key {path} (mode {path.stat().st_mode & 0o777:o}); "
            f"run: chmod 600 {path}"
        )
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidError(f"{path} holds no Ed25519 private key in PEM: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InvalidError(f"{path} holds another kind of key; expected Ed25519")
    return key


def publish_key(key: Ed25519PublicKey, directory: Path) -> Path:
    """Add a public key to a directory of trusted keys, and return its file."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{key_id(key)}.pub"
    path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def revoke_key(key: str, directory: Path, reason: str) -> Path:
    """Trust a key no longer: nothing that it signed is read until somebody else signs it.

    Raises
    ------
    NotFoundError
        If the directory has no such key.
    """
    known = [path.stem for path in directory.glob("*.pub")]
    if key not in known:
        raise NotFoundError.among(f"key in {directory}", key, known)
    path = directory / f"{key}.revoked"
    draft = directory / f".{key}.revoked"
    draft.write_text(reason, encoding="utf-8")
    return draft.replace(path)


def load_revoked(directory: Path) -> dict[str, str]:
    """Return the ids of the keys that a directory says are trusted no longer, and why."""
    return {path.stem: path.read_text("utf-8") for path in directory.glob("*.revoked")}


def load_trusted_keys(directory: Path) -> Keyring:
    """Read every `*.pub` of a directory, by the id of its key, but those that were revoked.

    Raises
    ------
    NotFoundError
        If there is no such directory, or no key in it.
    InvalidError
        If a file holds no Ed25519 public key, or is not named after its key.
    """
    keys: dict[str, Ed25519PublicKey] = {}
    for path in sorted(directory.glob("*.pub")):
        try:
            key = load_pem_public_key(path.read_bytes())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise InvalidError(f"{path} holds no public key in PEM: {error}") from error
        if not isinstance(key, Ed25519PublicKey):
            raise InvalidError(f"{path} holds another kind of key; expected Ed25519")
        if key_id(key) != path.stem:
            raise InvalidError(f"{path} holds the key {key_id(key)}; a file is named after its key")
        keys[path.stem] = key
    revoked = load_revoked(directory)
    if not keys:
        raise NotFoundError(
            f"there is no trusted key in {directory}; publish_key puts the public half of a "
            "signing key there"
        )
    return Keyring(keys, revoked)
