"""Drafting: of a city, each ground once, after what is in force when it is kept."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from xinheng.archive import Archive
from xinheng.core.errors import ConflictError
from xinheng.core.time import day
from xinheng.earlywarning.downgrading import Desk, draft_city, escalate
from xinheng.earlywarning.enterprises.warningpolicy import WarningPolicy
from xinheng.features import Events
from xinheng.grading.dynamic import Gradings, open_gradings
from xinheng.ledger import Ledger
from xinheng.ledger.downgrades import Act, Draft, Ground, State

from ...archive.department import ALPHA
from ...serving.installation import installation

AS_OF = day("2026-03-01")
NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
POLICY = WarningPolicy.default()
Town = tuple[Ledger, Gradings]


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return installation(tmp_path_factory.mktemp("town"))


@pytest.fixture
def town(settings) -> Iterator[Town]:
    """A city in which production was stopped at one enterprise, and an empty ledger."""
    with closing(Ledger(settings.ledger)) as kept, closing(Ledger("sqlite://")) as ledger:
        yield ledger, open_gradings(settings, kept, threads=1)


def in_force(town: Town, level: str, record: str, days: int = 90) -> int:
    """Serve a warning on 2 February, which counts from the 10th on."""
    ledger, gradings = town
    archive, at = gradings.city.archive, datetime(2026, 2, 2, 4, tzinfo=UTC)
    ground = Ground(rule="unsafe_sample", records=(record,), since=AS_OF, basis="design",
                    text={"zh": "不合格", "en": "failed"})  # fmt: skip
    draft = Draft(number=archive.enterprise(ALPHA), enterprise=ALPHA, as_of=day("2026-02-02"),
                  grounds=(ground,), level=level, days=days, basis="design")  # fmt: skip
    desk = Desk(ledger.downgrades, POLICY)
    [made] = desk.draft([draft], at=at, actor="watch")
    served = {"document": "1", "method": "direct", "delivered": "2026-02-02"}
    desk.act(made.case.id, Act.CONFIRM, {}, at=at, actor="li")
    desk.act(made.case.id, Act.SERVE, served, at=at, actor="li")
    return made.case.id


def drafted(town: Town, at: datetime = NOW):
    ledger, gradings = town
    return draft_city(gradings, ledger.downgrades, POLICY, AS_OF, at=at, actor="rules")


def events(archive: Archive) -> Events:
    return Events.from_view(archive.events(enterprises=[archive.enterprise(ALPHA)]))


def test_what_is_known_already_is_not_proposed_again(town: Town) -> None:
    [first] = drafted(town).new
    assert (first.draft.enterprise, first.level) == (ALPHA, "C")
    assert [each.rule for each in first.grounds] == ["production_stopped"]
    assert drafted(town).drafts == ()


@pytest.mark.parametrize(("month", "follows"), [(3, True), (4, False)])
def test_what_ended_since_the_day_is_followed_by_nothing_and_stops_nobody(
    town: Town, month: int, *, follows: bool
) -> None:
    case = in_force(town, "A", "r1", days=30)
    [made] = drafted(town, NOW.replace(month=month)).new
    assert made.draft.follows == (case if follows else None)


def test_the_warning_that_is_escalated_is_the_one_that_was_asked_for(town: Town) -> None:
    (ledger, gradings), first = town, in_force(town, "A", "r1")
    newest = in_force(town, "B", "r2")
    found = ledger.downgrades.case(first, AS_OF)
    assert found.state is State.IN_FORCE
    archive = gradings.city.archive
    made = escalate(gradings, ledger.downgrades, POLICY, found, events(archive), at=NOW, actor="li")
    assert (made.draft.follows, made.level) == (first, "C")
    newer = ledger.downgrades.case(newest, AS_OF)
    with pytest.raises(ConflictError, match="no rule tells of anything new"):
        escalate(gradings, ledger.downgrades, POLICY, newer, events(archive), at=NOW, actor="li")


def test_what_is_no_milder_is_not_escalated(town: Town) -> None:
    (ledger, gradings), case = town, in_force(town, "C", "r1")
    found, seen = ledger.downgrades.case(case, AS_OF), events(gradings.city.archive)
    with pytest.raises(ConflictError, match="asks for worse than C"):
        escalate(gradings, ledger.downgrades, POLICY, found, seen, at=NOW, actor="li")
