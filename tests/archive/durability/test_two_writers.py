"""Two writers at once: one goes after the other, and whoever reads meanwhile sees whole states."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from xinheng.archive import Archive

from .conftest import Material
from .operations import RIVALS, perform
from .state import State, differences, standing, state
from .victim import End, Nursery, Request

PAIRS = [("one", "other"), ("one", "compacting"), ("other", "folding")]


class Together:
    """Two operations on one archive, started at the same time."""

    def __init__(self, material: Material, folder: Path) -> None:
        self.archive, self.seen = folder / "archive", list[State]()
        self._material = material
        material.start("city", self.archive)

    def run(self, *names: str) -> list[End]:
        """Run them and read all the while."""
        requests = [Request(name, str(self.archive), str(self._material.folder)) for name in names]
        with Nursery() as one, Nursery() as other, ThreadPoolExecutor(2) as pool:
            running: list[Future[End]] = [
                pool.submit(nursery.run, request)
                for nursery, request in zip((one, other), requests, strict=True)
            ]
            while not all(future.done() for future in running):
                self._look()
            self._look()
            return [future.result() for future in running]

    def _look(self) -> None:
        now = state(self.archive)
        if not self.seen or differences(self.seen[-1], now):
            self.seen.append(now)


def in_order(material: Material, folder: Path, *names: str) -> list[State]:
    """Return every state when operations go one after the other."""
    material.start("city", folder)
    states = [state(folder)]
    for name in names:
        states += [state(folder) for _ in RIVALS[name].run(Archive(folder), material.folder)]
    return states


def reached(seen: list[State], orders: list[list[State]]) -> int:
    """Return which order what was seen follows, from the first state to the last."""
    for place, order in enumerate(orders):
        if differences(seen[-1], order[-1]) == []:
            steps = [n for now in seen for n, s in enumerate(order) if differences(now, s) == []]
            assert len(steps) >= len(seen), "a reader saw something between"
            assert steps == sorted(steps), "a reader saw something older than before"
            return place
    apart = [differences(seen[-1], order[-1]) for order in orders]
    raise AssertionError(f"it ends as no order of the two: {apart}")


def test_one_delivery_from_two_writers_lands_once(material: Material, tmp_path: Path) -> None:
    together = Together(material, tmp_path)
    ends = together.run("one", "one")
    assert [end.error for end in ends] == [None, None]
    assert reached(together.seen, [in_order(material, tmp_path / "alone", "one")]) == 0
    assert Archive(together.archive).verify() == []


@pytest.mark.slow
@pytest.mark.parametrize("names", PAIRS, ids=" and ".join)
def test_two_writers_end_as_if_one_had_waited(
    names: tuple[str, str], material: Material, tmp_path: Path
) -> None:
    together = Together(material, tmp_path)
    ends = together.run(*names)
    assert [end.error for end in ends] == [None, None]
    assert Archive(together.archive).verify() == []
    last = together.seen[-1]
    assert len(last.deliveries) == len(together.seen[0].deliveries) + sum(
        len(material.states(name)) - 1 for name in names if name in {"one", "other"}
    )
    alone = standing(_alone(material, tmp_path / "forth", *names))
    assert standing(together.archive) == alone
    assert standing(_alone(material, tmp_path / "back", *reversed(names))) == alone


def _alone(material: Material, folder: Path, *names: str) -> Path:
    material.start("city", folder)
    for name in names:
        perform(RIVALS[name].run, Archive(folder), material.folder)
    return folder
