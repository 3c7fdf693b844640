"""Content: what an act on a warning has to say, whatever the policy."""

from ...core import time
from ...core.errors import InvalidError
from .acts import Act, Answer, Service
from .downgrade import Downgrade, Event, follow, refusal
from .draft import check_days
from .severity import severity

__all__ = ["step"]

REASONED = frozenset({Act.AMEND, Act.REJECT, Act.REFUSE, Act.ANSWER, Act.LIFT, Act.NOTE})
"""Acts that nobody does without saying why, or what."""
CONFIRMING = frozenset({Act.CONFIRM, Act.AMEND, Act.AGREE})


def step(found: Downgrade, event: Event) -> Downgrade:
    """Return a warning after one more act.

    Raises
    ------
    InvalidError, NotFoundError
        If the act is not allowed in its state, to anybody or to this person, or what it says is
        not enough or does not fit.
    """
    why = refusal(found, event.act, event.actor)
    if why:
        raise InvalidError(f"warning {found.id}: {why}")
    if event.act in REASONED and not event.detail.get("reason"):
        raise InvalidError(f"to {event.act} warning {found.id}, give a reason")
    match event.act:
        case Act.AMEND:
            _check_amendment(found, event)
        case Act.SERVE:
            _check_service(found, event)
        case Act.STATE:
            _check_statement(found, event)
        case Act.ANSWER:
            _check_answer(found, event)
    return follow(found, event)


def _check_amendment(found: Downgrade, event: Event) -> None:
    """Refuse to amend nothing, or all grounds away."""
    told, known = event.detail, {each.identity for each in found.grounds}
    dropped = set(told.get("dropped", ()))
    severity(str(told.get("level", found.level)))
    check_days(int(told.get("period", found.period)))
    if dropped - known or dropped == known:
        raise InvalidError(
            f"warning {found.id}: the grounds that are dropped have to be some of those that it "
            f"rests on, and not all, {', '.join(sorted(known))}; without any, reject it"
        )
    same = told.get("level", found.level) == found.level
    if same and told.get("period", found.period) == found.period and not dropped:
        raise InvalidError(f"warning {found.id}: nothing of it is amended; confirm it")


def _check_service(found: Downgrade, event: Event) -> None:
    """Refuse a service of which nobody knows how, by what and when."""
    told, delivered = event.detail, event.day("delivered")
    missing = [name for name in ("document", "method", "delivered", "due") if not told.get(name)]
    if delivered is None or missing:
        raise InvalidError(
            f"to serve warning {found.id}, give {', '.join(missing)}: the number of the document, "
            "how and on which day it was delivered, and the last day for a statement"
        )
    if told["method"] not in set(Service):
        raise InvalidError(
            f"{told['method']!r} is no way to serve; there are: {', '.join(Service)}"
        )
    decided = next(each for each in reversed(found.events) if each.act in CONFIRMING).today
    _check_day("delivered", delivered, decided, event.today)


def _check_statement(found: Downgrade, event: Event) -> None:
    """Refuse a statement that came before the service, after the deadline, or after its answer."""
    served, received = found.last(Act.SERVE), event.day("received")
    if received is None or served is None or found.deadline is None:
        raise InvalidError(f"to note a statement on warning {found.id}, give the day of receipt")
    if found.last(Act.ANSWER) is not None and event.today > found.deadline:
        raise InvalidError(
            f"warning {found.id}: a statement was answered, and the last day for another one was "
            f"{time.show(found.deadline)}; what is new since is a reason to lift the warning"
        )
    first = served.day("delivered") or served.today
    _check_day("received", received, first, min(event.today, found.deadline))


def _check_answer(found: Downgrade, event: Event) -> None:
    """Refuse an answer by which the enterprise would be worse off for having spoken."""
    told = event.detail
    if told.get("answer") not in set(Answer):
        raise InvalidError(
            f"{told.get('answer')!r} answers no statement; there are: {', '.join(Answer)}"
        )
    level, period = str(told.get("level", found.level)), int(told.get("period", found.period))
    if told["answer"] != Answer.AMENDED:
        if (level, period) != (found.level, found.period) or told.get("dropped"):
            raise InvalidError(f"warning {found.id}: what is {told['answer']} is not amended")
        return
    _check_amendment(found, event)
    if severity(level) > severity(found.level) or period > found.period:
        raise InvalidError(
            f"warning {found.id}: {level} for {period} days is severer than {found.level} for "
            f"{found.period}; nobody is worse off for a statement (行政处罚法 §45)"
        )


def _check_day(name: str, day: int, first: int, last: int) -> None:
    if not first <= day <= last:
        raise InvalidError(
            f"{name} {time.show(day)}: expected a day from {time.show(first)} to {time.show(last)}"
        )
