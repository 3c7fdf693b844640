"""A made-up town to serve: two champions, two deliveries, and the runs of half a year."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from xinheng.core.settings import Settings, load_settings
from xinheng.core.time import day
from xinheng.grading import Bundle, Parts, publish_key
from xinheng.grading.dynamic import advance

from ..grading.dynamic.test_rebuild import LISTED, SINCE
from ..grading.dynamic.world import AT, KEY, Town, inspections, record
from ..grading.world import parts

NOW = datetime(2024, 6, 10, 4, tzinfo=UTC)


def graded(folder: Path) -> Settings:
    """Deliver, promote, make runs, deliver again, recalibrate, and make the runs that are due."""
    town = Town(folder)
    publish_key(KEY.public_key(), folder / "keys")
    town.deliver([*inspections(), LISTED])
    _run(town, _promoted(town, parts()), "2024-01-20", "2023-11-01")
    town.deliver(SINCE)
    recalibrated = replace(parts(), calibrator=parts().calibrator.shifted(0.4))
    _run(town, _promoted(town, recalibrated), "2024-06-09")
    town.ledger.close()
    return _settings(folder)


@dataclass
class Busy:
    """A town in which things go on happening, and how it is served."""

    town: Town
    settings: Settings
    bundle: Bundle
    now: datetime
    count: int = 0

    def happen(self, rng: np.random.Generator, at: datetime) -> datetime:
        """Let something happen by a moment; return the moment after."""
        self.count += 1
        at = max(at, self.now) + timedelta(days=int(rng.integers(0, 9)))
        self.now = at
        match rng.integers(3):
            case 0:
                shop = f"S{rng.integers(60):03}"
                on = str(at.date() - timedelta(days=2))
                told = record("inspection", shop, on, "1", number=f"more-{self.count}")
                self.town.deliver([told])
            case 1:
                moved = parts().calibrator.shifted(float(rng.normal(0, 0.3)))
                self.bundle = _promoted(self.town, replace(parts(), calibrator=moved))
            case _:
                _run(self.town, self.bundle, str(at.date()))
        return at


def busy_town(folder: Path) -> Busy:
    """Deliver, promote, and make the first runs; the rest happens later."""
    town = Town(folder)
    publish_key(KEY.public_key(), folder / "keys")
    town.deliver([*inspections(), LISTED])
    bundle = _promoted(town, parts())
    _run(town, bundle, "2024-06-09", "2024-05-01")
    return Busy(town, _settings(folder), bundle, NOW)


def _settings(folder: Path) -> Settings:
    return load_settings(
        archive=folder / "archive",
        bundles=folder / "bundles",
        grades=folder / "grades",
        kept=folder / "kept",
        keys=folder / "keys",
        ledger=f"sqlite:///{folder / 'ledger.db'}",
    )


def _promoted(town: Town, made: Parts) -> Bundle:
    bundle = town.sign(made)
    town.ledger.promote(bundle.digest, purpose="grade", actor="li", reason="made up", at=AT)
    return bundle


def _run(town: Town, bundle: Bundle, until: str, start: str | None = None) -> None:
    first = None if start is None else day(start)
    advance(town.gradings, bundle, day(until), at=AT, actor="li", start=first)
