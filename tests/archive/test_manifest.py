"""The manifest: whatever is lost beside the deliveries' own files is found out again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from xinheng.archive.entries import Delivery, FileCount
from xinheng.archive.manifest import Manifest
from xinheng.core.errors import IntegrityError

AT = datetime(2026, 6, 1, tzinfo=UTC)


def delivery(sequence: int, **counts: int) -> Delivery:
    file = FileCount(
        file="rows", path="rows.csv", sha256="0", rows=1, **(counts or {"accepted": 1})
    )
    return Delivery(
        sequence=sequence,
        source="bureau",
        department="bureau",
        digest=f"{sequence:02}digest",
        received=AT,
        files=(file,),
        records={},
        faults={},
        tables={"penalty": sequence},
    )


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    found = Manifest(tmp_path / "manifest")
    for sequence in (1, 2, 3):
        found.publish(delivery(sequence))
    return found


def states(manifest: Manifest) -> tuple[object, ...]:
    latest = manifest.latest()
    digests = [f"{n:02}digest" for n in range(6)]
    return (
        latest.sequence if latest else 0,
        manifest.tables(),
        [d.sequence for d in manifest.deliveries()],
        [found.sequence if found else None for found in map(manifest.find, digests)],
    )


WHOLE = (3, {"penalty": 3}, [1, 2, 3], [None, 1, 2, 3, None, None])


def test_an_empty_manifest_has_nothing(tmp_path: Path) -> None:
    assert states(Manifest(tmp_path / "manifest")) == (0, {}, [], [None] * 6)


def test_deliveries_are_found_by_number_and_by_digest(manifest: Manifest) -> None:
    assert states(manifest) == WHOLE


@pytest.mark.usefixtures("manifest")
@pytest.mark.parametrize("place", range(0, 300, 7))
def test_an_entry_with_a_flipped_bit_is_named(tmp_path: Path, place: int) -> None:
    path = tmp_path / "manifest" / "00000002.json"
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(IntegrityError, match=r"00000002\.json is damaged"):
        Manifest(tmp_path / "manifest").deliveries()


def test_an_entry_that_is_lost_or_cut_is_named(manifest: Manifest, tmp_path: Path) -> None:
    path = tmp_path / "manifest" / "00000002.json"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(IntegrityError, match=r"00000002\.json is damaged"):
        manifest.deliveries()
    path.unlink()
    with pytest.raises(IntegrityError, match=r"00000002\.json is missing"):
        manifest.deliveries()


def test_a_hint_that_is_no_text_changes_nothing(manifest: Manifest, tmp_path: Path) -> None:
    (tmp_path / "manifest" / "newest").write_bytes(b"\xb1")
    assert states(Manifest(tmp_path / "manifest")) == WHOLE
    assert states(manifest) == WHOLE


@pytest.mark.parametrize("hint", [None, "", "1", "2", "17", "soon"])
def test_a_hint_that_is_lost_or_wrong_changes_nothing(
    manifest: Manifest, tmp_path: Path, hint: str | None
) -> None:
    path = tmp_path / "manifest" / "newest"
    assert path.read_text() == "3"
    path.unlink()
    if hint is not None:
        path.write_text(hint)
    assert states(manifest) == WHOLE
    manifest.publish(delivery(4))
    assert path.read_text() == "4"
    assert [d.sequence for d in manifest.deliveries()] == [1, 2, 3, 4]


def test_a_writer_that_died_after_publishing_is_made_up_for(
    manifest: Manifest, tmp_path: Path
) -> None:
    folder = tmp_path / "manifest"
    (folder / "newest").write_text("2")
    assert states(manifest) == WHOLE
    manifest.publish(delivery(4))
    assert manifest.find("03digest") == delivery(3)
    assert (folder / "digests" / "03" / "03digest.json").exists()


def test_a_digest_that_leads_to_what_was_not_copied_finds_nothing(
    manifest: Manifest, tmp_path: Path
) -> None:
    manifest.publish(delivery(4))
    (tmp_path / "manifest" / "00000004.json").unlink()
    (tmp_path / "manifest" / "00000003.json").unlink()
    copy = Manifest(tmp_path / "manifest")
    copy.publish(delivery(3).model_copy(update={"digest": "otherdigest"}))
    assert copy.find("03digest") is None
    copy.publish(delivery(4).model_copy(update={"digest": "03digest"}))
    copy.publish(delivery(5))
    assert [copy.find(each).sequence for each in ("otherdigest", "03digest")] == [3, 4]


def test_a_draft_that_was_left_is_no_delivery(manifest: Manifest, tmp_path: Path) -> None:
    (tmp_path / "manifest" / "00000004.99.draft").write_text("{")
    assert states(manifest) == WHOLE


def test_upkeep_counts_until_the_next_delivery(manifest: Manifest) -> None:
    assert manifest.upkeep() is None
    for edition in (1, 2):
        manifest.publish_upkeep("put in order", AT, {"penalty": 10 + edition})
        assert manifest.tables() == {"penalty": 10 + edition}
        upkeep = manifest.upkeep()
        assert (upkeep.sequence, upkeep.edition, upkeep.done) == (3, edition, "put in order")
    assert states(manifest) == (3, {"penalty": 12}, *WHOLE[2:])
    manifest.publish(delivery(4))
    assert manifest.upkeep() is None
    assert manifest.tables() == {"penalty": 4}
    manifest.publish_upkeep("put in order", AT, {"penalty": 20})
    assert (manifest.upkeep().sequence, manifest.upkeep().edition) == (4, 1)


def test_upkeep_is_found_without_the_hint(manifest: Manifest, tmp_path: Path) -> None:
    manifest.publish_upkeep("put in order", AT, {"penalty": 11})
    (tmp_path / "manifest" / "newest").unlink()
    assert manifest.tables() == {"penalty": 11}


def test_a_number_that_another_writer_took_is_refused(manifest: Manifest, tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match=r"00000003\.json was published by another writer"):
        manifest.publish(delivery(3))
    assert states(manifest) == WHOLE
    assert not list((tmp_path / "manifest").glob("*.draft"))


@pytest.mark.parametrize(
    "counts", [{"accepted": 2}, {"duplicate": 0}, {"review": 1, "accepted": 1}]
)
def test_counts_that_do_not_add_up_are_refused(manifest: Manifest, counts: dict[str, int]) -> None:
    with pytest.raises(IntegrityError, match="1 rows were read but"):
        manifest.publish(delivery(4, **counts))
    assert states(manifest) == WHOLE
