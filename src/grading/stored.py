"""Stored bundles: found in the folder of bundles by digest, and read with the trusted keys."""

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ..core.errors import IntegrityError, InvalidError, NotFoundError
from ..core.keys import Keyring, TrustedKeys, key_id, load_revoked, load_trusted_keys
from .bundle import Bundle, read_bundle
from .card import Purpose

if TYPE_CHECKING:
    from ..core.settings import Settings

__all__ = ["digest_of", "find_any", "find_bundle", "read_stored", "stored_digests", "trusted_keys"]

SHOWN = 12


def read_stored(settings: "Settings", digest: str, purpose: Purpose = Purpose.GRADE) -> Bundle:
    """Read a bundle from the folder of bundles and verify it.

    Raises
    ------
    NotFoundError
        If it is not there.
    IntegrityError
        If it is not as it was signed, or signed by nobody who is trusted.
    NotGradableError
        If it is wanted for grades, and is not for them.
    InvalidError
        If it is wanted for scheduling, and is for grades.
    """
    bundle = _named(settings, digest)
    bundle.require(purpose)
    return bundle


def find_bundle(settings: "Settings", prefix: str, purpose: Purpose = Purpose.GRADE) -> Bundle:
    """Read the one bundle whose digest begins as given; see `read_stored`.

    Raises
    ------
    NotFoundError
        If there is none.
    InvalidError
        If there are several.
    """
    return read_stored(settings, digest_of(settings, prefix), purpose)


def find_any(settings: "Settings", prefix: str) -> Bundle:
    """Read the one bundle whose digest begins as given, whatever its purpose; see `find_bundle`."""
    return _named(settings, digest_of(settings, prefix))


def stored_digests(settings: "Settings") -> tuple[str, ...]:
    """Return the names of all bundles in the folder of bundles, in order."""
    found = settings.bundles.glob("[!.]*/manifest.json")
    return tuple(sorted(path.parent.name for path in found))


def trusted_keys(settings: "Settings") -> TrustedKeys:
    """Return the keys that the settings name; if none, those in the folder of keys."""
    if not settings.trusted_keys:
        return load_trusted_keys(settings.keys)
    raw = map(bytes.fromhex, settings.trusted_keys)
    named = {key_id(key): key for key in map(Ed25519PublicKey.from_public_bytes, raw)}
    return Keyring(named, load_revoked(settings.keys))


def _named(settings: "Settings", digest: str) -> Bundle:
    """Read the bundle in the folder of that name, which must be its own."""
    path = settings.bundles / digest
    bundle = read_bundle(path, trusted_keys(settings))
    if bundle.digest != digest:
        raise IntegrityError(
            f"in {path} lies the bundle {bundle.digest}: somebody put one in the place of another; "
            "rename its folder, and copy the right one back"
        )
    return bundle


def digest_of(settings: "Settings", prefix: str) -> str:
    """Return all of the digest that begins as given; see `find_bundle`."""
    folder, known = settings.bundles, stored_digests(settings)
    found = [digest for digest in known if digest.startswith(prefix)]
    if not found:
        there = ", ".join(digest[:SHOWN] for digest in known[:SHOWN]) or "none"
        more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
        raise NotFoundError(
            f"no bundle in {folder} has a digest that begins with {prefix!r}; there are: "
            f"{there}{more}"
        )
    if len(found) > 1:
        raise InvalidError(
            f"{len(found)} bundles in {folder} have a digest that begins with {prefix!r}: "
            f"{', '.join(found[:SHOWN])}; give more of the one you mean"
        )
    return found[0]
