"""Calls about reviews and objections; each act names the version of the case that it rests on."""

from datetime import date
from typing import Any, TypedDict

from ...serving.answers import ObjectionAnswer, QueueAnswer, ReviewAnswer, ReviewPolicyAnswer
from ..call import Call, path
from ..decision import Decision
from .parts import Several, Version, do, get, given, several

__all__ = [
    "Queue",
    "enterprise_reviews",
    "object",
    "objection",
    "open_review",
    "review",
    "review_accept",
    "review_agree",
    "review_answer",
    "review_decide",
    "review_decline",
    "review_extend",
    "review_lift",
    "review_note",
    "review_notify",
    "review_policy",
    "review_refuse",
    "review_release",
    "review_retract",
    "review_take",
    "reviews",
    "withdraw_objection",
]

CASE = "/v1/reviews/{case}"
OBJECTION = "/v1/objections/{case}"


class Queue(TypedDict, total=False):
    """Which reviews are meant; see `reviews`."""

    state: Several
    district: str | None
    level: str | None
    cause: str | None
    overdue: bool


def reviews(
    *,
    state: Several = None,
    district: str | None = None,
    level: str | None = None,
    cause: str | None = None,
    overdue: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Call[QueueAnswer]:
    """Return the call for a page of the queue, those whose clock ends first before the others.

    Parameters
    ----------
    state
        Where they stand: one or several, of which any.
    district, level, cause
        Of the enterprise, of the grade that is reviewed, and why it is.
    overdue
        Only those whose clock has run out.
    after, limit
        Cursor, and how many at most.
    """
    return get(
        "reviews",
        "/v1/reviews",
        QueueAnswer,
        state=several(state),
        district=district,
        level=level,
        cause=cause,
        overdue="true" if overdue else None,
        after=after,
        limit=limit,
    )


def review_policy() -> Call[ReviewPolicyAnswer]:
    """Return the call for what is reviewed, by when, and by how many people."""
    return get("review_policy", "/v1/review-policy", ReviewPolicyAnswer)


def enterprise_reviews(identifier: str) -> Call[QueueAnswer]:
    """Return the call for the reviews of an enterprise."""
    where = path("/v1/enterprises/{identifier}/reviews", identifier=identifier)
    return get("enterprise_reviews", where, QueueAnswer)


def review(case: int) -> Call[ReviewAnswer]:
    """Return the call for a review with all that was done to it."""
    return get("review", path(CASE, case=case), ReviewAnswer)


def open_review(identifier: str, reason: str, key: str | None = None) -> Call[ReviewAnswer]:
    """Return the call that opens a review by hand."""
    body = {"enterprise": identifier, "reason": reason}
    return do("open_review", "/v1/reviews", ReviewAnswer, body, key)


def object(  # noqa: A001 what an enterprise does, as the route is named
    identifier: str,
    received: date | str,
    contests: str,
    evidence: Several = (),
    key: str | None = None,
) -> Call[ObjectionAnswer]:
    """Return the call that takes down an objection.

    Parameters
    ----------
    identifier
        The enterprise that objects.
    received
        The day on which it arrived, from which its clock runs.
    contests, evidence
        What it contests and why, and the numbers of the documents that it rests on.
    key
        By which it is taken down once; see `once`.
    """
    body = given(
        {
            "enterprise": identifier,
            "received": received,
            "contests": contests,
            "evidence": several(evidence) or (),
        }
    )
    return do("object", "/v1/objections", ObjectionAnswer, body, key)


def objection(case: int) -> Call[ObjectionAnswer]:
    """Return the call for what became of an objection."""
    return get("objection", path(OBJECTION, case=case), ObjectionAnswer)


def withdraw_objection(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[ObjectionAnswer]:
    """Return the call that withdraws an objection."""
    where = path(f"{OBJECTION}/withdraw", case=case)
    body = given({"reason": reason, "basis": basis})
    return do("withdraw_objection", where, ObjectionAnswer, body, key, version)


def review_accept(
    case: int, version: Version, reason: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that accepts an objection."""
    return _act("accept", case, version, key, reason=reason)


def review_decline(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that declines an objection."""
    return _act("decline", case, version, key, reason=reason, basis=basis)


def review_take(
    case: int, version: Version, reason: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that takes a review."""
    return _act("take", case, version, key, reason=reason)


def review_release(
    case: int, version: Version, reason: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that gives a review back to the queue."""
    return _act("release", case, version, key, reason=reason)


def review_extend(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that gives an objection more time."""
    return _act("extend", case, version, key, reason=reason, basis=basis)


def review_decide(
    case: int, version: Version, decision: Decision, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that decides on a grade."""
    return _act("decide", case, version, key, **decision.said())


def review_agree(
    case: int, version: Version, reason: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that agrees as the second person."""
    return _act("agree", case, version, key, reason=reason)


def review_refuse(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that refuses as the second person."""
    return _act("refuse", case, version, key, reason=reason, basis=basis)


def review_retract(
    case: int, version: Version, reason: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that takes back what one proposed."""
    return _act("retract", case, version, key, reason=reason)


def review_answer(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that tells that records are put right."""
    return _act("answer", case, version, key, reason=reason, basis=basis)


def review_lift(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that ends a level before its day."""
    return _act("lift", case, version, key, reason=reason, basis=basis)


def review_note(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that notes something."""
    return _act("note", case, version, key, reason=reason, basis=basis)


def review_notify(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[ReviewAnswer]:
    """Return the call that notes that the enterprise was told."""
    return _act("notify", case, version, key, reason=reason, basis=basis)


def _act(act: str, case: int, version: Version, key: str | None, **said: Any) -> Call[Any]:
    where = path(f"{CASE}/{{act}}", case=case, act=act)
    return do(f"review_{act}", where, ReviewAnswer, given(said), key, version)
