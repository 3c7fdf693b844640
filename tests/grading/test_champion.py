"""The champion is the bundle that the ledger names, whole and signed by somebody trusted."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError, NotGradableError
from xinheng.core.settings import load_settings
from xinheng.grading import Parts, Purpose, open_book, publish_key, read_champion, write_bundle
from xinheng.ledger import Ledger

from ..archive.department import ALPHA, Bureau
from .world import parts, scheduling_parts

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def put(folder: Path, key: Ed25519PrivateKey, made: Parts | None = None) -> str:
    digest = write_bundle(folder / "draft", made or parts(), key)
    (folder / "draft").rename(folder / digest)
    return digest


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture
def settings(tmp_path, key):
    publish_key(key.public_key(), tmp_path / "keys")
    return load_settings(
        archive=tmp_path / "archive", bundles=tmp_path / "bundles", keys=tmp_path / "keys"
    )


@pytest.fixture
def ledger(settings, key):
    found = Ledger("sqlite://")
    found.promote(put(settings.bundles, key), purpose="grade", actor="li", reason="first", at=NOW)
    yield found
    found.close()


def test_the_champion_is_read_from_the_folder_of_bundles(settings, ledger):
    assert read_champion(settings, ledger).digest == ledger.champion("grade")


def test_a_champion_whose_bundle_is_absent_is_named(settings, ledger):
    ledger.promote("f" * 64, purpose="grade", actor="li", reason="gone", at=NOW)
    with pytest.raises(NotFoundError, match="the champion ffffffffffff is not in"):
        read_champion(settings, ledger)


def test_a_forecast_is_never_the_champion_for_grades(settings, ledger, key):
    digest = put(settings.bundles, key, scheduling_parts())
    ledger.promote(digest, purpose="grade", actor="li", reason="by mistake", at=NOW)
    with pytest.raises(NotGradableError, match="is for scheduling, not for grade"):
        read_champion(settings, ledger)
    Bureau(settings.archive.parent).deliver(f"{ALPHA},P1,2025-12-03,2025-12-10,label,warning,0,")
    with pytest.raises(NotGradableError, match="never mixed"):
        open_book(settings, ledger)
    ledger.promote(digest, purpose="scheduling", actor="li", reason="where it belongs", at=NOW)
    assert read_champion(settings, ledger, Purpose.SCHEDULING).digest == digest


def test_a_model_for_grades_never_plans(settings, ledger):
    digest = ledger.champion("grade")
    ledger.promote(digest, purpose="scheduling", actor="li", reason="by mistake", at=NOW)
    with pytest.raises(InvalidError, match="is for grade, not for scheduling"):
        read_champion(settings, ledger, Purpose.SCHEDULING)


def test_a_champion_signed_by_a_stranger_is_refused(settings, ledger):
    shutil.rmtree(settings.bundles)
    digest = put(settings.bundles, Ed25519PrivateKey.generate())
    ledger.promote(digest, purpose="grade", actor="li", reason="strange", at=NOW)
    with pytest.raises(IntegrityError, match="not trusted"):
        read_champion(settings, ledger)


def test_trusted_keys_of_the_settings_replace_those_of_the_folder(settings, ledger, key):
    own = key.public_key().public_bytes_raw().hex()
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    named = settings.model_copy(update={"trusted_keys": (other, own)})
    assert read_champion(named, ledger).digest == ledger.champion("grade")
    strangers = settings.model_copy(update={"trusted_keys": (other,)})
    with pytest.raises(IntegrityError, match="not trusted"):
        read_champion(strangers, ledger)


def test_no_book_is_opened_on_an_empty_archive(settings, ledger):
    with pytest.raises(NotFoundError, match="holds no delivery"):
        open_book(settings, ledger)
