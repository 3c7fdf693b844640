"""A side of a comparison: an archive, and what is computed from it, by identifier and day."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from ...archive import Archive
from ...core import time
from ...features import Catalogue, City, Events, Places, References, compute
from ...grading import STATUTES, ScoreCard, score
from ..cohorts import Cohort, registration
from ..inputs import read_cohort, read_references
from ..learners import SCORE_CARD
from ..listing import Listing
from ..task import Task
from ..taskfiles import load_score_card

__all__ = ["Side"]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """An archive, and what values are computed from.

    Two archives number enterprises each in its own way, so each is named by `scheme:code`.

    Attributes
    ----------
    archive
        The archive.
    names
        Name of each enterprise, by its dense number.
    cohort
        All rows of a task.
    events, places, references, catalogue
        What `features.compute` takes.
    score_card
        That of the task.
    threads
        How many threads compute.
    """

    archive: Archive
    names: pd.Index
    cohort: Cohort
    events: Events
    places: Places | None
    references: References
    catalogue: Catalogue
    score_card: ScoreCard
    threads: int

    @classmethod
    def of(cls, archive: Archive, task: Task, catalogue: Catalogue, threads: int) -> Self:
        """Read a side from an archive."""
        events = Events.from_view(archive.events())
        registered = archive.enterprises().to_pandas()
        return cls(
            archive=archive,
            names=pd.Index(registered["scheme"] + ":" + registered["id"]),
            cohort=read_cohort(archive, task, catalogue, events, threads=threads),
            events=events,
            places=City.of(archive).places(catalogue),
            references=read_references(archive, catalogue, events),
            catalogue=catalogue,
            score_card=load_score_card(task),
            threads=threads,
        )

    @property
    def last(self) -> int:
        """The last day on which anything became available."""
        return int(self.events.available[self.events.available < time.NEVER].max())

    def known(self, day: int) -> pd.Index:
        """Return who was told of before a day."""
        enterprise, first = self.events.first_available()
        return self.names[enterprise[time.is_known(first, day)]]

    def rows(self, day: int) -> pd.DataFrame:
        """Return the rows of the cohort up to a day, and everybody known as of it."""
        cohort = self.cohort.take(self.cohort.as_of <= day)
        rows = cohort.rows().assign(enterprise=self.names[cohort.enterprise])
        everybody = pd.DataFrame({"enterprise": self.known(day), "as_of": day})
        return pd.concat([rows, everybody]).drop_duplicates(ignore_index=True)

    def values(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return all that a grade is made of in some rows, by enterprise and day.

        Beside the indicators these are the register's word (`POPULATION`, `ACTIVE`), the score of
        food production where it applies, and each statutory rule, as 1 where its condition is met.
        """
        asked = pd.DataFrame(
            {
                "enterprise": self.names.get_indexer(pd.Index(rows["enterprise"])).astype(np.int32),
                "as_of": rows["as_of"].to_numpy(np.int32),
            }
        )
        indicators = compute(
            self.catalogue,
            self.events,
            asked,
            references=self.references,
            places=self.places,
            threads=self.threads,
        )
        found = pd.concat([indicators, *self._beside(asked)], axis=1)
        return found.set_axis(pd.MultiIndex.from_frame(rows[["enterprise", "as_of"]]))

    def _beside(self, asked: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
        """Return what is no indicator, of the rows of a frame."""
        who, when = (asked[name].to_numpy() for name in ("enterprise", "as_of"))
        said = registration(self.catalogue, self.events, who, when, threads=self.threads)
        numbers = {name: number for number, name in enumerate(self.catalogue.populations)}
        carded = score(self.score_card, self.events, asked)
        register = {
            "POPULATION": [float(numbers.get(each, -1)) for each in said.population],
            "ACTIVE": said.active.astype(float),
            SCORE_CARD: carded["score"].where(carded["applies"]),
        }
        rules = STATUTES.conditions(self.events, asked).astype(float)
        return pd.DataFrame(register, index=carded.index), rules

    def labels(self, day: int) -> pd.DataFrame:
        """Return what a fold that is cut on a day trains on: outcomes known before it.

        By enterprise, day, number of the record, and how the check was chosen.
        """
        known = self.cohort.take(self.cohort.known(day))
        keys = {
            "enterprise": self.names[known.enterprise],
            "as_of": known.as_of,
            "number": known.number,
            "selection": known.selection,
        }
        told = {"label": known.label, "settled": known.settled, "known": known.available}
        return pd.DataFrame({**keys, **told}).set_index([*keys])

    @property
    def listing(self) -> Listing:
        """What a plan is computed from."""
        return Listing(self.catalogue, self.events, self.references, self.places)
