"""Signatures of webhooks: who receives one can tell that it is ours, whole, and of now.

They are those of Standard Webhooks, version `v1a`: Ed25519 over `ID.TIMESTAMP.BODY`, in the
headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. The service holds the only
secret; receivers hold public keys, so there is nothing to hand over, to store, or to lose.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .errors import IntegrityError, InvalidError

__all__ = ["sign_webhook", "verify_webhook", "webhook_key"]

PREFIX, VERSION = "whpk_", "v1a"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = timedelta(minutes=5)


def sign_webhook(
    keys: Iterable[Ed25519PrivateKey], name: str, body: bytes, at: datetime
) -> dict[str, str]:
    """Return the headers of a webhook.

    Parameters
    ----------
    keys
        Those that sign: several while receivers change from one to another.
    name
        By which a receiver knows what it has received already; the same when it is sent again.
    body, at
        What is sent, and when.
    """
    timestamp = str(int(at.timestamp()))
    content = _content(name, timestamp, body)
    signatures = (base64.b64encode(key.sign(content)).decode() for key in keys)
    return {
        ID: name,
        TIMESTAMP: timestamp,
        SIGNATURE: " ".join(f"{VERSION},{each}" for each in signatures),
    }


def webhook_key(key: Ed25519PublicKey) -> str:
    """Return a public key as receivers write it down."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PREFIX + base64.b64encode(raw).decode()


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes,
    keys: Iterable[str],
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> str:
    """Return the id of a webhook that one of some keys signed just now.

    Keep the ids of the last minutes: what comes again under one is the same again.

    Parameters
    ----------
    headers
        Of the request; names in any case.
    body
        Its bytes as they came, before anything parses them.
    keys
        Public keys that are believed, each `whpk_…` as the service publishes them.
    now, tolerance
        The present moment, and how far from it a webhook may have been sent.

    Raises
    ------
    IntegrityError
        If it is not signed by one of them, or too old, or of the future.
    InvalidError
        If a key is none.

    Examples
    --------
    >>> key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    >>> at = datetime(2026, 3, 1, tzinfo=UTC)
    >>> headers = sign_webhook([key], "msg_1", b"{}", at)
    >>> verify_webhook(headers, b"{}", [webhook_key(key.public_key())], at)
    'msg_1'
    >>> verify_webhook(headers, b"[]", [webhook_key(key.public_key())], at)
    Traceback (most recent call last):
    ...
    xinheng.core.errors.IntegrityError: the webhook 'msg_1' is not signed by a key that is believed
    """
    believed = [_read(key) for key in keys]
    sent = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not sent.get(name)]
    if missing:
        raise IntegrityError(f"the request is no webhook: it has no {', '.join(missing)}")
    name, timestamp = sent[ID], sent[TIMESTAMP]
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        raise IntegrityError(f"the webhook {name!r} has no time: {timestamp!r} is no number")
    at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs(now - at) > tolerance:
        raise IntegrityError(
            f"the webhook {name!r} was sent at {at.isoformat()}, more than {tolerance} from now; "
            "it may be an old one sent again, or a clock is wrong"
        )
    content = _content(name, timestamp, body)
    for each in sent[SIGNATURE].split():
        version, _, signature = each.partition(",")
        if version == VERSION and any(_is_signed(key, signature, content) for key in believed):
            return name
    raise IntegrityError(f"the webhook {name!r} is not signed by a key that is believed")


def _content(name: str, timestamp: str, body: bytes) -> bytes:
    return f"{name}.{timestamp}.".encode() + body


def _read(text: str) -> Ed25519PublicKey:
    raw = text.removeprefix(PREFIX) if text.startswith(PREFIX) else ""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(raw, validate=True))
    except (ValueError, binascii.Error):
        raise InvalidError(
            f"{text!r} is no public key of webhooks; it begins with {PREFIX}, and the service "
            "publishes it at /v1/webhook-keys"
        ) from None


def _is_signed(key: Ed25519PublicKey, signature: str, content: bytes) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True
