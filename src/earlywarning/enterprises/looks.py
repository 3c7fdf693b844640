"""Looks: everybody's grade as of a day, and what time alone would make of it afterwards.

A look sees what was known before its day and nothing else. The grades ahead are exact: as if no
record came in, records age out of windows, licences end and deadlines pass.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features import Events, compute, known_before
from ...grading import GradeBook, Level
from ...grading.scores import NO_LEVEL, Scores
from .rules import WARNINGS
from .signs import SIGNS
from .warningpolicy import Gravity, WarningPolicy

__all__ = ["AHEAD", "STEP", "Look", "look_back"]

Numbers = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]

STEP = 30
AHEAD = (30, 60, 90)
"""After how many days the grades ahead are."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """Everybody who was known before a day.

    Attributes
    ----------
    as_of
        Day number.
    enterprise
        Dense numbers, rising; shape (n,).
    margin, probability, lower, upper
        Of the grade, see `Scores`; shape (n,).
    level, model
        Codes of the level that counts and of the model's; shape (n,).
    room
        How far the margin is below where the level would be worse; NaN of the worst; shape (n,).
    room_ahead, level_ahead
        How far it would be, and the level that would count, after each of `AHEAD` days without
        any news; shape (ahead, n); empty where it was not asked for.
    signs, warned
        What else is on record (`SIGNS`), and how many rules of each gravity tell of it; shapes
        (n, signs) and (n, gravities); empty where it was not asked for.
    """

    as_of: int
    enterprise: Numbers
    margin: Floats
    probability: Floats
    lower: Floats
    upper: Floats
    level: Codes
    model: Codes
    room: Floats
    room_ahead: Floats
    level_ahead: Codes
    signs: Floats
    warned: Floats

    def places(self, enterprise: Numbers) -> npt.NDArray[np.intp]:
        """Return where enterprises stand, -1 where they do not; shape (m,)."""
        at = np.searchsorted(self.enterprise, enterprise)
        at = np.minimum(at, len(self.enterprise) - 1)
        return np.where(self.enterprise[at] == enterprise, at, -1)


def look_back(
    book: GradeBook,
    days: Sequence[int],
    *,
    ahead: Callable[[int], bool] = lambda _: True,
    some: npt.ArrayLike | None = None,
    policy: WarningPolicy | None = None,
) -> Iterator[Look]:
    """Yield a look as of each day, each from the model's levels of the one before.

    Parameters
    ----------
    book
        Archive and model. What its deliveries told later than a day is not seen as of it.
    days
        Day numbers, rising.
    ahead
        Tells for a day whether grades ahead, signs and warnings are wanted.
    some
        Dense numbers of whom; everybody known when None.
    policy
        Of warnings; that of the package if not given.
    """
    who, before = np.empty(0, np.int32), np.empty(0, np.int8)
    for day in days:
        known = book.known(day)
        if some is not None:
            known = np.intersect1d(known, np.asarray(some, np.int32))
        previous = _carried(who, before, known)
        if not len(who):
            given = book.previous(known, day)
            previous = previous if given is None else np.asarray(given, np.int8)
        found = _look(book, day, known, previous, policy, AHEAD if ahead(day) else ())
        yield found
        who, before = known, found.model


def _carried(who: Numbers, codes: Codes, known: Numbers) -> Codes:
    """Return codes of some for others, -1 where there is none."""
    found = np.full(len(known), NO_LEVEL, np.int8)
    if len(who):
        at = np.minimum(np.searchsorted(who, known), len(who) - 1)
        same = who[at] == known
        found[same] = codes[at[same]]
    return found


def _look(
    book: GradeBook,
    day: int,
    who: Numbers,
    previous: Codes,
    policy: WarningPolicy | None,
    ahead: Sequence[int],
) -> Look:
    events = known_before(book.events.among(who), day)
    grades = _graded(book, events, who, [day, *(day + days for days in ahead)], previous)
    now, later = grades[0], grades[1:]
    worse = _starts(book, day)
    starts = worse[now.level]
    shape = (len(later), len(who))
    told = bool(ahead)
    return Look(
        as_of=day,
        enterprise=who,
        margin=now.margin,
        probability=now.probability,
        lower=now.lower,
        upper=now.upper,
        level=now.level,
        model=now.model,
        room=starts - now.margin,
        room_ahead=np.array([starts - each.margin for each in later]).reshape(shape),
        level_ahead=np.array([each.level for each in later], np.int8).reshape(shape),
        signs=compute(SIGNS, events, _rows(who, day)).to_numpy() if told else np.empty((0, 0)),
        warned=_warned(events, who, day, policy) if told else np.empty((0, 0)),
    )


def _graded(
    book: GradeBook, events: Events, who: Numbers, days: Sequence[int], previous: Codes
) -> list[Scores]:
    """Return the grades of each day, from what was known before the first."""
    bundle, scorer = book.bundle, book.scorer
    rows = pd.concat([_rows(who, day) for day in days], ignore_index=True)
    references = book.references_before(days[0])
    values = scorer.values(
        compute(bundle.catalogue, events, rows, references=references, threads=scorer.threads)
    )
    law = compute(bundle.rules.catalogue, events, rows).to_numpy() > 0
    when, found = rows["as_of"].to_numpy(np.int32), []
    for place in range(len(days)):
        part = slice(place * len(who), (place + 1) * len(who))
        met = scorer.masks(law[part], when[part])
        cards = scorer.cards(events, rows.iloc[part])
        found.append(scorer.score(values[part], met, when[part], previous, cards))
        previous = found[-1].model
    return found


def _starts(book: GradeBook, day: int) -> Floats:
    """Return by the code of a level the margin from which on it is worse; NaN of the worst."""
    scale, calibrator = book.bundle.policy.on(day).scale, book.bundle.calibrator
    found = [scale.margin_cuts(calibrator, level)[level] for level in Level if level < Level.E]
    return np.array([*found, np.nan])


def _warned(events: Events, who: Numbers, day: int, policy: WarningPolicy | None) -> Floats:
    """Return how many rules of each gravity tell of enterprises; shape (n, gravities)."""
    edition = (policy or WarningPolicy.default()).on(day)
    met = compute(WARNINGS.catalogue, events, _rows(who, day)).to_numpy() > 0
    found = np.zeros((len(who), len(Gravity)))
    for place, rule in enumerate(WARNINGS):
        if rule.id in edition.gravity and rule.holds(day):
            found[:, edition.gravity[rule.id]] += met[:, place]
    return found


def _rows(who: Numbers, day: int) -> pd.DataFrame:
    return pd.DataFrame({"enterprise": who, "as_of": np.full(len(who), day, np.int32)})
