"""Telling: why an act is refused, what others did meanwhile, and what is possible now."""

from ...core.errors import ConflictError
from .case import Case, Event

__all__ = ["overtaken", "told_now"]


def overtaken(case: Case, seen: int, actor: str) -> ConflictError:
    """Return the error of who acts on a version that is not the newest any more."""
    since = "; ".join(f"{event.actor}: {event.act}{_said(event)}" for event in case.events[seen:])
    happened = (
        f"since version {seen} this happened: {since}."
        if since
        else (f"there is no version {seen} yet, the newest is {case.version}.")
    )
    return ConflictError(told_now(case, actor, happened))


def told_now(case: Case, actor: str, what: str) -> str:
    """Return what is wrong, where a case stands, and what somebody can do to it now."""
    allowed = ", ".join(case.allowed(actor))
    return f"case {case.id}: {what} It is {case.state}; {actor} can now: {allowed}"


def _said(event: Event) -> str:
    told = [str(event.detail[name]) for name in ("decision", "level") if event.detail.get(name)]
    return f" ({' '.join(told)})" if told else ""
