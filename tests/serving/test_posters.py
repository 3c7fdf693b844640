"""Whoever posted a record does not decide alone on what rests on it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from xinheng.core.time import day_of
from xinheng.ledger.reviews import BY_HAND, Act
from xinheng.serving.access import Grant, Role
from xinheng.serving.problem import ProblemError
from xinheng.serving.reads import reviews

from ..archive.department import BETA
from .installation import NOW
from .keyed import asking
from .posting import by_kind, department, fresh, penalty, send
from .test_live import STILL
from .test_reviews import CONFIRM

TODAY = day_of(NOW)


def test_whoever_posted_a_record_does_not_decide_on_it(tmp_path: Path) -> None:
    own = fresh(tmp_path)
    with (
        asking(own, department("bureau"), pulse=STILL) as poster,
        asking(own, Grant(Role.SUPERVISOR), pulse=STILL) as client,
    ):
        told = send(poster, by_kind(penalty("H1", BETA, known="2026-06-20"))).json()
        live = client.app_state["live"]
        live.follow()
        service = live.service
        number = service.number(BETA, TODAY)
        posted, other = (_records(service, BETA, each) for each in ("H1", "P3"))
        found = service.ledger.postings.find(told["receipt"])
        assert found is not None
        actor = found[0].actor
        sender = _doing(actor, posted)
        case = reviews.open_case(service, number, BY_HAND, sender)
        case = reviews.act_on(service, case, Act.TAKE, None, sender)
        with pytest.raises(ProblemError, match="posted a record that it rests on"):
            reviews.act_on(service, case, Act.DECIDE, None, sender)
        done = reviews.act_on(service, case, Act.DECIDE, None, _doing(actor, other))
        assert done.state


def _records(service: Any, enterprise: str, number: str) -> list[str]:
    return [str(each.record) for each in service.archive.trace(number, enterprise)]


def _doing(actor: str, records: list[str]) -> reviews.Doing:
    whoever: Any = SimpleNamespace(author=actor)
    return reviews.Doing(whoever, "review", None, CONFIRM | {"records": records})
