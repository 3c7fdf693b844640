"""A stored bundle is found by the first digits of its digest, and read as any other."""

import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError, NotGradableError
from xinheng.core.settings import load_settings
from xinheng.grading import (
    Purpose,
    find_bundle,
    load_trusted_keys,
    publish_key,
    revoke_key,
    write_bundle,
)

from .world import parts, scheduling_parts


@pytest.fixture
def settings(tmp_path):
    return load_settings(bundles=tmp_path / "bundles", keys=tmp_path / "keys")


@pytest.fixture
def digests(settings):
    """Return the digests of a bundle for grades and of one for scheduling."""
    key = Ed25519PrivateKey.generate()
    publish_key(key.public_key(), settings.keys)
    found = []
    for made in (parts(), scheduling_parts()):
        digest = write_bundle(settings.bundles / "draft", made, key)
        (settings.bundles / "draft").rename(settings.bundles / digest)
        found.append(digest)
    return found


def test_the_first_digits_are_enough(settings, digests):
    grades, scheduling = digests
    assert find_bundle(settings, grades[:10]).digest == grades
    assert find_bundle(settings, scheduling, Purpose.SCHEDULING).digest == scheduling


def test_where_none_begins_so_those_there_are_named(settings, digests):
    for wrong in ("xyz", "*", "../bundles"):
        with pytest.raises(NotFoundError, match=r"no bundle in .* begins with") as caught:
            find_bundle(settings, wrong)
        assert all(digest[:12] in str(caught.value) for digest in digests)
    shutil.rmtree(settings.bundles)
    with pytest.raises(NotFoundError, match="there are: none"):
        find_bundle(settings, digests[0])


def test_where_several_begin_so_one_has_to_be_meant(settings, digests):
    twin = digests[0][:8] + "0" * 56
    shutil.copytree(settings.bundles / digests[0], settings.bundles / twin)
    with pytest.raises(InvalidError, match=r"2 bundles in .*; give more of the one you mean"):
        find_bundle(settings, digests[0][:8])
    assert find_bundle(settings, digests[0][:32]).digest == digests[0]


def test_a_bundle_for_another_purpose_or_by_a_stranger_is_refused(settings, digests):
    with pytest.raises(NotGradableError, match="is for scheduling, not for grade"):
        find_bundle(settings, digests[1])
    with pytest.raises(InvalidError, match="is for grade, not for scheduling"):
        find_bundle(settings, digests[0], Purpose.SCHEDULING)
    shutil.rmtree(settings.keys)
    publish_key(Ed25519PrivateKey.generate().public_key(), settings.keys)
    with pytest.raises(IntegrityError, match="not trusted"):
        find_bundle(settings, digests[0])


def test_a_bundle_put_in_the_place_of_another_is_refused(settings, digests):
    grades, scheduling = digests
    (settings.bundles / grades).rename(settings.bundles / "kept")
    (settings.bundles / scheduling).rename(settings.bundles / grades)
    with pytest.raises(IntegrityError, match="put one in the place of another"):
        find_bundle(settings, grades)


def test_a_revoked_key_is_refused_where_settings_name_it(settings, digests):
    (public,) = settings.keys.glob("*.pub")
    name = public.stem
    raw = load_trusted_keys(settings.keys)[name].public_bytes(Encoding.Raw, PublicFormat.Raw)
    named = settings.model_copy(update={"trusted_keys": (raw.hex(),)})
    assert find_bundle(named, digests[0]).key == name
    revoke_key(name, settings.keys, "lost")
    with pytest.raises(IntegrityError, match="revoked: lost"):
        find_bundle(named, digests[0])
