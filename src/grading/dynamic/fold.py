"""The fold: runs that are due, made one after the other, each from what the one before left."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from ...core import time
from ...core.errors import IntegrityError, InvalidError
from ...features import City
from ...ledger import History, Promotion, Run
from ...ledger.downgrades import Warnings
from ...ledger.reviews import Overrides
from ..bundle import Bundle
from ..policy import Policy
from ..scale import Level
from ..scorer import Scorer
from ..updates import NamedEvent
from .calendar import Due, due, named, told, told_late
from .champions import terms
from .inforce import InForce, read_in_force, since_everybody
from .matrices import Matrices
from .overriding import levels_set, set_between, set_late
from .step import Step
from .store import GradeStore
from .turns import Turns, changed

__all__ = ["START", "Gradings", "advance"]

START, NAMED = "start", "named"
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Gradings:
    """Where the grades of an installation are, and what they are made from.

    Parameters
    ----------
    city
        The archive, as its newest delivery left it.
    history
        Of the ledger.
    store
        The grades of all runs.
    read
        Returns the bundle of a digest.
    kept
        Folder of the indicators kept for everybody; they are computed anew if None.
    threads
        How many parts are read and computed at once.
    overrides
        Returns all levels that people ever set; `Reviews.overrides`, or that there are none.
    warnings
        Returns all that downgrade warnings ever set; `Downgrades.warnings`, likewise.
    """

    city: City
    history: History
    store: GradeStore
    read: Callable[[str], Bundle]
    kept: Path | None = None
    threads: int = 1
    overrides: Callable[[], Overrides] = Overrides
    warnings: Callable[[], Warnings] = Warnings

    def matrices(self, bundle: Bundle) -> Matrices:
        """Return what a bundle is told of the city, kept from run to run."""
        return Matrices(self.city, bundle, self.kept, threads=self.threads)

    def turns(self, policy: Policy) -> Turns:
        """Return what is known of the events that a policy names, kept from call to call."""
        events = named(policy)
        folder = None if self.kept is None else self.kept / NAMED / _name_of(events)
        return Turns(self.city, events, folder, self.threads)

    def in_force(self, as_of: int, rules: tuple[str, ...] = ()) -> InForce:
        """Read the grades in force on a day."""
        return read_in_force(self.store, since_everybody(self.history.runs(), as_of), rules)


def advance(
    gradings: Gradings,
    bundle: Bundle,
    until: int,
    *,
    at: datetime,
    actor: str,
    start: int | None = None,
    promotions: Sequence[Promotion] = (),
    progress: Tell | None = None,
) -> list[Run]:
    """Make every run that is due up to a day, in order, and return them.

    The days and whom they concern follow from the policy of the bundle and from the events alone.
    The first run of all grades everybody as of `start`.

    Parameters
    ----------
    gradings
        The installation.
    bundle
        The champion.
    until
        Day number.
    at, actor
        When it is done, and by whom.
    start
        Day number of the first run of all; `until` if None.
    promotions
        The history of the champion: a run is made by who was champion when its day began, or by
        the champion now if there was none yet; see `terms`.
    progress
        Is told of every run.

    Raises
    ------
    InvalidError
        If a start is given though runs were made, or one after `until`.
    NotFoundError
        If the bundle of an earlier champion is not there.
    IntegrityError
        If somebody else made a run meanwhile, or grades of earlier runs are not as they were.
    """
    runs = gradings.history.runs()
    if runs and start is not None:
        raise InvalidError(
            f"the first run was as of {time.show(runs[0].as_of)}; a start is given only before it"
        )
    first = until if start is None else start
    if first > until:
        raise InvalidError(f"the start {time.show(first)} lies after {time.show(until)}")
    _check_sequence(runs, gradings.city)
    made: list[Run] = []
    before = runs[-1].as_of if runs else first
    for term in terms(promotions, bundle.digest, until):
        if term.until >= (runs[-1].as_of + 1 if runs else first):
            champion = bundle if term.bundle == bundle.digest else gradings.read(term.bundle)
            pending = _due(gradings, champion.policy, runs, before, term.until)
            if pending:
                fold = _Fold(gradings, champion, runs, at, actor)
                made += fold.make_all(pending, progress)
        before = max(before, term.until)
    return made


def _check_sequence(runs: Sequence[Run], city: City) -> None:
    """Refuse to go on from an archive that holds less than the last run saw."""
    if runs and runs[-1].sequence > city.sequence:
        raise IntegrityError(
            f"run {runs[-1].id} saw delivery {runs[-1].sequence}, and this archive ends with "
            f"delivery {city.sequence}: bring it back from a copy, or give the command again if "
            "another one was at work"
        )


def _due(
    gradings: Gradings, policy: Policy, runs: Sequence[Run], before: int, until: int
) -> list[Due]:
    """Return the runs after those that were made, and after a day, up to another."""
    city, kept = gradings.city, (gradings.overrides(), gradings.warnings())
    turns = gradings.turns(policy)
    now = turns.at(city.sequence)
    if not runs:
        found = [*told(policy, now, before, until)]
        found += [each for some in kept for each in set_between(some, before, until)]
        return [Due(before, START), *due(policy, found, before, until)]
    last = runs[-1]
    after = max(last.as_of, before)
    found = [*told(policy, now, after, until)]
    for some in kept:
        found += [*set_between(some, after, until), *set_late(some, last, after + 1)]
    if last.sequence < city.sequence:
        late = changed(turns.at(last.sequence), now)
        found += told_late(policy, late[late["day"] < last.as_of], after + 1)
    turns.forget(last.sequence, city.sequence)
    return due(policy, found, after, until)


@dataclass(eq=False)
class _Fold:
    """Runs made in one go: what was in force is read once, and carried on."""

    gradings: Gradings
    bundle: Bundle
    runs: list[Run]
    at: datetime
    actor: str
    matrices: Matrices = field(init=False)
    scorer: Scorer = field(init=False)
    standing: InForce = field(init=False)
    ids: pa.Array = field(init=False)
    past: dict[str, Matrices] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.matrices = self.gradings.matrices(self.bundle)
        self.past[self.bundle.digest] = self.matrices
        self.scorer = Scorer(self.bundle, threads=self.gradings.threads)
        as_of = self.runs[-1].as_of if self.runs else 0
        self.standing = self.gradings.in_force(as_of, self.bundle.rules.ids)
        self.standing.make_room(self.gradings.city.enterprises)
        self.ids = self.gradings.city.archive.enterprises()["id"].combine_chunks()

    def make_all(self, pending: Sequence[Due], progress: Tell | None) -> list[Run]:
        """Make runs, each from what the one before left."""
        made = []
        for number, each in enumerate(pending):
            if progress is not None:
                progress(f"Grading as of {time.show(each.as_of)}", number, len(pending))
            made.append(self.make(each))
        return made

    def make(self, each: Due) -> Run:
        """Make a run, keep it, and carry on from it."""
        step = Step(
            scorer=self.scorer,
            matrices=self.matrices,
            standing=self.standing,
            runs={run.id: run for run in self.runs},
            read=self._past,
            ids=self.ids,
            as_of=each.as_of,
            overrides=levels_set(self.gradings.overrides(), each.as_of),
            warnings=levels_set(self.gradings.warnings(), each.as_of),
        )
        policy = f"{self.bundle.policy.name} {self.bundle.policy.on(each.as_of).version}"
        run = Run(
            after=self.runs[-1].id if self.runs else 0,
            at=self.at,
            actor=self.actor,
            as_of=each.as_of,
            reason=each.reason,
            everybody=each.enterprises is None,
            sequence=self.gradings.city.sequence,
            bundle=self.bundle.digest,
            policy=policy,
            enterprises=0,
            first=0,
            changed=0,
            held=0,
            levels={},
            digest="",
        )
        digest = self.gradings.store.write(step.tables(self._frames(each)), _about(run))
        count = step.count
        levels = {str(level): int(count.levels[level]) for level in Level}
        whole = replace(
            run,
            enterprises=count.enterprises,
            first=count.first,
            changed=count.changed,
            held=count.held,
            levels=levels,
            digest=digest,
        )
        kept = self.gradings.history.record(whole, step.changes())
        step.settle(kept.id)
        self.runs.append(kept)
        return kept

    def _frames(self, each: Due) -> Iterator[pd.DataFrame]:
        if each.enterprises is None:
            return self.matrices.everybody(each.as_of)
        return iter([self.matrices.some(each.enterprises, each.as_of)])

    def _past(self, digest: str) -> Matrices:
        """Return what the bundle of an earlier run is told of the city."""
        if digest not in self.past:
            self.past[digest] = self.matrices.under(self.gradings.read(digest))
        return self.past[digest]


def _about(run: Run) -> dict[str, Any]:
    """Return what tells a run from others, as its manifest has it."""
    return {
        "after": run.after,
        "as_of": time.show(run.as_of),
        "reason": run.reason,
        "sequence": run.sequence,
        "bundle": run.bundle,
        "policy": run.policy,
    }


def _name_of(events: tuple[NamedEvent, ...]) -> str:
    """Return the folder for what is known of some named events."""
    text = json.dumps([asdict(event) for event in events])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
