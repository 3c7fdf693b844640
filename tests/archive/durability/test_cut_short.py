"""A file that was cut short on its way is explained or lands as far as it goes; the whole follows.

What stands after the whole file came is what would stand if the cut one had never come.
"""

import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from xinheng.archive import Archive, Receipt, Source
from xinheng.core.errors import XinhengError

from ..department import ALPHA, BETA, RECEIVED
from .formats import FORMATS, formatted, written
from .state import standing, state

ROWS = [
    *(
        [code, f"P{n}", f"2026-01-{n:02}", "2026-02-20", "label", "fine", f"{n}.25", "", "责令改正"]
        for n in range(1, 12)
        for code in (ALPHA, BETA)
    ),
    [ALPHA, "P3", "2026-01-03", "2026-03-01", "", "", "", "withdrawn", ""],
    [BETA, "P3", "2026-01-03", "2026-02-20", "label", "draft", "1", "", ""],
    [BETA, "P4", "2026-01-04", "2026-02-20", "label", "fine", "4.25", "", "责令改正"],
    [BETA, "P99", "2026-01-04", "2026-02-20", "label", "scolding", "1", "", "训斥"],
    ["", "P98", "2026-01-04", "2026-02-20", "label", "fine", "1", "", "无代码"],
    [BETA, "P97", "2026-01-04", "2026-02-20", "label", "fine", "97", "", "12.5"],
]


def add_up(receipt: Receipt) -> None:
    """Hold the counts of a delivery against each other."""
    for file in receipt.delivery.files:
        fates = file.accepted + file.duplicate + file.quarantined + file.review
        assert fates + sum(file.skipped.values()) == file.rows


def take(archive: Archive, source: Source, folder: Path) -> Receipt | None:
    """Take a delivery in; None if it is refused with words for people."""
    try:
        receipt = archive.ingest(source, folder, RECEIVED)
    except XinhengError as error:
        assert len(str(error)) > 20  # noqa: PT017 (either may happen)
        return None
    add_up(receipt)
    return receipt


def cut_at(lengths: Iterable[int], form: str, folder: Path) -> set[str]:
    """Deliver a file cut at many lengths, each to an archive of its own, and then the whole."""
    source = formatted(folder / "sources", form)
    whole = written(folder / "whole", form, ROWS)
    alone = Archive(folder / "alone")
    landed = alone.ingest(source, whole.parent, RECEIVED)
    add_up(landed)
    expected, happened = standing(alone.folder), set()
    for length in lengths:
        cut = folder / f"{length}" / whole.name
        cut.parent.mkdir()
        cut.write_bytes(whole.read_bytes()[:length])
        archive = Archive(folder / f"{length}" / "archive")
        first = take(archive, source, cut.parent)
        happened.add("refused" if first is None else "landed")
        assert first is not None or archive.sequence == 0
        before = archive.sequence
        second = archive.ingest(source, whole.parent, RECEIVED)
        add_up(second)
        where = f"{form} cut at {length} of {whole.stat().st_size} bytes"
        assert standing(archive.folder) == expected, where
        assert archive.verify() == [], where
        if first is None:
            assert state(archive.folder).deliveries == state(alone.folder).deliveries
        else:
            _same_rows(first, second, landed, where)
            assert archive.sequence == before + 1
    return happened


def _same_rows(first: Receipt, second: Receipt, alone: Receipt, where: str) -> None:
    """Hold the second delivery against what it would have been alone."""
    [cut], [now], [then] = (each.delivery.files for each in (first, second, alone))
    assert (now.rows, now.sha256) == (then.rows, then.sha256), where
    assert (now.quarantined, now.review, now.skipped) == (
        then.quarantined,
        then.review,
        then.skipped,
    )
    assert now.accepted + now.duplicate == then.accepted + then.duplicate, where
    assert cut.accepted + now.accepted in {then.accepted, then.accepted + 1}, where


def spread(size: int, count: int, rng: random.Random) -> list[int]:
    """Return lengths over a file, its very beginning and its last byte among them."""
    return sorted({0, size - 1, *rng.sample(range(size), count)})


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_cut_short_does_not_stand_in_the_way_of_the_whole(
    form: str, rng: random.Random, tmp_path: Path
) -> None:
    size = written(tmp_path / "size", form, ROWS).stat().st_size
    assert "refused" in cut_at(spread(size, 1, rng), form, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_a_file_cut_anywhere_does_not_stand_in_the_way_of_the_whole(
    form: str, rng: random.Random, tmp_path: Path
) -> None:
    size = written(tmp_path / "size", form, ROWS).stat().st_size
    happened = cut_at(spread(size, 40, rng), form, tmp_path)
    texts = form.startswith(("csv", "json"))
    assert happened == ({"refused", "landed"} if texts else {"refused"})
