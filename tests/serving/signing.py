"""A service that people sign in to, its clock, and browsers that ask it."""

from contextlib import closing, contextmanager

import pytest
from fastapi.testclient import TestClient

from xinheng.ledger import Ledger
from xinheng.serving import create_app
from xinheng.serving.access import Channels, Session, kept, open_desk, passes, totp

from .access.world import SUPERVISOR, WORDS, Clock
from .installation import HOSTS, NOW, installation

SAFE = "https://testserver"
NAME, DEVICE = "__Host-xinheng", "__Host-xinheng-device"
GUESS = "noodles of rice at noon"


class SignedInTo:
    """One service: `browser` opens a browser of its own, `desk` changes accounts."""

    def __init__(self, settings):
        self.settings = settings
        self.clock = Clock()
        self.clock.at = NOW
        self.app = create_app(settings, hosts=HOSTS, now=self.clock)
        self.addresses = iter(range(1, 250))

    @contextmanager
    def running(self, monkeypatch):
        """Run it; sessions are looked up at each request."""
        monkeypatch.setattr(passes, "FRESH", 0.0)
        with TestClient(self.app, raise_server_exceptions=False) as client:
            self.client = client
            yield self

    def browser(self, base=SAFE, address=None):
        """Return a browser that has signed in nowhere, at an address of its own."""
        address = address or f"192.0.2.{next(self.addresses)}"
        found = TestClient(
            self.app,
            base_url=base,
            client=(address, 50_000),
            raise_server_exceptions=False,
            follow_redirects=False,
        )
        found.portal = self.client.portal
        found.app_state.update(self.client.app_state)
        return found

    @contextmanager
    def desk(self):
        """Open the desk."""
        with (
            closing(Ledger.open(self.settings)) as ledger,
            open_desk(ledger, "wang", Channels.default(), self.clock) as desk,
        ):
            yield desk

    def add(self, name, grant=SUPERVISOR):
        """Add an account."""
        with self.desk() as desk:
            return desk.add(name, grant, WORDS)

    def anew(self):
        """Return it with an account `li` made anew, and nothing remembered."""
        with self.desk() as desk:
            accounts = desk.accounts
            for store in (accounts._store, desk.sessions._store, accounts._lockouts._store):
                for key, _ in list(store.rows()):
                    store.change(key, lambda _: None)
        self.add("li")
        return self

    def factor(self):
        """Give `li` a second factor, and return its secret."""
        with self.desk() as desk:
            secret = secret_of(desk.offer_second_factor("li"))
        with self.desk() as desk:
            desk.confirm_second_factor("li", self.code(secret))
        return secret

    def code(self, secret, late=0):
        """Return the code of a secret, now or so many steps later."""
        return totp.code_at(secret, int(self.clock().timestamp()) // 30 + late)

    def audited(self, subject):
        """Return what was written down of somebody."""
        with closing(Ledger.open(self.settings)) as ledger:
            return ledger.audited(subject)

    def sessions(self):
        """Return who is signed in."""
        with closing(Ledger.open(self.settings)) as ledger:
            return [session.actor for _, session in kept(ledger, Session).rows()]


@contextmanager
def running(folders):
    """Run a service of its own, in a folder that pytest makes."""
    service = SignedInTo(installation(folders.mktemp("people")))
    with pytest.MonkeyPatch.context() as monkeypatch, service.running(monkeypatch) as found:
        yield found


def secret_of(address):
    """Return the secret that an application reads from an address."""
    return address.partition("secret=")[2].partition("&")[0]


def enter(browser, name="li", password=WORDS, headers=None, **more):
    """Sign in."""
    return browser.post(
        "/v1/session", json={"name": name, "password": password} | more, headers=headers
    )


def entered(browser, *given, **more):
    """Sign in, and return the session."""
    response = enter(browser, *given, **more)
    assert response.status_code == 200, response.text
    return response.json()
