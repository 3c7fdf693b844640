"""Explanations: in full, in short, and the records behind."""

from ...explaining import Explanation, explain
from ..answers import (
    Language,
    Values,
    explanation_values,
    records_values,
    short_explanation_values,
)
from ..live.service import Service
from .grades import run_of_grade

__all__ = ["full", "records", "short"]

STRONGEST = 8


def full(service: Service, number: int, identifier: str, day: int, language: Language) -> Values:
    """Return why an enterprise has its grade as of a day."""
    found = _explained(service, number, day, STRONGEST)
    run = run_of_grade(service, number, found.grade)
    people = service.of.reviewed.of(number, day)
    return explanation_values(found, identifier, service.book.sequence, run, language, people)


def short(service: Service, number: int, identifier: str, day: int, language: Language) -> Values:
    """Return the same in short, with no records behind it."""
    found = _explained(service, number, day, 0)
    run = run_of_grade(service, number, found.grade)
    people = service.of.reviewed.of(number, day)
    return short_explanation_values(found, identifier, service.book.sequence, run, language, people)


def records(service: Service, number: int, identifier: str, day: int, language: Language) -> Values:
    """Return the records behind every indicator that moves the margin, and behind the rules."""
    found = _explained(service, number, day, len(service.book.bundle.catalogue))
    return records_values(found, identifier, service.book.sequence, language)


def _explained(service: Service, number: int, day: int, strongest: int) -> Explanation:
    book, days = service.book, service.of.days
    ahead = days.grade(number, day) if days.has(number, day) else None
    people = service.of.reviewed.of(number, day)
    found = explain(
        book.scorer,
        book.events,
        number,
        day,
        references=book.references,
        previous=book.previous([number], day) if ahead is None else None,
        grade=ahead,
        strongest=strongest,
        override=people.override,
        warning=people.warning,
    )
    return found.traced(book.lineage(number, day, found.streams)) if strongest else found
