"""What the tests of durability share: deliveries, archives to start from, and a nursery.

A failure names the seed: `HIDDEN_SEED=123 pytest tests/archive/durability`.
"""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from xinheng.archive import Archive
from xinheng.simulation import simulate

from .operations import BASES, OPERATIONS, RIVALS, found, perform
from .state import State, state
from .victim import Nursery

HIDDEN = int(os.environ["HIDDEN_SEED"])


class Material:
    """Deliveries of made-up departments, archives to start from, and how writing ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._states: dict[str, list[State]] = {}
        found(folder)
        simulate(folder / "city", 7, enterprises=200, producers=60, years=2)

    def start(self, base: str, folder: Path) -> None:
        """Make a folder the archive that an operation starts from."""
        made = self.folder / "bases" / base
        if not made.exists():
            perform(BASES[base], Archive(made), self.folder)
        if made.exists():
            shutil.copytree(made, folder)

    def states(self, name: str) -> list[State]:
        """Return the archive before an operation, and after each of its steps, undisturbed."""
        if name not in self._states:
            operation, folder = (OPERATIONS | RIVALS)[name], self.folder / "undisturbed" / name
            self.start(operation.base, folder)
            found = [state(folder)]
            found += [state(folder) for _ in operation.run(Archive(folder), self.folder)]
            self._states[name] = found
        return self._states[name]


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return Material(tmp_path_factory.mktemp("durability"))


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(params=[HIDDEN], ids="seed {}".format)
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Draw by a seed that nobody has seen before; it is in the name of the test."""
    return random.Random(request.param)  # noqa: S311
