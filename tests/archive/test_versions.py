"""Versions of records, the days between which they stood, and fields that a kind had later."""

from pathlib import Path

import pytest

from xinheng.archive import Archive
from xinheng.core.errors import NotFoundError
from xinheng.core.time import NEVER, day

from ..earlywarning.bureau import Bureau

BEFORE = -401002899306148795
"""The digest of `LOT` before samples had a maker."""

LOT = "1,2025-03-01,2025-03-05,E1,1,tea,lead,contaminant,"


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)


def stood(archive: Archive, upto: int | None = None) -> list[tuple[str, int, int]]:
    table = archive.versions("sampling", ("item",), upto=upto).sort_by("available")
    days = (table[name].to_pylist() for name in ("item", "available", "withdrawn"))
    return list(zip(*days, strict=True))


def test_a_version_stands_until_another_or_until_it_is_taken_back(bureau: Bureau):
    bureau.deliver(sampling=[LOT])
    bureau.deliver(sampling=["1,2025-03-01,2025-03-20,E1,1,tea,cadmium,contaminant,"])
    bureau.deliver(lifecycle=["1,2025-03-25,2025-03-25,E1"])
    told, corrected, gone = day("2025-03-05"), day("2025-03-20"), day("2025-03-25")
    assert stood(bureau.archive) == [("lead", told, corrected), ("cadmium", corrected, gone)]
    assert stood(bureau.archive, upto=1) == [("lead", told, NEVER)]
    assert stood(bureau.archive, upto=0) == []


def test_a_kind_that_there_is_not_is_told(bureau: Bureau):
    with pytest.raises(NotFoundError, match="sampling"):
        bureau.archive.versions("samplings", ())


def test_records_are_named_as_their_departments_name_them(bureau: Bureau):
    bureau.deliver(sampling=[LOT], complaint=["7,2025-03-02,2025-03-02,E1,true,tea"])
    lot, call = (
        bureau.archive.versions(kind, ())["record"][0].as_py() for kind in ("sampling", "complaint")
    )
    kinds = ("sampling", "complaint", "recall")
    named = bureau.archive.called([lot, call, 12], kinds)
    assert named == {lot: ("sampling", "1"), call: ("complaint", "7")}
    assert bureau.archive.called([lot, call], ("recall", "sampling")) == {lot: ("sampling", "1")}
    assert bureau.archive.called([], kinds) == {}


def accepted(bureau: Bureau) -> int:
    counts = {each.file: each.accepted for each in bureau.archive.deliveries()[-1].files}
    return counts["sampling"]


def test_a_field_that_a_kind_had_later_makes_a_correction_only_where_it_is_filled(bureau: Bureau):
    """Digests of what records said before are kept as they were."""
    bureau.deliver(sampling=[LOT])
    content = bureau.archive.records("sampling")["content"].to_pylist()
    assert content == [BEFORE]
    for maker, new in (("", 0), ("Made-up Teas", 1), ("Made-up Teas", 0), ("Other Teas", 1)):
        bureau.deliver(
            sampling=[LOT + maker], complaint=[f"{new}{maker},2025-03-02,2025-03-02,E1,true,tea"]
        )
        assert accepted(bureau) == new
