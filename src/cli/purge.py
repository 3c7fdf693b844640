"""The command that removes what is over: sessions, failures to sign in, sign-ins not ended."""

from datetime import timedelta

from ..terminal import answer
from .desk import clock, the_ledger
from .options import AsJson

__all__ = ["purge"]


def purge(as_json: AsJson = False) -> None:
    """Remove sessions, failures to sign in and begun sign-ins that are over; for every night.

    Keys and accounts stay, revoked or disabled ones too: the audit names them.
    """
    from ..core.settings import load_settings
    from ..serving.access import purge as run

    with the_ledger() as ledger:
        found = run(ledger, clock, timedelta(minutes=load_settings().session_idle))
    words = ", ".join(f"{count:,} {what}" for what, count in found.items())
    answer(as_json, found, lambda console: console.print(f"removed: {words}"))
