"""Keys for tests: what a program sends that asks as somebody."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from fastapi.testclient import TestClient

from xinheng.core.settings import Settings
from xinheng.ledger import Ledger
from xinheng.serving import create_app
from xinheng.serving.access import ApiKey, Grant, Keys, Role, Scope
from xinheng.serving.access.rows import kept

from .installation import HOSTS, NOW

SUPERVISOR = Grant(Role.SUPERVISOR)
YEAR = timedelta(days=365)
PEOPLE = count()


def held(role: Role, *districts: str, **scope: Any) -> Grant:
    """A grant of a role that is held to districts."""
    return Grant(role, Scope(districts=frozenset(districts), **scope))


@contextmanager
def keys_of(settings: Settings, at: datetime = NOW) -> Iterator[Keys]:
    """The keys of an installation at a moment."""
    with closing(Ledger(settings.ledger)) as ledger:
        yield Keys(kept(ledger, ApiKey), lambda: at)


def issue(
    settings: Settings, grant: Grant = SUPERVISOR, channel: str = "program", at: datetime = NOW,
    **more: Any,
) -> str:  # fmt: skip
    """Issue a key, of a person of its own, and return its text."""
    more = {"person": f"oidc tests/{next(PEOPLE)}"} | more
    with keys_of(settings, at) as keys:
        return keys.issue("a test", grant, channel, YEAR, **more).text


def rotate(settings: Settings, text: str, at: datetime = NOW) -> str:
    """Issue a key in the place of another, by its text, and return its own."""
    with keys_of(settings, at) as keys:
        return keys.rotate(keys.verify(text).id, YEAR).text


def bearer(text: str, purpose: str | None = "routine") -> dict[str, str]:
    """The headers of a request by a key."""
    named = {} if purpose is None else {"X-Purpose": purpose}
    return {"Authorization": f"Bearer {text}", **named}


def asking(
    settings: Settings, grant: Grant = SUPERVISOR, channel: str = "program", at: datetime = NOW,
    **more: Any,
) -> TestClient:  # fmt: skip
    """A client that asks by a key of its own; to be entered."""
    told = {name: more.pop(name) for name in ("now", "pulse") if name in more}
    headers = bearer(issue(settings, grant, channel, at, **more))
    app = create_app(settings, **{"hosts": HOSTS, "now": lambda: at, **told})
    return TestClient(app, raise_server_exceptions=False, headers=headers)
