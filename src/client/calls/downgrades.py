"""Calls about downgrade warnings; each act names the version of the warning that it rests on."""

from dataclasses import replace
from datetime import date
from typing import Any, TypedDict

from ...serving.answers import DowngradeAnswer, DowngradesAnswer, Level, ServedAnswer
from ..call import Call, path
from .parts import Several, Version, do, get, given, several

__all__ = [
    "Waiting",
    "downgrade",
    "downgrade_agree",
    "downgrade_amend",
    "downgrade_answer",
    "downgrade_confirm",
    "downgrade_document",
    "downgrade_escalate",
    "downgrade_lift",
    "downgrade_note",
    "downgrade_refuse",
    "downgrade_reject",
    "downgrade_retract",
    "downgrade_serve",
    "downgrade_state",
    "downgrades",
    "enterprise_downgrades",
    "served_downgrade",
]

CASE = "/v1/downgrades/{case}"


class Waiting(TypedDict, total=False):
    """Which warnings are meant; see `downgrades`."""

    state: Several
    district: str | None
    overdue: bool


def downgrades(
    *,
    state: Several = None,
    district: str | None = None,
    overdue: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Call[DowngradesAnswer]:
    """Return the call for a page of the queue, those whose clock ends first before the others.

    Parameters
    ----------
    state
        Where they stand: one or several, of which any.
    district
        Of the enterprise.
    overdue
        Only those whose clock has run out.
    after, limit
        Cursor, and how many at most.
    """
    return get(
        "downgrades",
        "/v1/downgrades",
        DowngradesAnswer,
        state=several(state),
        district=district,
        overdue="true" if overdue else None,
        after=after,
        limit=limit,
    )


def enterprise_downgrades(identifier: str) -> Call[DowngradesAnswer]:
    """Return the call for the downgrade warnings of an enterprise."""
    where = path("/v1/enterprises/{identifier}/downgrades", identifier=identifier)
    return get("enterprise_downgrades", where, DowngradesAnswer)


def downgrade(case: int) -> Call[DowngradeAnswer]:
    """Return the call for a downgrade warning with all that was done to it."""
    return get("downgrade", path(CASE, case=case), DowngradeAnswer)


def downgrade_document(
    case: int, delivered: date | str | None = None, reference: str | None = None
) -> Call[str]:
    """Return the call for the document of a downgrade warning, as HTML.

    Parameters
    ----------
    case
        Number of the warning.
    delivered, reference
        The day on which it is to be served, and the number of the document, before it is.
    """
    where = path(f"{CASE}/document", case=case)
    return get("downgrade_document", where, str, delivered=delivered, reference=reference)


def served_downgrade(case: int, code: str | None = None) -> Call[ServedAnswer]:
    """Return the call for a served warning, as its enterprise is told of it.

    Parameters
    ----------
    case
        Number of the warning.
    code
        On the document; who reads grades needs none.
    """
    where = path(f"{CASE}/served", case=case)
    return Call("served_downgrade", "GET", where, ServedAnswer, headers=_by(code))


def downgrade_state(
    case: int,
    version: Version,
    received: date | str,
    statement: str,
    evidence: Several = (),
    code: str | None = None,
    key: str | None = None,
) -> Call[ServedAnswer]:
    """Return the call that takes down what an enterprise states on a downgrade warning.

    Parameters
    ----------
    case, version
        Number of the warning, and the version that was seen.
    received, statement, evidence
        The day on which it arrived, what it says, and the numbers of documents that it rests on.
    code
        On the document; who reads grades needs none.
    key
        By which it is taken down once; see `once`.
    """
    said = {"received": received, "statement": statement, "evidence": several(evidence) or ()}
    where = path(f"{CASE}/state", case=case)
    call = do("downgrade_state", where, ServedAnswer, given(said), key, version)
    return replace(call, headers={**call.headers, **_by(code)})


def downgrade_escalate(case: int) -> Call[DowngradeAnswer]:
    """Return the call that drafts a severer warning on what is new since."""
    where = path(f"{CASE}/escalate", case=case)
    return Call("downgrade_escalate", "POST", where, DowngradeAnswer)


def downgrade_confirm(
    case: int, version: Version, reason: str | None = None, key: str | None = None
) -> Call[DowngradeAnswer]:
    """Return the call that confirms a downgrade warning."""
    return _act("confirm", case, version, key, reason=reason)


def downgrade_amend(
    case: int,
    version: Version,
    reason: str,
    level: Level | None = None,
    period: int | None = None,
    dropped: Several = (),
    key: str | None = None,
) -> Call[DowngradeAnswer]:
    """Return the call that confirms it with another level, period or fewer grounds."""
    return _act(
        "amend",
        case,
        version,
        key,
        reason=reason,
        level=level,
        period=period,
        dropped=several(dropped) or None,
    )


def downgrade_reject(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[DowngradeAnswer]:
    """Return the call that rejects a downgrade warning."""
    return _act("reject", case, version, key, reason=reason, basis=basis)


def downgrade_agree(
    case: int, version: Version, reason: str | None = None, key: str | None = None
) -> Call[DowngradeAnswer]:
    """Return the call that agrees as the second person."""
    return _act("agree", case, version, key, reason=reason)


def downgrade_refuse(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[DowngradeAnswer]:
    """Return the call that refuses as the second person."""
    return _act("refuse", case, version, key, reason=reason, basis=basis)


def downgrade_retract(
    case: int, version: Version, reason: str | None = None, key: str | None = None
) -> Call[DowngradeAnswer]:
    """Return the call that takes back what one proposed."""
    return _act("retract", case, version, key, reason=reason)


def downgrade_serve(
    case: int,
    version: Version,
    document: str,
    method: str,
    delivered: date | str,
    reason: str | None = None,
    key: str | None = None,
) -> Call[DowngradeAnswer]:
    """Return the call that notes that a downgrade warning was served."""
    return _act(
        "serve",
        case,
        version,
        key,
        document=document,
        method=method,
        delivered=delivered,
        reason=reason,
    )


def downgrade_answer(
    case: int,
    version: Version,
    answer: str,
    reason: str,
    basis: str | None = None,
    level: Level | None = None,
    period: int | None = None,
    dropped: Several = (),
    key: str | None = None,
) -> Call[DowngradeAnswer]:
    """Return the call that answers the statement of the enterprise."""
    return _act(
        "answer",
        case,
        version,
        key,
        answer=answer,
        reason=reason,
        basis=basis,
        level=level,
        period=period,
        dropped=several(dropped) or None,
    )


def downgrade_lift(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[DowngradeAnswer]:
    """Return the call that ends a downgrade warning before its day."""
    return _act("lift", case, version, key, reason=reason, basis=basis)


def downgrade_note(
    case: int, version: Version, reason: str, basis: str | None = None, key: str | None = None
) -> Call[DowngradeAnswer]:
    """Return the call that notes something on a downgrade warning."""
    return _act("note", case, version, key, reason=reason, basis=basis)


def _act(act: str, case: int, version: Version, key: str | None, **said: Any) -> Call[Any]:
    where = path(f"{CASE}/{{act}}", case=case, act=act)
    return do(f"downgrade_{act}", where, DowngradeAnswer, given(said), key, version)


def _by(code: str | None) -> dict[str, str]:
    return {} if code is None else {"Document-Code": code}
