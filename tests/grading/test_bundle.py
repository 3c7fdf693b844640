"""The bundle: whole and signed, or refused."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.core.errors import (
    IntegrityError,
    InvalidError,
    NotFoundError,
    NotGradableError,
    PolicyError,
)
from xinheng.features import Catalogue, compute
from xinheng.grading import (
    ModelCard,
    Policy,
    Purpose,
    Rules,
    Scorer,
    TrustedKeys,
    key_id,
    load_trusted_keys,
    read_bundle,
    sign_bundle,
    write_bundle,
)
from xinheng.grading import bundle as bundle_module

from .world import CATALOGUE, NOT_FOR_GRADES, city, city_rows, parts, scheduling_parts

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
TRUSTED: TrustedKeys = {key_id(KEY.public_key()): KEY.public_key()}
FILES = {
    "blend.json", "booster.txt", "calibrator.json", "card.json", "catalogue.json", "manifest.json",
    "policy.toml", "reference.json", "rules.json", "score_card.toml", "specialist.txt",
}  # fmt: skip
EMPTY = "specialist.txt"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundles") / "one"
    write_bundle(path, parts(), KEY)
    return path


@pytest.fixture
def bundle(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "copy"))


def test_what_is_written_is_read(written: Path) -> None:
    read, made = read_bundle(written, TRUSTED, CATALOGUE.fingerprint), parts()
    assert {path.name for path in written.iterdir()} == FILES
    matrix = compute(CATALOGUE, city(), city_rows()).to_numpy()
    np.testing.assert_array_equal(read.blend.margins(matrix), made.blend.margins(matrix))
    margins = np.linspace(-3, 3, 9)
    np.testing.assert_array_equal(
        read.calibrator.interval(margins), made.calibrator.interval(margins)
    )
    for name in ("policy", "catalogue", "rules", "reference", "card"):
        assert getattr(read, name) == getattr(made, name), name
    assert read.key == key_id(KEY.public_key())


def test_the_digest_names_the_content(written: Path, tmp_path: Path) -> None:
    digest = read_bundle(written, TRUSTED).digest
    assert write_bundle(tmp_path / "same", parts(), KEY) == digest
    assert write_bundle(tmp_path / "signed by another", parts(), OTHER) == digest
    changed = replace(parts(), card=replace(parts().card, seed=7))
    assert write_bundle(tmp_path / "changed", changed, KEY) != digest


def test_any_changed_byte_is_refused(bundle: Path) -> None:
    chance = np.random.default_rng(0)
    for name in sorted(FILES - {EMPTY}):
        path = bundle / name
        good = path.read_bytes()
        places = {0, len(good) - 1, *chance.integers(0, len(good), 40).tolist()}
        for place in places:
            bad = bytearray(good)
            bad[place] ^= 1 << int(chance.integers(8))
            path.write_bytes(bytes(bad))
            with pytest.raises(IntegrityError):
                read_bundle(bundle, TRUSTED)
        path.write_bytes(good)
    read_bundle(bundle, TRUSTED)


def test_any_changed_byte_of_the_manifest_is_refused(bundle: Path) -> None:
    path = bundle / "manifest.json"
    good = path.read_bytes()
    for place in range(len(good)):
        for flip in (0x20, 0x01)[: 1 + place % 2]:  # case and blanks; neighbouring digits
            bad = bytearray(good)
            bad[place] ^= flip
            path.write_bytes(bytes(bad))
            with pytest.raises(IntegrityError):
                read_bundle(bundle, TRUSTED)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_a_shorter_or_a_longer_file_is_refused(bundle: Path, name: str) -> None:
    good = (bundle / name).read_bytes()
    for bad in {good[:-1], good + b"\n", b""} - {good}:
        (bundle / name).write_bytes(bad)
        with pytest.raises(IntegrityError):
            read_bundle(bundle, TRUSTED)
    (bundle / name).unlink()
    with pytest.raises(IntegrityError, match=rf"misses \['{name}'\]"):
        read_bundle(bundle, TRUSTED)


def test_an_extra_file_is_refused(bundle: Path) -> None:
    (bundle / "notes.txt").write_text("hello")
    with pytest.raises(IntegrityError, match=r"\['notes.txt'\] too many"):
        read_bundle(bundle, TRUSTED)


def test_a_directory_in_place_of_a_file_is_refused(bundle: Path) -> None:
    (bundle / "card.json").unlink()
    (bundle / "card.json").mkdir()
    with pytest.raises(IntegrityError, match="are no files"):
        read_bundle(bundle, TRUSTED)


def test_files_of_another_bundle_are_refused(bundle: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_bundle(other, replace(parts(), card=replace(parts().card, seed=7)), KEY)
    shutil.copy(other / "card.json", bundle / "card.json")
    with pytest.raises(IntegrityError, match=r"card\.json"):
        read_bundle(bundle, TRUSTED)


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    write_bundle(tmp_path / "theirs", parts(), OTHER)
    with pytest.raises(IntegrityError, match=r"not trusted \(trusted: .*; add .*\.pub"):
        read_bundle(tmp_path / "theirs", TRUSTED)


def test_a_signature_of_another_key_is_refused(bundle: Path) -> None:
    path = bundle / "manifest.json"
    fields = json.loads(path.read_text())
    fields["signature"] = OTHER.sign(fields["digest"].encode()).hex()
    path.write_text(json.dumps(fields, sort_keys=True, indent=1) + "\n")
    with pytest.raises(IntegrityError, match="the signature of the bundle"):
        read_bundle(bundle, TRUSTED)


def test_another_catalogue_is_refused(written: Path) -> None:
    other = CATALOGUE.select(ids=["IH02", "IH01", "PN08", "EA01"]).fingerprint
    with pytest.raises(IntegrityError, match="made for the catalogue"):
        read_bundle(written, TRUSTED, other)


def test_a_bundle_is_never_overwritten(bundle: Path) -> None:
    before = (bundle / "manifest.json").read_bytes()
    with pytest.raises(InvalidError, match="never overwritten"):
        write_bundle(bundle, parts(), KEY)
    assert (bundle / "manifest.json").read_bytes() == before


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        write_bundle(tmp_path / "new", parts(), KEY)
    assert list(tmp_path.iterdir()) == []


def test_there_is_no_bundle_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no bundle"):
        read_bundle(tmp_path / "none", TRUSTED)


def test_a_scheduling_bundle_is_written_and_read(tmp_path: Path) -> None:
    write_bundle(tmp_path / "plan", scheduling_parts(), KEY)
    read = read_bundle(tmp_path / "plan", TRUSTED)
    assert read.card.purpose is Purpose.SCHEDULING
    assert read.blend.columns[-1] == "inspector_3"
    assert json.loads((tmp_path / "plan" / "manifest.json").read_text())["purpose"] == "scheduling"


def test_a_bundle_is_used_for_its_own_purpose_only(written: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "plan", scheduling_parts(), KEY)
    grade, plan = read_bundle(written, TRUSTED), read_bundle(tmp_path / "plan", TRUSTED)
    grade.require(Purpose.GRADE)
    plan.require(Purpose.SCHEDULING)
    with pytest.raises(NotGradableError, match=r"is for scheduling, .*`xinheng train` makes it"):
        plan.require(Purpose.GRADE)
    with pytest.raises(InvalidError, match=r"is for grade, .*`xinheng forecast` makes it"):
        grade.require(Purpose.SCHEDULING)


def test_a_manifest_of_another_purpose_than_the_card_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = bundle_module.seal
    with monkeypatch.context() as careless:
        careless.setattr(
            bundle_module,
            "seal",
            lambda texts, fingerprint, _, key: honest(texts, fingerprint, "grade", key),
        )
        write_bundle(tmp_path / "forged", scheduling_parts(), KEY)
    with pytest.raises(IntegrityError, match="says 'grade', its card 'scheduling'"):
        read_bundle(tmp_path / "forged", TRUSTED)


@pytest.mark.parametrize(
    ("catalogue", "says"),
    [
        (CATALOGUE.extended(NOT_FOR_GRADES), "CX01 may serve scheduling only"),
        (CATALOGUE, "knows CX01, inspector_3"),
    ],
)
def test_a_grade_never_comes_from_scheduling(
    tmp_path: Path, catalogue: Catalogue, says: str
) -> None:
    wrong = replace(scheduling_parts(), card=parts().card, catalogue=catalogue)
    with pytest.raises(NotGradableError, match=says):
        write_bundle(tmp_path / "wrong", wrong, KEY)


def test_a_grade_never_comes_from_who_inspected(tmp_path: Path) -> None:
    wrong = replace(parts(), card=replace(parts().card, inspector=True))
    with pytest.raises(NotGradableError, match="the inspector"):
        write_bundle(tmp_path / "wrong", wrong, KEY)


def test_a_claim_to_grade_is_checked_on_reading_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = replace(scheduling_parts(), card=parts().card)
    with monkeypatch.context() as careless:
        careless.setattr("xinheng.grading.bundle.Parts.check", lambda _: None)
        write_bundle(tmp_path / "forged", forged, KEY)
    with pytest.raises(NotGradableError):
        read_bundle(tmp_path / "forged", TRUSTED)


def test_parts_must_fit_together(tmp_path: Path) -> None:
    shuffled = replace(parts(), catalogue=CATALOGUE.select(ids=["IH02", "IH01", "PN08", "EA01"]))
    with pytest.raises(InvalidError, match="trained on"):
        write_bundle(tmp_path / "a", shuffled, KEY)
    with pytest.raises(PolicyError, match="no rule"):
        write_bundle(tmp_path / "b", replace(parts(), rules=Rules(())), KEY)


def test_cards_are_read_as_written() -> None:
    card = parts().card
    assert ModelCard.from_json(card.to_json()) == card
    for text in ("", "[]", "{}", card.to_json().replace('"grade"', '"fun"')):
        with pytest.raises(InvalidError, match="no model card"):
            ModelCard.from_json(text)


def test_everything_in_a_bundle_is_text(written: Path) -> None:
    for path in written.iterdir():
        assert path.read_text("utf-8").replace("\n", " ").replace("\t", " ").isprintable()
    assert Policy.load(written / "policy.toml") == parts().policy


def forged(bundle: Path, **fields: object) -> None:
    """Write other fields into a manifest, and leave its digest and signature as they are."""
    path = bundle / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}), encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (99, "of format 99, and this version reads 4 to 6: install the version"),
        (3, "of format 3, from before the first that is kept readable"),
        (True, "is no manifest"),
        ("6", "is no manifest"),
    ],
)
def test_another_format_names_the_way_out(bundle: Path, number: object, says: str) -> None:
    forged(bundle, format=number)
    with pytest.raises(IntegrityError, match=says):
        read_bundle(bundle, TRUSTED)


def test_a_newer_format_with_more_files_names_the_way_out(bundle: Path) -> None:
    (bundle / "new.json").write_text("{}")
    with pytest.raises(IntegrityError, match=r"misses \[\] and has \['new.json'\] too many"):
        read_bundle(bundle, TRUSTED)
    forged(bundle, format=7)
    with pytest.raises(IntegrityError, match="of format 7, and this version reads 4 to 6: install"):
        read_bundle(bundle, TRUSTED)


def test_a_format_cannot_be_talked_down(bundle: Path) -> None:
    forged(bundle, format=4)
    with pytest.raises(IntegrityError, match=r"misses \[\] and has \['score_card.toml'\] too many"):
        read_bundle(bundle, TRUSTED)
    (bundle / "score_card.toml").unlink()
    with pytest.raises(IntegrityError, match="is not as it was signed"):
        read_bundle(bundle, TRUSTED)


def test_a_link_is_no_file_of_a_bundle(bundle: Path, tmp_path: Path) -> None:
    (bundle / "card.json").rename(tmp_path / "card.json")
    (bundle / "card.json").symlink_to(tmp_path / "card.json")
    with pytest.raises(IntegrityError, match=r"\['card.json'\] are no files of its own"):
        read_bundle(bundle, TRUSTED)
    (tmp_path / "linked").symlink_to(bundle)
    with pytest.raises(IntegrityError, match="is a link"):
        read_bundle(tmp_path / "linked", TRUSTED)


def test_a_huge_file_is_refused_before_it_is_read(bundle: Path) -> None:
    with (bundle / "booster.txt").open("r+b") as file:
        file.truncate(2**40)  # sparse: it takes no room
    with pytest.raises(IntegrityError, match="larger than 256 MB"):
        read_bundle(bundle, TRUSTED)


def test_a_name_given_twice_in_a_manifest_is_refused(bundle: Path) -> None:
    path = bundle / "manifest.json"
    text = path.read_text()
    path.write_text(text.replace('"purpose": "grade"', '"purpose": "fun",\n "purpose": "grade"'))
    with pytest.raises(IntegrityError, match="is not as it was signed"):
        read_bundle(bundle, TRUSTED)


def test_another_key_may_sign_what_is_known_by_its_digest(bundle: Path) -> None:
    digest = read_bundle(bundle, TRUSTED).digest
    with pytest.raises(IntegrityError, match="nothing was signed"):
        sign_bundle(bundle, "0" * 64, OTHER)
    sign_bundle(bundle, digest, OTHER)
    others = {key_id(OTHER.public_key()): OTHER.public_key()}
    assert read_bundle(bundle, others).digest == digest
    with pytest.raises(IntegrityError, match="not trusted"):
        read_bundle(bundle, TRUSTED)
    (bundle / "card.json").write_bytes(b"{}")
    with pytest.raises(IntegrityError, match=r"\['card.json'\] are not as they were signed"):
        sign_bundle(bundle, digest, KEY)


OLD = Path(__file__).parent / "bundles"


@pytest.mark.parametrize("name", sorted(path.stem for path in OLD.glob("*.json")))
def test_a_bundle_of_an_earlier_version_is_read_and_grades_as_it_did(name: str) -> None:
    """These files are never written anew: a past grade must be made again, years later."""
    told = json.loads((OLD / f"{name}.json").read_text("utf-8"))
    read = read_bundle(OLD / name, load_trusted_keys(OLD))
    assert read.digest == told["digest"]
    assert read.format == int(name.removeprefix("format"))
    grades = Scorer(read).run(city(), city_rows()).head(len(told["level"]))
    assert grades["level"].astype(str).tolist() == told["level"]
    np.testing.assert_allclose(grades["margin"], told["margins"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(grades["probability"], told["probability"], rtol=0, atol=1e-12)
