"""Notices: a draft until it is confirmed, and afterwards what was served, whatever follows."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from xinheng.archive import Archive
from xinheng.core.time import day
from xinheng.earlywarning.downgrading import Desk, notice
from xinheng.earlywarning.enterprises.document import Served
from xinheng.earlywarning.enterprises.warningpolicy import WarningPolicy
from xinheng.ledger import Ledger
from xinheng.ledger.downgrades import Act, Downgrade, Draft, Ground

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)  # a Monday
SERVED = {"document": "警7号", "method": "direct", "delivered": "2026-03-02"}
PLANNED = Served(day("2026-03-03"), "警9号")
POLICY = WarningPolicy.default()
FROM = "effective_from = 2000-01-01"
BEFORE = POLICY.text.replace(FROM, f"{FROM}\neffective_to = 2026-03-04")
AFTER = (
    POLICY.text[POLICY.text.index("[[edition]]") :]
    .replace(FROM, "effective_from = 2026-03-05")
    .replace("design-1", "design-2")
    .replace("working_days = 5", "working_days = 9")
)


class Told:
    """An archive that knows the name of an enterprise, which changed on a day."""

    def credit_file(self, code: str, as_of: int, kinds: tuple[str, ...]) -> list[Any]:
        assert (code, kinds) == ("E1", ("enterprise",))
        name = "甲食品厂" if as_of < day("2026-03-05") else "乙食品厂"
        names = {"withdrawn": "丙食品厂", "in_force": name}
        return [SimpleNamespace(state=state, personal={"name": n}) for state, n in names.items()]

    def lineage(self, _: int) -> dict[int, Any]:
        return {}


@pytest.fixture
def ledger():
    found = Ledger("sqlite://")
    yield found
    found.close()


def drafted(ledger: Ledger) -> Downgrade:
    grounds = tuple(
        Ground(rule="unsafe_sample", records=(record,), since=day("2026-03-01"), basis="design",
               text={"zh": f"不合格{record}", "en": f"failed {record}"})
        for record in ("r1", "r2")
    )  # fmt: skip
    draft = Draft(number=7, enterprise="E1", as_of=day("2026-03-02"), grounds=grounds, level="D",
                  days=90, basis="design")  # fmt: skip
    [made] = Desk(ledger.downgrades, POLICY).draft([draft], at=NOW, actor="watch")
    return made.case


def act(ledger: Ledger, case: Downgrade, what: Act, who: str = "li", days: int = 0, **said: Any):
    at = NOW + timedelta(days=days)
    return Desk(ledger.downgrades, POLICY).act(case.id, what, said, at=at, actor=who)


def page(found: Downgrade, policy: WarningPolicy = POLICY, planned: Served | None = None) -> str:
    return notice(found, cast(Archive, Told()), policy, planned=planned)


def test_it_is_a_draft_without_a_last_day_until_it_is_confirmed(ledger: Ledger) -> None:
    case = drafted(ledger)
    proposed = act(ledger, case, Act.CONFIRM)
    for each in (case, proposed):
        told = page(each, planned=PLANNED)
        assert "草稿" in told
        assert "DRAFT" in told.upper()
        assert "警9号" not in told
        assert "2026-03-10" not in told
    confirmed = act(ledger, case, Act.AGREE, "wang")
    assert "草稿" in page(confirmed)
    told = page(confirmed, planned=PLANNED)
    assert "草稿" not in told
    assert "警9号" in told
    assert "2026-03-10" in told
    assert "甲食品厂" in told
    assert "丙食品厂" not in told


def test_a_rejected_draft_is_never_planned(ledger: Ledger) -> None:
    rejected = act(ledger, drafted(ledger), Act.REJECT, reason="误报")
    assert "草稿" in page(rejected, planned=PLANNED)


def test_what_was_served_stays_what_was_served(ledger: Ledger) -> None:
    case = drafted(ledger)
    act(ledger, case, Act.CONFIRM)
    act(ledger, case, Act.AGREE, "wang")
    served = act(ledger, case, Act.SERVE, **SERVED)
    before = page(served)
    assert "警7号" in before
    assert "2026-03-09" in before
    assert "不合格r1" in before
    act(ledger, case, Act.STATE, days=4, received="2026-03-05")
    dropped = case.grounds[0].identity
    said = {"answer": "amended", "reason": "一项已撤销", "level": "C", "dropped": [dropped]}
    act(ledger, case, Act.ANSWER, days=7, **said)
    after = act(ledger, case, Act.AGREE, "wang", days=7)
    assert (after.level, len(after.grounds)) == ("C", 1)
    assert page(after, planned=PLANNED) == before
    assert page(after, WarningPolicy.parse(BEFORE + "\n" + AFTER, "mine.toml")) == before
