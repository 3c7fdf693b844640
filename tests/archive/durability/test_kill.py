"""A writer killed at any moment: before it or after it, never between, and the next one goes on.

Moments are drawn over the time that the operation takes undisturbed, and over the points at which
it is about to change something on disk or has just done so.
"""

import itertools
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from xinheng.archive import Archive

from .conftest import Material
from .operations import OPERATIONS, people_left
from .state import State, differences, state
from .victim import End, Nursery, Request

BY_POINT, BY_TIME = 10, 8  # kills of each operation that must have hit it
QUICK = [name for name, operation in OPERATIONS.items() if not operation.slow]


class Scene:
    """One operation, to be killed again and again."""

    def __init__(self, name: str, material: Material, nursery: Nursery, folder: Path) -> None:
        self.name, self.states = name, material.states(name)
        self._material, self._nursery = material, nursery
        self._archive = folder / "archive"
        self._request = Request(name, str(self._archive), str(material.folder))
        self.undisturbed = self._play()
        self.tries = self.hits = self.between = 0

    def killed(self, after: float | None = None, point: int | None = None) -> bool:
        """Kill a writer and hold what is left against what may be; tell whether it was hit."""
        end = self._play(after, point)
        self.tries, self.hits = self.tries + 1, self.hits + end.killed
        if end.killed:
            self._check(f"{self.name}, killed after {after} seconds or at point {point}")
        return end.killed

    def tally(self) -> str:
        """Return how many kills were tried, hit, and left drafts behind."""
        return f"{self.name}: {self.tries} tried, {self.hits} hit, {self.between} left drafts\n"

    def _play(self, after: float | None = None, point: int | None = None) -> End:
        shutil.rmtree(self._archive, ignore_errors=True)
        self._material.start(OPERATIONS[self.name].base, self._archive)
        end = self._nursery.run(replace(self._request, after=after, point=point))
        assert end.error is None, end.error
        return end

    def _check(self, what: str) -> None:
        left = state(self._archive)
        apart = [differences(left, whole) for whole in self.states]
        self.between += (self._archive / "drafts").exists()
        assert [] in apart, f"{what}: a reader sees something between: {apart}"
        assert Archive(self._archive).verify() == [], what
        end = self._nursery.run(self._request)
        assert end.error is None, f"{what}: {end.error}"
        reached = differences(state(self._archive), self.states[-1])
        assert reached == [], f"{what}: done again, it reaches something else: {reached}"
        assert Archive(self._archive).verify() == [], what
        if self.name == "erase":
            assert people_left(self._archive) == [], what


def same(states: list[State]) -> list[tuple[int, int]]:
    return [
        (here, there)
        for here, there in itertools.combinations(range(len(states)), 2)
        if differences(states[here], states[there]) == []
    ]


def moments(rng: random.Random, longest: float) -> Iterator[float]:
    """Yield moments spread over a span, the first and the last hundredth of it among them."""
    yield 0.01 * longest * rng.random()
    yield (1 - 0.01 * rng.random()) * longest
    while True:
        yield longest * rng.random()


def publishing(points: list[str]) -> list[int]:
    """Return the points right before and right after something is published."""
    links = [n for n, point in enumerate(points, 1) if point.startswith("os.link")]
    opened = [n for n, point in enumerate(points, 1) if point.endswith((".draft", ".json"))]
    return sorted({*links, *opened, *(n + 1 for n in links)})


@pytest.mark.parametrize("name", QUICK)
def test_an_operation_killed_where_it_publishes_was_or_was_not(
    name: str, material: Material, nursery: Nursery, rng: random.Random, tmp_path: Path
) -> None:
    scene = Scene(name, material, nursery, tmp_path)
    points = scene.undisturbed.points
    assert len(points) > 20
    middle = len(points) // 2
    assert scene.killed(point=rng.choice(publishing(points)[:-1] or [middle]))
    assert scene.killed(point=rng.randint(1, middle))


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_killed_at_any_point_was_or_was_not(
    name: str, material: Material, nursery: Nursery, rng: random.Random, tmp_path: Path
) -> None:
    scene = Scene(name, material, nursery, tmp_path)
    points = scene.undisturbed.points
    near = publishing(points)
    chosen = rng.sample(near, min(len(near), BY_POINT // 2))
    chosen += rng.sample(range(1, len(points) + 1), min(len(points), 2 * BY_POINT))
    hits = list(itertools.islice(filter(lambda n: scene.killed(point=n), chosen), BY_POINT))
    sys.stdout.write(scene.tally())
    assert len(hits) == BY_POINT


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_killed_at_any_time_was_or_was_not(
    name: str, material: Material, nursery: Nursery, rng: random.Random, tmp_path: Path
) -> None:
    scene = Scene(name, material, nursery, tmp_path)
    drawn = itertools.islice(moments(rng, scene.undisturbed.seconds), 10 * BY_TIME)
    hits = list(itertools.islice(filter(lambda after: scene.killed(after=after), drawn), BY_TIME))
    sys.stdout.write(scene.tally())
    assert len(hits) == BY_TIME


@pytest.mark.parametrize("name", QUICK)
def test_the_steps_of_an_operation_can_be_told_apart(name: str, material: Material) -> None:
    states = material.states(name)
    unchanging = name in {"compact", "fold", "vacuum"}
    assert bool(same(states)) == unchanging
