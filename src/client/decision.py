"""Decisions on a grade, as whoever reviews it says them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal

from ..serving.answers import Level

__all__ = ["Decision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is decided on a grade.

    To `override` takes `level`, `until`, `basis`, and `records` or `documents`; to `send_back`
    takes `faults` and `to`; `outcome` is of objections only.

    Parameters
    ----------
    decision
        `confirm`, `override` or `send_back`.
    reason_code, reason
        One of the codes of the review policy, and the reason in words.
    basis
        The law that it rests on.
    level, until
        The level that is to count, and the last day as of which it does.
    records, documents
        Numbers of records, as explanations have them, and of documents that are no records.
    faults, to
        What is wrong with records, each with `what` and perhaps its `record`, and the department
        that puts it right.
    outcome
        Of an objection: `upheld`, `partly` or `rejected`.

    Examples
    --------
    >>> Decision(decision="confirm", reason_code="as_found", reason="与现场一致").said()
    {'decision': 'confirm', 'reason_code': 'as_found', 'reason': '与现场一致'}
    """

    decision: Literal["confirm", "override", "send_back"]
    reason_code: str
    reason: str
    basis: str | None = None
    level: Level | None = None
    until: date | str | None = None
    records: Sequence[str] = ()
    documents: Sequence[str] = ()
    faults: Sequence[dict[str, str]] = ()
    to: str | None = None
    outcome: Literal["upheld", "partly", "rejected"] | None = None

    def said(self) -> dict[str, Any]:
        """Return what is said of it, by name."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in found.items() if value not in (None, ())}
