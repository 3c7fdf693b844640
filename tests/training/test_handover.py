"""What comes after every training: the bundle stored, the ledger written, MLflow's alias moved."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.core.settings import Settings, load_settings
from xinheng.grading import Purpose
from xinheng.ledger import Ledger
from xinheng.training import MODELS, Handover, Run, Tracker

from ..grading.world import parts

AT = datetime(2026, 6, 2, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def settings_in(folder: Path) -> Settings:
    return load_settings(
        bundles=folder / "bundles",
        mlruns=folder / "mlruns",
        ledger=f"sqlite:///{folder / 'ledger.db'}",
    )


def stored(settings: Settings, purpose: Purpose = Purpose.GRADE) -> Handover:
    made = parts()
    made = replace(made, card=replace(made.card, purpose=purpose))
    return Handover.store(made, KEY, settings, at=AT, actor="li")


def champion(settings: Settings, purpose: Purpose) -> str:
    ledger = Ledger(settings.ledger)
    try:
        return ledger.champion(purpose)
    finally:
        ledger.close()


def test_the_same_bundle_is_stored_once(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    first = stored(settings)
    written = (first.path / "manifest.json").stat().st_ino
    again = stored(settings)
    assert (again.path, again.digest) == (first.path, first.path.name)
    assert (again.path / "manifest.json").stat().st_ino == written
    assert [each.name for each in settings.bundles.iterdir()] == [first.digest]


@pytest.mark.parametrize("purpose", Purpose)
def test_the_ledger_is_written_before_the_alias_moves(
    purpose: Purpose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path)
    handover = stored(settings, purpose)
    runs = [Run(name, {"rows": 1}, {"auc": 0.7}, {"gradable": "true"}) for name in ("a", "b")]
    tracked = handover.track(runs)
    client = Tracker(settings.mlruns)._client
    assert client.get_run(tracked.run).info.run_name == "b"
    moved, seen = Tracker.mirror, []

    def watched(*given: object) -> None:
        seen.append(champion(settings, purpose))
        moved(*given)

    monkeypatch.setattr(Tracker, "mirror", watched)
    assert handover.introduce("first")
    assert seen == [handover.digest]
    assert Tracker(settings.mlruns).champion(MODELS[purpose]) == handover.digest


def test_without_tracking_mlflow_is_left_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    handover = stored(settings)
    assert handover.introduce("first")
    assert champion(settings, Purpose.GRADE) == handover.digest
    assert not settings.mlruns.exists()
