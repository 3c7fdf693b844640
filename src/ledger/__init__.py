"""The operational database: promotions, grade history, keys and accounts, audit."""

from .alerts import Alerts
from .backup import backup, restore
from .deliveries import Deliveries, Sent
from .engine import connected, file_of, shown
from .history import Change, History, Remembered, Run
from .holdings import ACCOUNTS, FAILURES, KEYS, PENDING, SESSIONS, WEBHOOKS, Holding
from .jobs import JobRequest, JobRun, Jobs
from .lease import Lease
from .ledger import Ledger, Step
from .postings import FOLDED, REFUSED, Outcome, Posting, Postings, Settlement
from .promotions import Promotion, Promotions, SignOff, Trial
from .revision import HEAD, REVISIONS, Standing, downgrade, prepare, standing, upgrade
from .trail import Entry, Finding, Note, Pace, Page, Place, Proof, Sought, Verification, verify

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
    "WEBHOOKS",
    "Alerts",
    "Change",
    "Deliveries",
    "Entry",
    "Finding",
    "History",
    "Holding",
    "JobRequest",
    "JobRun",
    "Jobs",
    "Lease",
    "Ledger",
    "Note",
    "Outcome",
    "Pace",
    "Page",
    "Place",
    "Posting",
    "Postings",
    "Promotion",
    "Promotions",
    "Proof",
    "Remembered",
    "Run",
    "Sent",
    "Settlement",
    "SignOff",
    "Sought",
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
