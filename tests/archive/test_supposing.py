"""Records that are supposed are seen as if a department had delivered them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from xinheng.core.errors import NotFoundError
from xinheng.core.time import day

from .department import ALPHA, BETA, Bureau

NOW = datetime(2026, 6, 30, tzinfo=UTC)
TODAY = day("2026-06-30")
ROWS = (
    f"{ALPHA},P1,2025-12-03,2025-12-10,label,warning,0,",
    f"{ALPHA},P2,2026-02-20,2026-02-24,hygiene,stoppage,1.5,",
    f"{BETA},P1,2026-03-01,2026-03-02,label,warning,0,",
)
PENALTY = {
    "kind": "penalty", "number": "H1", "occurred": "2026-03-01", "known": "2026-03-02",
    "organ": "market", "food": "true", "violation": "recall", "penalty_kind": "fine", "fine": "3",
}  # fmt: skip
REPAIRED = {
    "kind": "lifecycle", "number": "P1", "of": "penalty", "change": "repaired",
    "occurred": "2026-05-01", "known": "2026-05-01",
}  # fmt: skip
DELIVERED = {
    "new": f"{ALPHA},H1,2026-03-01,2026-03-02,recall,fine,3,",
    "repaired": f"{ALPHA},P1,2026-05-01,2026-05-01,,,,repaired",
    "corrected": f"{ALPHA},P2,2026-02-20,2026-03-05,hygiene,fine,2,",
}
SUPPOSED: dict[str, dict[str, str | None]] = {
    "new": {**PENALTY},
    "repaired": {**REPAIRED},
    "corrected": {
        **PENALTY, "number": "P2", "occurred": "2026-02-20", "known": "2026-03-05",
        "violation": "hygiene", "fine": "2",
    },
}  # fmt: skip


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    found = Bureau(tmp_path)
    found.deliver(*ROWS)
    return found


def own(bureau: Bureau, identifier: str, **more: Any) -> Any:
    archive = bureau.archive
    return archive.events(enterprises=[archive.enterprise(identifier)], **more)


@pytest.mark.parametrize("which", [("new",), ("repaired",), ("corrected",), tuple(DELIVERED)])
def test_what_is_supposed_is_seen_as_what_is_delivered(bureau: Bureau, which: Any) -> None:
    before = own(bureau, ALPHA)
    records = [SUPPOSED[each] for each in which]
    found = bureau.archive.suppose(f"uscc:{ALPHA}", records, TODAY, NOW)
    assert (found.faults, found.known) == ((), ())
    assert found.view.vocabulary[: len(before.vocabulary)] == before.vocabulary
    bureau.deliver(*(DELIVERED[each] for each in which), at=NOW)
    after = own(bureau, ALPHA)
    assert found.view.table.equals(after.table)
    assert found.view.vocabulary == after.vocabulary


def test_what_came_after_the_last_delivery_to_see_is_not_seen(bureau: Bureau) -> None:
    found = bureau.archive.suppose(ALPHA, [PENALTY], TODAY, NOW)
    bureau.deliver(f"{ALPHA},P7,2026-04-01,2026-04-02,additive,fine,9,", at=NOW)
    again = bureau.archive.suppose(ALPHA, [PENALTY], TODAY, NOW, upto=1)
    kinds = [
        [each.view.vocabulary[stream] for stream in each.view.table["stream"].to_pylist()]
        for each in (found, again)
    ]
    assert sorted(kinds[0]) == sorted(kinds[1])
    assert ("penalty", "market.food.recall") in kinds[0]


def test_what_is_known_already_changes_nothing(bureau: Bureau) -> None:
    same = SUPPOSED["new"] | {
        "number": "P2", "occurred": "2026-02-20", "known": "2026-02-24", "violation": "hygiene",
        "penalty_kind": "stoppage", "fine": "1.5",
    }  # fmt: skip
    found = bureau.archive.suppose(ALPHA, [PENALTY, same], TODAY, NOW)
    assert found.known == (1,)
    assert bureau.archive.suppose(ALPHA, [same], TODAY, NOW).view.table.equals(
        own(bureau, ALPHA).table
    )


def test_a_fault_leaves_everything_as_it_is_and_names_its_record(bureau: Bureau) -> None:
    wrong = SUPPOSED["new"] | {"fine": "much", "known": "2026-06-30"}
    found = bureau.archive.suppose(ALPHA, [PENALTY, wrong, {"kind": "penalties"}], TODAY, NOW)
    assert [(each.place, each.field) for each in found.faults] == [(2, "kind")]
    found = bureau.archive.suppose(ALPHA, [PENALTY, wrong], TODAY, NOW)
    assert [(each.place, each.field, each.value) for each in found.faults] == [
        (1, "fine", "much"),
        (1, "known", "2026-06-30"),
    ]
    assert found.view.table.equals(own(bureau, ALPHA).table)


def test_an_enterprise_that_the_archive_lacks_has_no_records_to_suppose(bureau: Bureau) -> None:
    with pytest.raises(NotFoundError, match="no record of enterprise"):
        bureau.archive.suppose("nobody", [PENALTY], TODAY, NOW)
    assert bureau.archive.sequence == 1
