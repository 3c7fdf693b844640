"""How the archive stands: every row has one fate, and sums are worked out by hand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.archive.entries import Delivery, FileCount
from xinheng.archive.overview import overview
from xinheng.archive.replay import LANDED
from xinheng.core.errors import NotFoundError
from xinheng.core.time import day

from .department import ALPHA, Bureau

BEGAN = datetime(2026, 6, 1, tzinfo=UTC)
GOOD = f"{ALPHA},P1,2026-01-10,2026-01-12,additive,warning,,"
BAD = f"{ALPHA},P2,2026-02-30,2026-03-01,additive,warning,,"
DRAFT = f"{ALPHA},P3,2026-02-20,2026-03-01,additive,draft,,"
NOBODY = ",P4,2026-02-20,2026-03-01,additive,warning,,"


def made(sequence: int, source: str, fates: tuple[int, int, int, int, int], **more) -> Delivery:
    accepted, duplicate, quarantined, review, skipped = fates
    file = FileCount(
        file="a",
        path="a.csv",
        sha256="0",
        rows=sum(fates),
        accepted=accepted,
        duplicate=duplicate,
        quarantined=quarantined,
        review=review,
        skipped={LANDED if more.get("replays") else "draft": skipped},
    )
    given_ = {"records": {}, "faults": {}, "tables": {}} | more
    return Delivery(
        sequence=sequence,
        source=source,
        department=f"office of {source}",
        digest=str(sequence),
        received=BEGAN + timedelta(sequence),
        files=(file,),
        **given_,
    )


def test_a_bureau_by_hand(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(GOOD, BAD, DRAFT, NOBODY)
    bureau.deliver(GOOD, GOOD.replace("P1", "P5").replace("01-12", "02-09"))
    [status] = bureau.archive.overview()
    rows = status.rows
    assert (rows.read, rows.accepted, rows.duplicate) == (6, 2, 1)
    assert (rows.quarantined, rows.review, rows.skipped) == (1, 1, 1)
    assert (status.deliveries, status.records["penalty"], status.waiting) == (2, 2, 2)
    assert status.lateness["penalty"] == [1, 1, 0, 0, 0]
    assert status.newest["penalty"] == day("2026-01-10")
    assert sum(status.faults.values()) == 1


FATES = st.tuples(*[st.integers(0, 9)] * 5)


@given(st.lists(st.tuples(st.sampled_from("abc"), FATES), max_size=12))
def test_every_row_has_one_fate(deliveries) -> None:
    listed = [made(n + 1, source, fates) for n, (source, fates) in enumerate(deliveries)]
    found = overview(listed)
    assert [each.source for each in found] == list(dict.fromkeys(s for s, _ in deliveries))
    assert all(each.rows.read == each.rows.settled for each in found)
    assert sum(each.rows.read for each in found) == sum(sum(fates) for _, fates in deliveries)


def test_rows_tried_again_no_longer_wait() -> None:
    first = made(1, "a", (5, 0, 3, 1, 0))
    again = made(2, "a", (2, 0, 2, 0, 5), replays=1)
    [status] = overview([first, again])
    assert (status.rows.read, status.rows.settled, status.again) == (13, 13, 4)
    assert (status.waiting, status.replays, status.rows.skipped) == (2, 1, 0)


def test_one_department_or_kind() -> None:
    more = {"lateness": {"penalty": (1, 0, 0, 0, 1), "award": (3, 0, 0, 0, 0)}}
    listed = [
        made(1, "court", (1, 0, 0, 0, 0)),
        made(2, "market", (5, 0, 0, 0, 0), records={"penalty": 2, "award": 3}, **more),
        made(3, "market-west", (1, 0, 0, 0, 0)),
    ]
    assert [each.source for each in overview(listed, "market")] == ["market"]
    assert [each.source for each in overview(listed, "OFFICE OF m")] == ["market", "market-west"]
    [only] = overview(listed, kind="penalty")
    assert (dict(only.records), only.late) == ({"penalty": 2}, [1, 0, 0, 0, 1])
    with pytest.raises(NotFoundError, match="did you mean 'court'"):
        overview(listed, "cuort")
    with pytest.raises(NotFoundError, match="record kind"):
        overview(listed, kind="penalties")
