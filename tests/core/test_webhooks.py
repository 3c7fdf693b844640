"""Signatures of webhooks: those of the specification, and of nobody else."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.core import (
    IntegrityError,
    InvalidError,
    sign_webhook,
    verify_webhook,
    webhook_key,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD, NEW = (Ed25519PrivateKey.from_private_bytes(letter * 32) for letter in (b"a", b"b"))
BODY = b'{"type": "changes"}'
HEADERS = sign_webhook([OLD, NEW], "msg_1", BODY, AT)


def test_it_is_what_the_specification_says():
    assert HEADERS["webhook-timestamp"] == "1772366400"
    signature = base64.b64encode(OLD.sign(b"msg_1.1772366400." + BODY)).decode()
    assert HEADERS["webhook-signature"].split()[0] == f"v1a,{signature}"


@pytest.mark.parametrize("key", [OLD, NEW])
def test_while_keys_change_either_is_believed(key):
    named = {name.title(): value for name, value in HEADERS.items()}
    assert verify_webhook(named, BODY, [webhook_key(key.public_key())], AT) == "msg_1"


@pytest.mark.parametrize(
    ("more", "body", "words"),
    [
        ({}, BODY + b" ", "not signed"),
        ({"webhook-id": "msg_2"}, BODY, "not signed"),
        ({"webhook-timestamp": "1772366401"}, BODY, "not signed"),
        ({"webhook-timestamp": "1772366000"}, BODY, "more than"),
        ({"webhook-timestamp": "1772366900"}, BODY, "more than"),
        ({"webhook-timestamp": "soon"}, BODY, "no number"),
        ({"webhook-timestamp": "²"}, BODY, "no number"),
        ({"webhook-timestamp": "9" * 30}, BODY, "no number"),
        ({"webhook-signature": "v1a,??? v1a v1," + "A" * 88}, BODY, "not signed"),
        ({"webhook-signature": ""}, BODY, "has no webhook-signature"),
    ],
)
def test_what_is_not_as_it_was_sent_is_refused(more, body, words):
    with pytest.raises(IntegrityError, match=words):
        verify_webhook({**HEADERS, **more}, body, [webhook_key(OLD.public_key())], AT)


def test_the_key_of_somebody_else_is_not_believed():
    other = Ed25519PrivateKey.generate().public_key()
    with pytest.raises(IntegrityError, match="not signed"):
        verify_webhook(HEADERS, BODY, [webhook_key(other)], AT)


def test_how_late_it_may_be_is_asked():
    late = AT + timedelta(hours=1)
    keys = [webhook_key(OLD.public_key())]
    assert verify_webhook(HEADERS, BODY, keys, late, timedelta(hours=2)) == "msg_1"


@pytest.mark.parametrize("key", ["", "whpk_", "whpk_AAAA", "whsec_" + "A" * 44, "whpk_???"])
def test_what_is_no_key_is_said_to_be_none(key):
    with pytest.raises(InvalidError, match="no public key of webhooks"):
        verify_webhook(HEADERS, BODY, [key], AT)
