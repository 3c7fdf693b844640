"""The operational database: promotions, grade history, audit."""

from .alerts import Alerts
from .backup import backup, restore
from .engine import connected, file_of, shown
from .history import Change, History, Remembered, Run
from .lease import Lease
from .ledger import Ledger
from .postings import FOLDED, REFUSED, Outcome, Posting, Postings
from .promotions import Promotion, Promotions, SignOff, Trial
from .revision import HEAD, REVISIONS, Standing, downgrade, prepare, standing, upgrade
from .trail import Finding, Note, Pace, Proof, Verification, verify

__all__ = [
    "FOLDED",
    "HEAD",
    "REFUSED",
    "REVISIONS",
    "Alerts",
    "Change",
    "Finding",
    "History",
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
