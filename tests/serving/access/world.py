"""A clock that stands still until it is told, and people and keys around it."""

from datetime import UTC, datetime, timedelta

from xinheng.serving.access import (
    Account,
    Accounts,
    ApiKey,
    Cost,
    Failures,
    Grant,
    Keys,
    Lockouts,
    MemoryStore,
    Passwords,
    Role,
    Scope,
    Session,
    Sessions,
)
from xinheng.serving.access.rows import kept

START = datetime(2026, 6, 30, 8, 0, tzinfo=UTC)
CHEAP = Cost(passes=1, memory=8)
WORDS = "rice noodles in the morning"
SUPERVISOR = Grant(Role.SUPERVISOR)
BUREAU = Grant(Role.DEPARTMENT, Scope(districts=frozenset({"440304"})))


class Clock:
    """Tells the time that it was told."""

    def __init__(self):
        self.at = START

    def __call__(self):
        return self.at

    def wait(self, **span):
        self.at += timedelta(**span)


class CountingStore(MemoryStore):
    """A store that counts how often it is asked for a row."""

    def __init__(self):
        super().__init__()
        self.asked = 0

    def get(self, key):
        self.asked += 1
        return super().get(key)


class World:
    """Keys, accounts and sessions of one service."""

    def __init__(self):
        self.clock = Clock()
        self.open_stores()
        self.keys = Keys(self.key_store, self.clock)
        self.sessions = Sessions(self.session_store, self.clock)
        self.lockouts = Lockouts(self.failures, self.clock)
        self.accounts = self.accounts_at(CHEAP)

    def open_stores(self):
        self.key_store, self.session_store = CountingStore(), MemoryStore()
        self.account_store, self.failures = MemoryStore(), MemoryStore()

    def accounts_at(self, cost):
        passwords = Passwords(cost)
        return Accounts(self.account_store, passwords, self.lockouts, self.sessions, self.clock)

    def sign_in(self, name="li", password=WORDS, code="", **more):
        given = {"address": "192.0.2.1", "channel": "console"} | more
        return self.accounts.sign_in(name, password, code, **given)


class LedgerWorld(World):
    """The same, kept in a ledger."""

    def __init__(self, ledger):
        self.ledger = ledger
        super().__init__()

    def open_stores(self):
        self.key_store, self.session_store = kept(self.ledger, ApiKey), kept(self.ledger, Session)
        self.account_store, self.failures = kept(self.ledger, Account), kept(self.ledger, Failures)
