"""Remedies: what leads to a better level."""

from ...core import time
from ...core.errors import PolicyError
from ...explaining import Actions, find_remedies
from ..answers import Language, Values, remedies_values
from ..live.service import Service
from ..problem import ProblemError, sentence

__all__ = ["check_actions", "remedies"]


def check_actions(day: int) -> None:
    """Refuse a day on which it is not known what could be done.

    Raises
    ------
    ProblemError
        If no edition of the actions was in force.
    """
    try:
        Actions.default().on(day)
    except PolicyError as error:
        raise ProblemError("no-policy", sentence(error)) from None


def remedies(
    service: Service, number: int, identifier: str, day: int, language: Language
) -> Values:
    """Return what an enterprise can do as of a day for a better level, and when it comes."""
    book, people = service.book, service.of.reviewed.of(number, day)
    found = find_remedies(
        book.scorer,
        book.events,
        number,
        day,
        references=book.references_before(day),
        previous=book.previous([number], day),
        origins=book.lineage(number, day),
        override=people.override,
        warning=people.warning,
    )
    return remedies_values(found, language) | {
        "enterprise": identifier,
        "as_of": time.show(day),
        "bundle": book.bundle.digest,
        "sequence": book.sequence,
    }
