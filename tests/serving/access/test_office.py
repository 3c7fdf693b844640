"""The office: two who act at the same moment, on either database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from threading import Barrier

import pytest

from xinheng.core.errors import ConflictError, ForbiddenError
from xinheng.ledger import Ledger
from xinheng.serving.access import (
    Channels,
    Grant,
    Office,
    Permission,
    Principal,
    Role,
    open_desk,
)

from .world import WORDS

NOW = datetime(2026, 6, 30, tzinfo=UTC)
ADMINISTRATOR = Grant(Role.ADMINISTRATOR)


@pytest.fixture
def ledgers(url: str) -> Iterator[tuple[Ledger, Ledger]]:
    """The same ledger twice, as two processes have it, with two who administer."""
    with closing(Ledger(url)) as one, closing(Ledger(url)) as other:
        with open_desk(one, "root", Channels.default(), lambda: NOW) as desk:
            for name in ("wang", "zhao"):
                desk.add(name, ADMINISTRATOR, WORDS)
        yield one, other


def disabled(ledger: Ledger, who: str, whom: str, barrier: Barrier) -> str:
    """Let somebody disable somebody, at the moment at which another does."""
    actor = f"account {who}"
    principal = Principal(actor, ADMINISTRATOR, "console", "session", actor)
    barrier.wait()
    try:
        with open_desk(ledger, actor, Channels.default(), lambda: NOW) as desk:
            office = Office(desk, principal)
            office.require(Permission.MANAGE_ACCOUNTS)
            office.disable(whom)
    except (ConflictError, ForbiddenError) as error:
        return type(error).__name__
    return "disabled"


@pytest.mark.parametrize("again", range(3))
def test_two_who_disable_each_other_do_not_leave_nobody(
    ledgers: tuple[Ledger, Ledger],
    again: int,  # noqa: ARG001 what happens at once does not always
) -> None:
    barrier = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        tried = [
            pool.submit(disabled, ledger, who, whom, barrier)
            for ledger, who, whom in zip(ledgers, ("wang", "zhao"), ("zhao", "wang"), strict=True)
        ]
        found = sorted(each.result() for each in tried)
    assert found == ["ForbiddenError", "disabled"]
    with open_desk(ledgers[0], "root", Channels.default(), lambda: NOW) as desk:
        assert sum(each.in_use for each in desk.accounts.all()) == 1
