"""What comes after every training: the bundle stored, the ledger written, MLflow's alias moved."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from mlflow.exceptions import MlflowException

from xinheng.core.settings import Settings, load_settings
from xinheng.grading import Purpose
from xinheng.ledger import Ledger, Promotion
from xinheng.training import MODELS, Handover, Run, Tracker
from xinheng.training.tracking import mirror

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
    ledger = Ledger.open(settings)
    try:
        return ledger.champion(purpose)
    finally:
        ledger.close()


def history(settings: Settings) -> tuple[Promotion, ...]:
    ledger = Ledger.open(settings)
    try:
        return ledger.promotions.history(Purpose.GRADE)
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


def test_the_alias_follows_the_ledger_there_and_back(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    made, digests = parts(), []
    for seed in (6, 7, 8):
        other = replace(made, card=replace(made.card, seed=seed))
        handover = Handover.store(other, KEY, settings, at=AT, actor="li")
        if seed < 8:
            handover.track([Run(f"{seed}", {}, {}, {})])
        digests.append(handover.digest)
    name, tracker = MODELS[Purpose.GRADE], Tracker(settings.mlruns)
    for digest in (digests[1], digests[0]):
        mirror(settings.mlruns, Purpose.GRADE, digest)
        assert tracker.champion(name) == digest
    mirror(settings.mlruns, Purpose.GRADE, digests[2])  # which nobody registered
    with pytest.raises(MlflowException, match="alias champion not found"):
        tracker.champion(name)


def test_a_later_bundle_is_a_challenger(tmp_path: Path) -> None:
    settings, made = settings_in(tmp_path), parts()
    first = stored(settings)
    assert first.introduce("first")
    later = replace(made, card=replace(made.card, seed=7))
    challenger = Handover.store(later, KEY, settings, at=AT, actor="li")
    assert not challenger.introduce("later")
    assert first.introduce("trained once more")  # it is champion already
    assert champion(settings, Purpose.GRADE) == first.digest
    assert len(history(settings)) == 1
