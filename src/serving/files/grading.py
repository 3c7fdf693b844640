"""Grading a file, block by block: each is recorded, who it is about, before it is handed out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...archive.directory import distinct
from ...core import time
from ...grading import Level
from ...grading.scores import Scores, words
from ..access import without_numbers
from ..live.service import Service
from ..problem import ProblemError

__all__ = ["COLUMNS", "Question", "graded"]

TOGETHER, NAMED, THREADS = 20_000, 1_000, 8
LEVELS = pa.array([str(level) for level in Level])
NATIONAL = pa.array([level.national for level in Level])
COLUMNS = pa.schema(
    [
        ("enterprise", pa.string()),
        ("as_of", pa.date32()),
        ("level", pa.string()),
        ("national_class", pa.string()),
        ("model_level", pa.string()),
        ("card_level", pa.string()),
        ("previous", pa.string()),
        ("probability", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("margin", pa.float64()),
        ("rules", pa.string()),
        ("bundle", pa.string()),
        ("sequence", pa.int64()),
        ("error", pa.string()),
        ("detail", pa.string()),
    ]
)
"""The columns of the answer: the row's own, the grade, and why there is none."""
GRADE = COLUMNS.names[2:14]
EMPTY = ProblemError(
    "invalid-request", "The row names no enterprise; an identifier has 1 to 100 characters."
)
LONGEST = 100

Numbers = npt.NDArray[np.int64]
Find = Callable[[Sequence[str], int], tuple[Numbers, Mapping[str, ProblemError]]]
Record = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Question:
    """A file that was read, and the day number of each text in `as_of`.

    Attributes
    ----------
    table
        `enterprise` and `as_of`, as `read_question` has them.
    days
        Day number by text; under None, that of rows which name none.
    """

    table: pa.Table
    days: Mapping[str | None, int]


def graded(
    service: Service, question: Question, find: Find, record: Record
) -> Iterator[pa.RecordBatch]:
    """Yield the answer in blocks of `COLUMNS`, rows in their order.

    Parameters
    ----------
    service
        Whose grades they are: one state for the whole file.
    question
        What is asked.
    find
        Looks identifiers up, within reach.
    record
        Writes down who is about to be read; a block is not yielded before.
    """
    table = question.table
    with ThreadPoolExecutor(THREADS) as pool:
        for first in range(0, len(table), TOGETHER):
            block = table.slice(first, TOGETHER)
            days = _days(question, block["as_of"])
            identifiers = [each or "" for each in block["enterprise"].to_pylist()]
            parts, places = [], []
            for day in np.unique(days).tolist():
                rows = np.flatnonzero(days == day)
                some = len(rows) < len(identifiers)
                mine = [identifiers[row] for row in rows.tolist()] if some else identifiers
                numbers, problems = _found(find, mine, day)
                _recorded(pool, record, mine, problems, day)
                parts.append(_block(service, mine, numbers, problems, day))
                places.append(rows)
            order = np.argsort(np.concatenate(places), kind="stable")
            whole = pa.Table.from_batches(parts).combine_chunks()
            yield from whole.take(pa.array(order)).to_batches()


def _days(question: Question, texts: pa.ChunkedArray) -> Numbers:
    """Return the day of each row."""
    coded = texts.combine_chunks().dictionary_encode(null_encoding="encode")
    days = np.array([question.days[text] for text in coded.dictionary.to_pylist()], np.int64)
    found: Numbers = days[coded.indices.to_numpy()]
    return found


def _found(
    find: Find, identifiers: Sequence[str], day: int
) -> tuple[Numbers, dict[str, ProblemError]]:
    """Look identifiers up; one that no enterprise can have is not looked for."""
    sizes = [*map(len, identifiers)]
    if min(sizes) and max(sizes) <= LONGEST and "".join(identifiers).isprintable():
        found, problems = find(identifiers, day)
        return found, dict(problems)
    odd = {each for each in identifiers if not 0 < len(each) <= LONGEST or not each.isprintable()}
    found, problems = find([each for each in identifiers if each not in odd], day)
    numbers = np.full(len(identifiers), -1, np.int64)
    numbers[[each not in odd for each in identifiers]] = found
    return numbers, {**problems, **dict.fromkeys(odd, EMPTY)}


def _recorded(
    pool: ThreadPoolExecutor,
    record: Record,
    identifiers: Sequence[str],
    problems: Mapping[str, ProblemError],
    day: int,
) -> None:
    """Write down whose grades are about to be read, and who is beyond reach."""
    read = [each for each in identifiers if each not in problems] if problems else identifiers
    beyond = [
        without_numbers(name) for name, each in problems.items() if each.name == "beyond-reach"
    ]
    notes = [
        {"as_of": time.show(day), what: whole[first : first + NAMED]}
        for what, whole in (("enterprises", read), ("beyond_reach", beyond))
        for first in range(0, len(whole), NAMED)
    ]
    for _ in pool.map(record, notes):
        pass


def _block(
    service: Service,
    identifiers: Sequence[str],
    numbers: Numbers,
    problems: Mapping[str, ProblemError],
    day: int,
) -> pa.RecordBatch:
    known = distinct(numbers[numbers >= 0]).astype(np.int32)
    places = np.searchsorted(known, numbers)
    at = pa.array(places, pa.int64(), mask=numbers < 0)
    count = len(identifiers)
    grades = _grades(service, known, day) if len(known) else None
    columns: dict[str, Any] = {
        "enterprise": pa.array(identifiers, pa.string()),
        "as_of": pa.array(np.full(count, day, np.int32)).cast(pa.date32()),
        **_faults(identifiers, problems),
    }
    for name in GRADE:
        kind = COLUMNS.field(name).type
        columns[name] = (
            pa.nulls(count, kind) if grades is None else grades[name].take(at).cast(kind)
        )
    return pa.record_batch([columns[n].cast(COLUMNS.field(n).type) for n in COLUMNS.names], COLUMNS)


def _faults(
    identifiers: Sequence[str], problems: Mapping[str, ProblemError]
) -> dict[str, pa.Array]:
    """Return why there is no grade, by row."""
    if not problems:
        return {name: pa.nulls(len(identifiers), pa.string()) for name in ("error", "detail")}
    faults = [problems[each].fault if each in problems else None for each in identifiers]
    return {
        "error": pa.array([None if each is None else each.type for each in faults]),
        "detail": pa.array([None if each is None else each.detail for each in faults]),
    }


def _grades(service: Service, known: npt.NDArray[np.int32], day: int) -> dict[str, pa.Array]:
    scores: Scores = service.of.days.scores(known, day)
    bundle, count = service.book.bundle, len(known)
    texts, sets = words(scores.applied, bundle.rules.ids)
    return {
        "level": _named(scores.level, LEVELS),
        "national_class": _named(scores.level, NATIONAL),
        "model_level": _named(scores.model, LEVELS),
        "card_level": _named(scores.card, LEVELS),
        "previous": _named(scores.previous, LEVELS),
        "probability": pa.array(scores.probability),
        "lower": pa.array(scores.lower),
        "upper": pa.array(scores.upper),
        "margin": pa.array(scores.margin),
        "rules": pa.array(texts, pa.string()).take(pa.array(sets)),
        "bundle": pa.repeat(bundle.digest, count),
        "sequence": pa.repeat(pa.scalar(service.book.sequence, pa.int64()), count),
    }


def _named(codes: npt.NDArray[np.int8], names: pa.Array) -> pa.Array:
    return names.take(pa.array(codes, pa.int8(), mask=codes < 0))
