"""Telling: why an act is refused, what others did meanwhile, and what is possible now."""

from ...core.errors import ConflictError
from .downgrade import Downgrade

__all__ = ["overtaken", "told_now"]


def overtaken(found: Downgrade, seen: int, actor: str) -> ConflictError:
    """Return the error of who acts on a version that is not the newest any more."""
    since = "; ".join(f"{event.actor}: {event.act}" for event in found.events[seen:])
    happened = (
        f"since version {seen} this happened: {since}."
        if since
        else f"there is no version {seen} yet, the newest is {found.version}."
    )
    return ConflictError(told_now(found, actor, happened))


def told_now(found: Downgrade, actor: str, what: str) -> str:
    """Return what is wrong, where a warning stands, and what somebody can do to it now."""
    allowed = ", ".join(found.allowed(actor))
    return f"warning {found.id}: {what} It is {found.state}; {actor} can now: {allowed}"
