"""What if: records are supposed, and the enterprise is graded with them; nothing is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...archive import Supposed
from ...core import time
from ...explaining import explain_movement
from ...features import Events
from ..answers import Language, Values, moved_values
from ..live.service import Service
from ..problem import FieldError, ProblemError
from .grades import run_of_grade

__all__ = ["suppose", "what_if"]

SHOWN = 20
Cells = Mapping[str, str | None]


def suppose(service: Service, identifier: str, records: Sequence[Cells], day: int) -> Supposed:
    """Return the events of an enterprise if it had further records.

    Raises
    ------
    ProblemError
        If a record breaks its contract: with every fault of every one.
    """
    sequence = service.book.sequence
    found = service.archive.suppose(identifier, records, day, service.now(), sequence)
    if not found.faults:
        return found
    errors = [
        FieldError(
            where=f"body.records.{fault.place}.{fault.field}",
            message=fault.fault,
            value=fault.value,
        )
        for fault in found.faults[:SHOWN]
    ]
    count = len(found.faults)
    faults = "1 fault" if count == 1 else f"{count} faults"
    listed = f" (the first {SHOWN} are listed)" if count > SHOWN else ""
    detail = f"The records have {faults}{listed}: see errors, and docs/data-catalogue.md."
    raise ProblemError("invalid-request", detail, errors)


def what_if(
    service: Service, number: int, identifier: str, found: Supposed, day: int, language: Language
) -> Values:
    """Return the grade of an enterprise before and after records are supposed, and what moved."""
    book, before = service.book, service.standpoints.present(number, day)
    events = Events.from_view(found.view)
    after = replace(before, events=events, references=book.references_if(number, events))
    moved = explain_movement(before, after, number)
    runs = run_of_grade(service, number, moved.before), None
    sequences = book.sequence, book.sequence
    people = service.of.reviewed.of(number, day)
    return moved_values(moved, identifier, sequences, runs, language, (people, people)) | {
        "language": language,
        "enterprise": identifier,
        "as_of": time.show(day),
        "known": list(found.known),
    }
