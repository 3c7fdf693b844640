"""Keys: never overwritten, never readable by others, never taken for what they are not."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError
from xinheng.grading import (
    create_key,
    key_id,
    load_key,
    load_trusted_keys,
    publish_key,
    read_bundle,
    revoke_key,
    sign_bundle,
    write_bundle,
)

from .world import parts


def test_a_key_is_made_once_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    made = create_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert key_id(load_key(path).public_key()) == key_id(made.public_key())
    before = path.read_bytes()
    with pytest.raises(InvalidError, match="never overwritten"):
        create_key(path)
    assert path.read_bytes() == before


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    create_key(path)
    path.chmod(0o640)
    with pytest.raises(InvalidError, match=r"mode 640.*chmod 600"):
        load_key(path)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    with pytest.raises(NotFoundError, match="create_key makes one"):
        load_key(path)
    path.write_text("hello")
    path.chmod(0o600)
    with pytest.raises(InvalidError, match="no Ed25519 private key"):
        load_key(path)
    other = generate_private_key(SECP256R1())
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(InvalidError, match="another kind of key"):
        load_key(path)


def test_trusted_keys_are_those_published(tmp_path: Path) -> None:
    trusted = tmp_path / "trusted"
    with pytest.raises(NotFoundError, match="publish_key"):
        load_trusted_keys(trusted)
    keys = [create_key(tmp_path / f"{name}.pem").public_key() for name in "ab"]
    for key in keys:
        assert publish_key(key, trusted).stem == key_id(key)
    assert set(load_trusted_keys(trusted)) == {key_id(key) for key in keys}


def test_a_trusted_key_under_another_name_is_refused(tmp_path: Path) -> None:
    path = publish_key(create_key(tmp_path / "a.pem").public_key(), tmp_path / "trusted")
    path.rename(path.with_stem("0123456789abcdef"))
    with pytest.raises(InvalidError, match="named after its key"):
        load_trusted_keys(tmp_path / "trusted")


def test_what_is_no_trusted_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pub"
    path.write_text("hello")
    with pytest.raises(InvalidError, match="no public key"):
        load_trusted_keys(tmp_path)
    other = generate_private_key(SECP256R1()).public_key()
    path.write_bytes(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(InvalidError, match="another kind of key"):
        load_trusted_keys(tmp_path)


def test_a_key_that_was_revoked_is_not_trusted_and_its_bundles_say_why(tmp_path: Path) -> None:
    old, new = (Ed25519PrivateKey.from_private_bytes(each * 32) for each in (b"k", b"n"))
    keys, bundle = tmp_path / "keys", tmp_path / "bundle"
    for key in (old, new):
        publish_key(key.public_key(), keys)
    digest = write_bundle(bundle, parts(), old)
    read_bundle(bundle, load_trusted_keys(keys))
    with pytest.raises(NotFoundError, match="there is no key in"):
        revoke_key("0" * 16, keys, "a mistake")
    revoke_key(key_id(old.public_key()), keys, "the laptop was stolen")
    trusted = load_trusted_keys(keys)
    assert set(trusted) == {key_id(new.public_key())}
    with pytest.raises(IntegrityError, match=r"revoked: the laptop was stolen.*bundle sign"):
        read_bundle(bundle, trusted)
    sign_bundle(bundle, digest, new)
    assert read_bundle(bundle, trusted).digest == digest
