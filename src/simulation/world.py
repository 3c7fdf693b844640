"""All that a month of the city's life reads and changes."""

from dataclasses import dataclass

import numpy as np

from .city import City
from .records import Records
from .state import Inspectors, State, appoint, open_state

__all__ = ["World", "open_world"]


@dataclass(frozen=True, slots=True)
class World:
    """A city, who inspects in it, its state in the month being lived, and what was recorded."""

    city: City
    inspectors: Inspectors
    state: State
    records: Records


def open_world(rng: np.random.Generator, city: City, start: int) -> World:
    """Return the world of a city on its first day."""
    return World(city, appoint(rng, city), open_state(rng, city, start), Records())
