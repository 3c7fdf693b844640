"""A made-up town to serve: two champions, two deliveries, and the runs of half a year."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from xinheng.core.settings import Settings, load_settings
from xinheng.core.time import day
from xinheng.grading import Bundle, Parts, publish_key
from xinheng.grading.dynamic import advance

from ..grading.dynamic.test_rebuild import LISTED, SINCE
from ..grading.dynamic.world import AT, KEY, Town, inspections
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
