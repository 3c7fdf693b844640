"""A service that people administer, each in a browser of their own, with a second factor."""

from contextlib import contextmanager

import pytest

from xinheng.serving.access import Grant, Role

from .access.world import WORDS
from .installation import installation
from .keyed import bearer, issue
from .signing import SignedInTo, entered, secret_of
from .test_problems import check

ADMINISTRATOR = Grant(Role.ADMINISTRATOR)
WAYS = {
    "reset": "reset",
    "drop factor": "drop-factor",
    "agree": "agree",
    "disable": "disable",
    "enable": "enable",
    "sign out": "sign-out",
}


class Administered(SignedInTo):
    """One service: `administrator` signs somebody in who administers it."""

    def anew(self):
        """Return it with two administrators and one supervisor, and nothing remembered."""
        super().anew()
        self.secrets = {}
        for name in ("wang", "zhao"):
            self.add(name, ADMINISTRATOR)
            self.give_factor(name)
        self.wang, self.zhao = Administrator(self, "wang"), Administrator(self, "zhao")
        return self

    def give_factor(self, name):
        """Give an account a second factor."""
        with self.desk() as desk:
            self.secrets[name] = secret_of(desk.offer_second_factor(name))
        with self.desk() as desk:
            desk.confirm_second_factor(name, self.code(self.secrets[name]))
        self.clock.wait(seconds=30)

    def account(self, name):
        """Return an account as it is kept."""
        with self.desk() as desk:
            return desk.accounts.find(name)

    def key(self, name):
        """Return a key as it is kept."""
        with self.desk() as desk:
            return desk.keys.find(name)

    def by(self, text):
        """Return a browser that asks by a key."""
        found = self.browser()
        found.headers.update(bearer(text, None))
        return found

    def issued(self, *given, **more):
        """Return the answer to a key that was issued and agreed to."""
        issued = self.wang.issue(*given, **more).json()
        assert self.zhao.agree_to_key(issued["key"]["id"]).status_code == 200
        return issued

    def invited(self, name="chen", role="inspector"):
        """Make an account that was agreed to, and return the code to set it up."""
        first = self.wang.add(name, role).json()["setup_code"]
        second = self.zhao.change(name, "agree").json()["setup_code"]
        return f"{first}-{second}"

    def set_up(self, name, code, password=WORDS):
        """Choose the password of an account."""
        body = {"name": name, "code": code, "new": password}
        return self.browser().post("/v1/session/set-up", json=body)

    def last(self, subject, action):
        """Return the last entry of the audit on something, by what was done to it."""
        return [row for row in self.audited(subject) if row["action"] == action][-1]


class Administrator:
    """Somebody who administers, in a browser."""

    def __init__(self, service, name, grant=None):
        self.service, self.name = service, name
        if grant is not None:
            service.add(name, grant)
            service.give_factor(name)
        self.browser = service.browser()
        self.enter()

    def enter(self):
        """Sign in."""
        code = self._code()
        self.browser.headers["X-CSRF-Token"] = entered(self.browser, self.name, code=code)["csrf"]

    def prove(self):
        """Prove again who it is."""
        body = {"password": WORDS, "code": self._code()}
        return self.browser.post("/v1/session/proof", json=body)

    def _code(self):
        self.service.clock.wait(seconds=30)
        return self.service.code(self.service.secrets[self.name])

    def get(self, url, **more):
        return self.browser.get(url, **more)

    def issue(self, role="department", days=30, **more):
        """Issue a key."""
        own = {"own": more.pop("own")} if "own" in more else {}
        bound = {"districts": ["440304"]} if role in {"department", "inspector"} else {}
        body = {"holder": "bureau", "grant": {"role": role} | bound | more, "days": days} | own
        return self.browser.post("/v1/keys", json=body)

    def rotate(self, key, **more):
        return self.browser.post(f"/v1/keys/{key}/rotate", json=more)

    def revoke(self, key):
        return self.browser.post(f"/v1/keys/{key}/revoke")

    def agree_to_key(self, key):
        return self.browser.post(f"/v1/keys/{key}/agree")

    def add(self, name="chen", role="inspector", person=None, **more):
        """Make an account."""
        bound = {"districts": ["440304"]} if role in {"department", "inspector"} else {}
        body = {"name": name, "grant": {"role": role} | bound | more, "person": person}
        return self.browser.post("/v1/accounts", json=body)

    def grant(self, name, role, **more):
        return self.browser.put(f"/v1/accounts/{name}/grant", json={"role": role} | more)

    def change(self, name, how):
        return self.browser.post(f"/v1/accounts/{name}/{WAYS[how]}")


@contextmanager
def administered(folders):
    """Run a service of its own, in a folder that pytest makes."""
    service = Administered(installation(folders.mktemp("administered")))
    with pytest.MonkeyPatch.context() as monkeypatch, service.running(monkeypatch) as found:
        yield found


def own_key(service, name):
    """Return the text of a key of an administrator, as it is made at the machine."""
    return issue(service.settings, ADMINISTRATOR, at=service.clock(), person=f"account {name}")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with administered(tmp_path_factory) as found:
        yield found


@pytest.fixture
def service(running):
    return running.anew()


@pytest.fixture
def wang(service):
    return service.wang


@pytest.fixture
def zhao(service):
    return service.zhao


def done(response, status=200):
    """Return the answer to what was done."""
    assert response.status_code == status, response.text
    return response.json()


def refused(response, status=403, kind="forbidden"):
    """Return why something was not done."""
    return check(response, status, kind)["detail"]
