"""The operational database: promotions, grade history, keys and accounts, audit."""

from .alerts import Alerts
from .backup import backup, restore
from .engine import connected, file_of, shown
from .history import Change, History, Remembered, Run
from .holdings import ACCOUNTS, FAILURES, KEYS, PENDING, SESSIONS, Holding
from .lease import Lease
from .ledger import Ledger, Step
from .postings import FOLDED, REFUSED, Outcome, Posting, Postings
from .promotions import Promotion, Promotions, SignOff, Trial
from .revision import HEAD, REVISIONS, Standing, downgrade, prepare, standing, upgrade
from .trail import Entry, Finding, Note, Pace, Proof, Verification, verify

__all__ = [
    "ACCOUNTS",
    "FAILURES",
    "FOLDED",
    "HEAD",
    "KEYS",
    "PENDING",
    "REFUSED",
    "REVISIONS",
    "SESSIONS",
    "Alerts",
    "Change",
    "Entry",
    "Finding",
    "History",
    "Holding",
    "Lease",
    "Ledger",
    "Note",
    "Outcome",
    "Pace",
    "Posting",
    "Postings",
    "Promotion",
    "Promotions",
    "Proof",
    "Remembered",
    "Run",
    "SignOff",
    "Standing",
    "Step",
    "Trial",
    "Verification",
    "backup",
    "connected",
    "downgrade",
    "file_of",
    "prepare",
    "restore",
    "shown",
    "standing",
    "upgrade",
    "verify",
]
