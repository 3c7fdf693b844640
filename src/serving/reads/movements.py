"""Movements: why a grade moved between two days."""

from ...explaining import explain_movement
from ..answers import Language, Values, moved_values, movement_values
from ..live.service import Service
from .grades import run_of_grade

__all__ = ["movement"]


def movement(
    service: Service, number: int, identifier: str, since: int, day: int, language: Language
) -> Values:
    """Return why the grade of an enterprise moved since a day."""
    book, given = service.book, service.standpoints.run(number, since)
    found = explain_movement(*service.standpoints.between(number, since, day), number)
    sequences = (book.sequence if given is None else given.sequence, book.sequence)
    runs = (None if given is None else given.id, run_of_grade(service, number, found.after))
    days = found.before.as_of, found.after.as_of
    people = service.of.reviewed.of(number, days[0]), service.of.reviewed.of(number, days[1])
    moved = moved_values(found, identifier, sequences, runs, language, people)
    return movement_values(moved, identifier, since, language)
