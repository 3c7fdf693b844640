"""The demonstration: a key of its own, so that a newcomer can ask; of use nowhere else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from ...core.errors import CredentialError, InvalidError
from ...core.settings import Settings
from ...ledger import Ledger, Note
from ..access import ApiKey, Grant, Keys, Role
from ..access.rows import Rows, kept

__all__ = ["HOLDER", "MARKER", "is_demonstration", "open_key", "refuse_keys"]

MARKER = "demo.json"
"""The file by which a folder is a demo's own."""
FILE = "demo.key"
HOLDER = "the demonstration"
CHANNEL = "program"
VALID = timedelta(days=90)

Clock = Callable[[], datetime]


def is_demonstration(settings: Settings) -> bool:
    """Tell whether an installation is the made-up city of `xinheng demo`."""
    return (settings.archive.parent / MARKER).is_file()


def open_key(settings: Settings, ledger: Ledger, now: Clock) -> Path:
    """Return the file of the demonstration's key, made anew where it is not there or is over.

    It is a supervisor's, for the made-up city only; nobody else on the machine can read the file.
    """
    path = settings.archive.parent / FILE
    if path.is_file() and _proves(ledger, path.read_text("ascii").strip(), now):
        return path
    path.unlink(missing_ok=True)
    with ledger.step() as step:
        keys = _keys(step, now)
        issued = keys.issue(HOLDER, Grant(Role.SUPERVISOR), CHANNEL, VALID, person=HOLDER)
        step.note(
            Note.of(
                at=now(),
                actor="xinheng serve",
                action="issue key",
                subject=f"key {issued.key.id}",
                detail={"holder": HOLDER, "grant": issued.key.grant.to_dict()},
            )
        )
        path.touch(0o600, exist_ok=False)
        path.write_text(issued.text + "\n", "ascii")
    return path


def refuse_keys(ledger: Ledger, now: Clock) -> None:
    """Refuse a ledger that has a valid key of the demonstration, before real grades are served.

    Raises
    ------
    InvalidError
        That names the key.
    """
    for key in _keys(ledger, now).all():
        if key.holder == HOLDER and key.valid(now()):
            raise InvalidError(
                f"the ledger has the demonstration's key {key.id}, which anybody may have seen, "
                "and the archive is not the demonstration's: revoke it first "
                f"(xinheng keys revoke {key.id})"
            )


def _proves(ledger: Ledger, text: str, now: Clock) -> bool:
    try:
        return _keys(ledger, now).verify(text).holder == HOLDER
    except CredentialError:
        return False


def _keys(rows: Rows, now: Clock) -> Keys:
    return Keys(kept(rows, ApiKey), now)
