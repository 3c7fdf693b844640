"""All that a month of the city's life reads and changes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from .arrays import Days, Floats, Mask, Singles, Who
from .city import City
from .inspectors import Inspectors, appoint
from .laws import Laws
from .months import Month
from .outbreaks import Outbreaks
from .records import Nowhere, Recorder
from .vocabulary import WORDS

__all__ = ["STREAMS", "State", "World", "open_world"]

FORGETTING, FINANCE, UNSTEADY = 0.93, 0.98, 0.2
STILL_OPEN = np.iinfo(np.int32).max
STREAMS = ("visits", "trade", "paper", "routine", "payment")


@dataclass(slots=True)
class State:
    """The state of every enterprise in the month that is being lived.

    Attributes
    ----------
    quality, finance
        Hidden; they drift.
    suspicion
        What the authority thinks of it, from what was found and complained about.
    visited
        Day of the last full inspection.
    closed
        Day on which it closes or loses its licence.
    resumes
        Day until which its business is paused.
    capital
        Registered capital, in 万元.
    penalised
        Recent penalties, fading.
    lost
        Whether it lost its licence.
    insured
        Heads in social insurance.
    found
        Whether a violation was confirmed since this was last set to false.
    """

    quality: Singles
    finance: Singles
    suspicion: Singles
    visited: Days
    closed: Days
    resumes: Days
    capital: Floats
    penalised: Singles
    lost: Mask
    insured: Singles
    found: Mask

    def copy(self) -> Self:
        """Return a state that can go another way."""
        return replace(
            self, **{each.name: getattr(self, each.name).copy() for each in fields(self)}
        )

    def suspect(self, who: Who, weight: npt.ArrayLike) -> None:
        """Let the authority think worse of some, who may be named several times."""
        np.add.at(self.suspicion, who, np.asarray(weight, np.float32))


@dataclass(slots=True)
class World:
    """A part of a city, its laws, who inspects in it, its present state, and who writes it down.

    Attributes
    ----------
    rng
        A stream of random numbers for each of `STREAMS`.
    """

    laws: Laws
    city: City
    outbreaks: Outbreaks
    inspectors: Inspectors
    state: State
    records: Recorder
    rng: Mapping[str, np.random.Generator]

    def branch(self, seed: list[int]) -> Self:
        """Return a world that goes on from here by other chances, and writes nothing down."""
        rng = {name: np.random.default_rng([*seed, n]) for n, name in enumerate(STREAMS)}
        return replace(self, state=self.state.copy(), records=Nowhere(), rng=rng)

    def active(self, month: Month) -> Who:
        """Return who is in business during the whole month."""
        founded = self.city.established <= month.first
        running = (self.state.closed >= month.after) & (self.state.resumes < month.first)
        return np.flatnonzero(founded & running)

    def odds(self, month: Month, who: Who) -> Floats:
        """Return the log-odds that a visit to each finds a critical violation."""
        law, city = self.laws.violation, self.city
        base = np.array([getattr(law, name) for name in WORDS["population"]])
        drift = law.yearly * month.number / 12 + law.reform * (month.number >= law.reform_month)
        season = law.season * np.cos(2 * np.pi * (month.calendar - law.peak) / 12)
        quality = self.state.quality[who].astype(np.float64)
        quality += law.threshold * np.minimum(quality, 0)
        odds = base[city.population[who]] + drift + city.risk[who] - quality
        return np.asarray(odds + season * city.summer[who], np.float64)

    def drift(self) -> None:
        """Move on by a month: quality wanders or jumps, memories fade, staff comes and goes."""
        law, state, rng = self.laws.quality, self.state, self.rng["trade"]
        count = len(state.quality)
        wander = law.spread * np.sqrt(1 - law.persistence**2)
        state.quality *= np.float32(law.persistence)
        state.quality += np.float32(wander) * rng.standard_normal(count, np.float32)
        jumping = np.flatnonzero(rng.random(count, np.float32) < law.jumps)
        state.quality[jumping] += np.float32(law.jump) * rng.choice([-1, 1], len(jumping))
        state.finance *= np.float32(FINANCE)
        state.finance += np.float32((1 - FINANCE) * self.laws.paper.coupling) * state.quality
        state.finance += np.float32(UNSTEADY) * rng.standard_normal(count, np.float32)
        state.insured *= np.exp(np.float32(0.02) * rng.standard_normal(count, np.float32))
        state.insured *= 1 + np.float32(0.004) * np.clip(state.finance, -2, 2)
        state.suspicion *= np.float32(FORGETTING)
        state.penalised *= np.float32(FORGETTING)


def open_world(
    seed: list[int], laws: Laws, city: City, outbreaks: Outbreaks, start: int, records: Recorder
) -> World:
    """Return the world of a part on its first day: last visits lie up to two years back."""
    rng = {name: np.random.default_rng([*seed, n]) for n, name in enumerate(STREAMS)}
    count, visits = len(city), rng["visits"]
    state = State(
        quality=city.quality.copy(),
        finance=city.finance.copy(),
        suspicion=np.maximum(0, visits.normal(-0.3, 0.5, count) - 0.4 * city.quality).astype(
            np.float32
        ),
        visited=(start - visits.integers(60, 700, count)).astype(np.int32),
        closed=np.full(count, STILL_OPEN, np.int32),
        resumes=np.zeros(count, np.int32),
        capital=city.capital.copy(),
        penalised=np.zeros(count, np.float32),
        lost=np.zeros(count, bool),
        insured=city.heads.copy(),
        found=np.zeros(count, bool),
    )
    inspectors = appoint(visits, laws, city, 10_000 * seed[-1])
    return World(laws, city, outbreaks, inspectors, state, records, rng)
