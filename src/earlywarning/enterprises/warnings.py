"""Warnings: of whom rules tell as of a day, for one enterprise, some, or a whole city."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...archive import Archive
from ...core import time
from ...features import City, Events, compute
from ...grading import Rules
from .rules import WARNINGS
from .since import met_since
from .warned import Warned, warned
from .warningpolicy import Gravity, WarningEdition, WarningPolicy

__all__ = ["Warnings", "warn", "warn_city"]

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Warnings:
    """Warnings of many enterprises as of a day, by columns.

    Attributes
    ----------
    rules
        The rules that were looked at.
    edition
        Policy in force on the day.
    as_of
        Day number.
    enterprise, rule, since
        Dense number, place among the rules, and from which day on, of each; sorted by enterprise
        and rule; shape (n,).
    """

    rules: Rules
    edition: WarningEdition
    as_of: int
    enterprise: Numbers
    rule: Numbers
    since: Numbers

    def __len__(self) -> int:
        return len(self.enterprise)

    @property
    def gravity(self) -> Numbers:
        """How grave each is; shape (n,)."""
        by_rule = [self.edition.gravity.get(rule, Gravity.NOTICE) for rule in self.rules.ids]
        return np.array(by_rule, np.int32)[self.rule]

    def counts(self) -> dict[str, int]:
        """Return how many enterprises each rule warns of, in order of the rules."""
        found = np.bincount(self.rule, minlength=len(self.rules.ids)).tolist()
        return dict(zip(self.rules.ids, found, strict=True))

    def tell(self, events: Events, enterprises: Iterable[int] | None = None) -> Iterator[Warned]:
        """Yield warnings with their records and sentences.

        Parameters
        ----------
        events
            Of at least these enterprises, as those from which the warnings are.
        enterprises
            Of whom; all when None.
        """
        wanted = None if enterprises is None else set(enterprises)
        columns = (self.enterprise.tolist(), self.rule.tolist(), self.since.tolist())
        for number, place, since in zip(*columns, strict=True):
            if wanted is None or number in wanted:
                rule = self.rules.ids[place]
                yield warned(
                    self.rules,
                    rule,
                    events,
                    number,
                    self.as_of,
                    since=since,
                    gravity=self.edition.gravity[rule],
                )

    @classmethod
    def joined(cls, parts: "Iterable[Warnings]") -> "Warnings":
        """Return the warnings of parts of a city as one, of at least one part."""
        found = list(parts)
        columns = [
            np.concatenate([getattr(each, name) for each in found])
            for name in ("enterprise", "rule", "since")
        ]
        order = np.lexsort(columns[1::-1])
        some = found[0]
        return cls(some.rules, some.edition, some.as_of, *(each[order] for each in columns))


def warn(
    events: Events,
    day: int,
    enterprises: npt.ArrayLike | None = None,
    *,
    policy: WarningPolicy | None = None,
    rules: Rules = WARNINGS,
) -> Warnings:
    """Return of whom rules tell as of a day.

    A rule tells of an enterprise where its condition is over zero on what was known before the
    day, its legal basis holds on the day, and policy gives it a gravity.

    Parameters
    ----------
    events
        Of at least these enterprises.
    day
        Day number.
    enterprises
        Dense numbers; all that have an event when None.
    policy, rules
        Those of the package if not given.

    Raises
    ------
    PolicyError
        If policy says nothing about the day.

    Examples
    --------
    >>> len(warn(Events.none(), 20_000))
    0
    """
    edition = (policy or WarningPolicy.default()).on(day)
    known = np.unique(events.enterprise[time.is_known(events.available, day)])
    who = known if enterprises is None else np.unique(np.asarray(enterprises, np.int32))
    rows = pd.DataFrame({"enterprise": who, "as_of": np.full(len(who), day, np.int32)})
    told = [rule.id for rule in rules if rule.id in edition.gravity and rule.holds(day)]
    if not told:
        nobody = np.empty(0, np.int32)
        return Warnings(rules, edition, day, nobody, nobody, nobody)
    met = compute(rules.catalogue.select(ids=told), events, rows).to_numpy() > 0
    parts = [
        _told(rules, edition, day, events, rule, who[met[:, place]])
        for place, rule in enumerate(told)
    ]
    return Warnings.joined(parts)


def warn_city(
    archive: Archive,
    day: int,
    *,
    sequence: int | None = None,
    policy: WarningPolicy | None = None,
    rules: Rules = WARNINGS,
    threads: int = 1,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> Warnings:
    """Return of whom in a city rules tell as of a day, read part by part; see `warn`.

    Parameters
    ----------
    archive
        Where the records are.
    day
        Day number.
    sequence
        The last delivery to see; the newest when None.
    policy, rules
        Those of the package if not given.
    threads
        How many parts are read and computed at once; results do not depend on them.
    progress
        Told of how many parts are done, of how many.
    """
    city = City(archive, archive.sequence if sequence is None else sequence)
    parts, found = city.parts(), []
    with city.workers(threads) as pool:
        work = partial(_of_part, day=day, policy=policy, rules=rules)
        for done, part in enumerate(pool.map(work, parts), start=1):
            found.append(part)
            progress(done, len(parts))
    return Warnings.joined(found)


def _of_part(
    read: Callable[[], Events], *, day: int, policy: WarningPolicy | None, rules: Rules
) -> Warnings:
    return warn(read(), day, policy=policy, rules=rules)


def _told(
    rules: Rules, edition: WarningEdition, day: int, events: Events, rule: str, who: Numbers
) -> Warnings:
    """Return the warnings of one rule, with the day since when."""
    places = np.full(len(who), rules.ids.index(rule), np.int32)
    since = met_since(rules.catalogue, rule, events, who, day)
    return Warnings(rules, edition, day, who, places, since)
