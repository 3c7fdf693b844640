"""The whole road: deliveries into an archive, a signed model, the command, alerts in the ledger."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from xinheng.archive import Archive, read_source
from xinheng.cli import app
from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.core.settings import load_settings
from xinheng.core.time import day
from xinheng.features import Events, build_references
from xinheng.grading import Checks, Reference, publish_key, read_champion, write_bundle
from xinheng.grading.monitoring import first_days, sampled_matrix
from xinheng.ledger import Alerts, Ledger, Promotion

from ...training.world import archive_of, city
from ..world import CATALOGUE, parts

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CUT, GONE = date(2023, 1, 1), date(2023, 7, 1)
CHECKS = Checks(("inspection.critical:routine",), ((("inspection.critical:routine",), 0.0),))


def visits() -> pd.DataFrame:
    """Some seventy visits a month from 2020 to October 2023."""
    return city(shops=200, visits=16)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of visits, of which none came after a day, and a champion trained before."""
    folder = tmp_path_factory.mktemp("monitored")
    table = visits()
    archive = archive_of(table[table["day"] < GONE], folder)
    events = Events.from_view(archive.events())
    references = build_references(CATALOGUE, events)
    days = first_days(day(CUT), 24)
    matrix, population = sampled_matrix(CATALOGUE, events, references, days)
    made, values = parts(), matrix.to_numpy(np.float64)
    margins = made.blend.margins(values)
    levels = made.policy.on(day(CUT)).scale.place(margins, made.calibrator).codes
    reference = Reference.of(matrix, margins, levels=levels, population=population, checks=CHECKS)
    key = Ed25519PrivateKey.generate()
    card = replace(made.card, cut=CUT.isoformat())
    digest = write_bundle(folder / "draft", replace(made, reference=reference, card=card), key)
    (folder / "bundles").mkdir()
    (folder / "draft").rename(folder / "bundles" / digest)
    publish_key(key.public_key(), folder / "keys")
    ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}")
    ledger.promote(digest, purpose="grade", actor="li", reason="first", at=NOW)
    ledger.close()
    return folder


@pytest.fixture
def installed(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("archive", "bundles", "keys"):
        monkeypatch.setenv(f"XINHENG_{name.upper()}", str(place / name))
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{place / 'ledger.db'}")
    return place


def run(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


def told(as_of: str, *words: str) -> list[tuple[str, str]]:
    stories = run("monitor", "--as-of", as_of, *words)["stories"]
    return [(s["state"], s["cause"]) for s in stories if s["state"] != "season"]


def test_a_department_that_stops_is_told_once_until_it_delivers_again(installed: Path) -> None:
    assert told("2023-06-01") == []
    assert told("2023-08-01", "--look") == [("opened", "stopped")]
    assert run("alerts")["alerts"] == []
    assert told("2023-08-15") == [("opened", "stopped")]
    assert told("2023-09-01") == [("goes on", "stopped")]
    (alert,) = run("alerts")["alerts"]
    assert (alert["key"], alert["since"]) == ("delivery/source", "2023-07-01")
    assert "has delivered no inspection records since 2023-07-01" in alert["text"]
    shown = CliRunner().invoke(app, ["alerts", "--lang", "zh"])
    assert "请核实数据报送是否中断" in shown.stdout

    table = visits()
    missing = installed / "missing"
    missing.mkdir()
    table[table["day"] >= GONE].to_csv(missing / "inspections.csv", index=False)
    received = datetime(2023, 9, 5, tzinfo=UTC)
    Archive(installed / "archive").ingest(read_source(installed / "source"), missing, received)
    assert told("2023-11-01") == [("changed", "late")]
    alerts = Alerts(f"sqlite:///{installed / 'ledger.db'}")
    assert [row["state"] for row in alerts.history()] == ["opened", "changed"]
    assert len(alerts.runs()) == 4
    alerts.close()


def test_an_earlier_month_is_looked_at_and_not_kept(installed: Path) -> None:
    run("monitor", "--as-of", "2023-12-01")
    alerts = Alerts(f"sqlite:///{installed / 'ledger.db'}")
    before = alerts.history(), len(alerts.runs())
    early = CliRunner().invoke(app, ["monitor", "--as-of", "2023-06-01"])
    assert isinstance(early.exception, InvalidError)
    assert "add --look to look without keeping" in str(early.exception)
    run("monitor", "--as-of", "2023-06-01", "--look")
    assert (alerts.history(), len(alerts.runs())) == before
    alerts.close()


def recalibrated(place: Path, moved: float) -> None:
    """Let the champion's calibration follow outcomes, and promote it."""
    with closing(Ledger(f"sqlite:///{place / 'ledger.db'}")) as ledger:
        before = read_champion(load_settings(), ledger)
        key = Ed25519PrivateKey.generate()
        publish_key(key.public_key(), place / "keys")
        made = replace(
            parts(),
            reference=before.reference,
            calibrator=parts().calibrator.shifted(moved),
            card=replace(before.card, followed=moved),
        )
        digest = write_bundle(place / "draft", made, key)
        (place / "draft").rename(place / "bundles" / digest)
        ledger.promotions.record(
            Promotion(NOW, "li", "followed", "grade", digest, "recalibration", before.digest)
        )


def test_recalibrations_are_never_told_as_another_model(installed: Path) -> None:
    run("monitor", "--as-of", "2024-01-01")
    for month, moved in (("2024-02-01", 0.1), ("2024-03-01", 0.2), ("2024-04-01", 0.3)):
        recalibrated(installed, moved)
        assert "model" not in {cause for _, cause in told(month)}


@pytest.mark.usefixtures("installed")
def test_what_cannot_be_monitored_is_said_with_the_way_out() -> None:
    early = CliRunner().invoke(app, ["monitor", "--as-of", "2021-01-01", "--look"])
    assert isinstance(early.exception, InvalidError)
    assert "what is usual is known from 30 months on" in str(early.exception)
    tongue = CliRunner().invoke(app, ["alerts", "--lang", "fr"])
    assert isinstance(tongue.exception, NotFoundError)
    assert "zh" in str(tongue.exception)
