"""The manifest: which files a bundle has, what they hash to, for what it is, and who signed it.

The digest covers all but who signed, so that a bundle keeps its name when another key signs it.
The history of champions is kept for ever, so every format since the first public one is read.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..core.errors import IntegrityError
from ..core.keys import Keyring, TrustedKeys, key_id

__all__ = ["FORMAT", "MANIFEST", "READABLE", "read_files", "seal", "sign_bundle", "verify"]

FORMAT = 6
READABLE = (4, 5, 6)
LARGEST = 2**28
MANIFEST = "manifest.json"
FILES = (
    "blend.json",
    "booster.txt",
    "calibrator.json",
    "card.json",
    "catalogue.json",
    "policy.toml",
    "reference.json",
    "rules.json",
    "specialist.txt",
)
LATER = {6: ("score_card.toml",)}
"""What a format has beside the files of those before it."""


def seal(
    texts: Mapping[str, bytes], fingerprint: str, purpose: str, key: Ed25519PrivateKey
) -> tuple[str, bytes]:
    """Return the digest of the files of a bundle, and the manifest that says so, signed."""
    payload = _payload(texts, {"fingerprint": fingerprint, "format": FORMAT, "purpose": purpose})
    return _signed(payload, key)


def sign_bundle(path: Path, digest: str, key: Ed25519PrivateKey) -> None:
    """Sign a bundle that is there with another key; its digest stays, and so does all it holds.

    That is how a champion of the past stays readable after the key of its time was revoked.

    Parameters
    ----------
    path
        The bundle's directory.
    digest
        All of the digest by which it is known, such as from the ledger: what is signed is what
        the caller means, not what happens to lie there.
    key
        The signing key.

    Raises
    ------
    IntegrityError
        If a file is missing, extra or changed, or the digest is another.
    """
    texts = read_files(path)
    manifest = _whole(path, texts)
    if manifest["digest"] != digest:
        raise IntegrityError(
            f"the bundle {path} is {manifest['digest']}, not {digest}; nothing was signed"
        )
    _, signed = _signed(_payload(texts, manifest), key)
    draft = path.parent / f".{path.name}.{MANIFEST}"
    draft.write_bytes(signed)
    draft.replace(path / MANIFEST)


def read_files(path: Path) -> dict[str, bytes]:
    """Return every file, read once, so that what is verified is what is used."""
    if path.is_symlink():
        raise IntegrityError(f"the bundle {path} is a link; give the folder that it leads to")
    found = {entry.name for entry in path.iterdir()}
    expected = {*files_of(_said_format(path)), MANIFEST}
    if found != expected:
        missing, extra = sorted(expected - found), sorted(found - expected)
        raise IntegrityError(f"the bundle {path} misses {missing} and has {extra} too many")
    modes = {name: (path / name).lstat() for name in sorted(found)}
    irregular = [name for name, mode in modes.items() if not S_ISREG(mode.st_mode)]
    if irregular:
        raise IntegrityError(f"in the bundle {path}, {irregular} are no files of its own")
    large = [name for name, mode in modes.items() if mode.st_size > LARGEST]
    if large:
        raise IntegrityError(
            f"in the bundle {path}, {large} are larger than {LARGEST / 2**20:,.0f} MB, which no "
            "part of a model is; nothing of it was read"
        )
    return {name: (path / name).read_bytes() for name in sorted(found)}


def _said_format(path: Path) -> int:
    """Return of which format a bundle says it is, the present one if it says nothing that is one.

    Nothing else of the manifest is believed before all files are known.
    """
    manifest = path / MANIFEST
    try:
        if not S_ISREG(manifest.lstat().st_mode) or manifest.stat().st_size > LARGEST:
            return FORMAT
        number = json.loads(manifest.read_bytes())["format"]
    except (OSError, ValueError, KeyError, TypeError):
        return FORMAT
    if type(number) is int and number > FORMAT:
        _check_format(path, number)
    return number if number in READABLE else FORMAT


def files_of(number: int) -> tuple[str, ...]:
    """Return the files that a bundle of a format has beside its manifest."""
    more = (names for since, names in LATER.items() if since <= number)
    return (*FILES, *(name for names in more for name in names))


def verify(path: Path, texts: Mapping[str, bytes], trusted: TrustedKeys) -> dict[str, Any]:
    """Return the manifest if everything in the bundle is as it was signed."""
    manifest = _whole(path, texts)
    key = manifest["key"]
    if key not in trusted:
        raise IntegrityError(f"the bundle {path} was signed with {_untrusted(key, trusted)}")
    try:
        trusted[key].verify(bytes.fromhex(manifest["signature"]), manifest["digest"].encode())
    except InvalidSignature:
        raise IntegrityError(f"the signature of the bundle {path} is not that of {key}") from None
    return manifest


def _whole(path: Path, texts: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the manifest if it fits all files, whoever signed it."""
    try:
        manifest = json.loads(texts[MANIFEST])
        _check_format(path, manifest["format"])
        key, digest, stated = (manifest[name] for name in ("key", "digest", "files"))
        _check_files(path, manifest["format"], texts)
        payload = _payload(texts, manifest)
        written = _manifest(payload, digest, key, bytes.fromhex(manifest["signature"]).hex())
        changed = [
            name
            for name in files_of(manifest["format"])
            if stated.get(name) != _sha256(texts[name])
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IntegrityError(f"{path}/{MANIFEST} is no manifest of a bundle: {error!r}") from error
    if changed:
        raise IntegrityError(f"in the bundle {path}, {changed} are not as they were signed")
    if written != texts[MANIFEST] or hashlib.sha256(payload).hexdigest() != digest:
        raise IntegrityError(f"{path}/{MANIFEST} is not as it was signed")
    return dict(manifest)


def _check_format(path: Path, number: object) -> None:
    if type(number) is not int:
        raise TypeError(number)
    if number > FORMAT:
        raise IntegrityError(
            f"the bundle {path} is of format {number}, and this version reads {READABLE[0]} to "
            f"{FORMAT}: install the version of Xinheng that wrote it, or a later one"
        )
    if number not in READABLE:
        raise IntegrityError(
            f"the bundle {path} is of format {number}, from before the first that is kept readable "
            f"({READABLE[0]}): read it with the version that wrote it, or train anew"
        )


def _check_files(path: Path, number: int, texts: Mapping[str, bytes]) -> None:
    found, expected = {*texts} - {MANIFEST}, {*files_of(number)}
    if found != expected:
        missing, extra = sorted(expected - found), sorted(found - expected)
        raise IntegrityError(
            f"the bundle {path} of format {number} misses {missing} and has {extra} too many"
        )


def _untrusted(key: str, trusted: TrustedKeys) -> str:
    if isinstance(trusted, Keyring) and key in trusted.revoked:
        return (
            f"the key {key}, which was revoked: {trusted.revoked[key]}. If its digest is one that "
            "the ledger knows, its content is sound: `xinheng bundle sign` signs it with your key"
        )
    known = ", ".join(sorted(trusted)) or "none"
    return (
        f"the key {key}, which is not trusted (trusted: {known}); add {key}.pub to the trusted "
        "keys if you know who holds it"
    )


def _sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _payload(texts: Mapping[str, bytes], stated: Mapping[str, Any]) -> bytes:
    """Return what the digest covers, in its one canonical form: all but who signed."""
    fields = {name: stated[name] for name in ("fingerprint", "format", "purpose")}
    hashes = {name: _sha256(texts[name]) for name in files_of(stated["format"])}
    return json.dumps({"files": hashes, **fields}, sort_keys=True).encode()


def _signed(payload: bytes, key: Ed25519PrivateKey) -> tuple[str, bytes]:
    digest = hashlib.sha256(payload).hexdigest()
    signature = key.sign(digest.encode()).hex()
    return digest, _manifest(payload, digest, key_id(key.public_key()), signature)


def _manifest(payload: bytes, digest: str, key: str, signature: str) -> bytes:
    fields = {**json.loads(payload), "digest": digest, "key": key, "signature": signature}
    return (json.dumps(fields, sort_keys=True, indent=1) + "\n").encode()
