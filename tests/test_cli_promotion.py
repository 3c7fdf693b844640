"""Champions on the command line: three promotions, a refusal, a sign-off, and the way back."""

import json
import shutil
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from xinheng.archive import Archive
from xinheng.cli import app
from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError, PromotionError
from xinheng.core.settings import load_settings
from xinheng.ledger import Ledger
from xinheng.training import open_key, read_task, train

from .training.world import archive_of, city

TASK = """
title = "A made-up city"
learners = ["constant", "lightgbm"]
[windows]
train = {{ first = 2020-01-01, last = {last} }}
test = {{ first = {first}, last = 2023-12-31 }}
[boosting]
rounds = [20]
depths = [{depth}]
linear = [0.0]
least_rows = 20
[bootstrap]
draws = 200
[promotion]
auc_margin = 0.05
loss_margin = 0.05
tolerance = 0.3
false_alarms = 0.5
rows = {rows}
"""
WINDOWS = {
    "first": ("2021-06-30", "2021-07-01", 1),
    "second": ("2022-03-31", "2022-04-01", 2),
    "third": ("2022-09-30", "2022-10-01", 2),
}
TRAINED = datetime(2024, 1, 5, tzinfo=UTC)
ASK = ("--reason", "a quarter more of outcomes")


@pytest.fixture(scope="module")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    archive_of(city(shops=600, visits=8), folder)
    return folder


def settle(city: Path, folder: Path, patched: pytest.MonkeyPatch) -> None:
    """Let the settings name the archive of a city, and all else in a folder."""
    patched.setenv("XINHENG_ARCHIVE", str(city / "archive"))
    for name in ("bundles", "mlruns", "keys"):
        patched.setenv(f"XINHENG_{name.upper()}", str(folder / name))
    patched.setenv("XINHENG_LEDGER", f"sqlite:///{folder / 'ledger.db'}")
    patched.setattr("pwd.getpwuid", lambda _: SimpleNamespace(pw_name="li"))


@pytest.fixture(scope="module")
def trained(
    city_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    """Train three models one after the other; the first is champion, the others challengers."""
    folder, found = tmp_path_factory.mktemp("trained"), {}
    with pytest.MonkeyPatch.context() as patched:
        settle(city_folder, folder, patched)
        settings = load_settings()
        for name, (last, first, depth) in WINDOWS.items():
            path = folder / f"{name}.toml"
            text = TASK.format(
                last=last, first=first, depth=depth, rows=99_999 if name == "second" else 500
            )
            path.write_text(text, "utf-8")
            made = train(
                Archive(city_folder / "archive"),
                read_task(path),
                settings,
                key=open_key(settings.keys),
                at=TRAINED,
                actor="li",
                tracking=False,
            )
            assert made.promoted == (name == "first")
            found[name] = made.digest
    return folder, found


@pytest.fixture
def bundles(
    city_folder: Path,
    trained: tuple[Path, dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:
    """Copy what was trained into the folder of the test."""
    folder, found = trained
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    settle(city_folder, tmp_path, monkeypatch)
    return found


def stands_at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    class Standing(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.fromisoformat(moment).astimezone(tz)

    monkeypatch.setattr("xinheng.cli.promotion.datetime", Standing)


def run(*words: str) -> dict:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def refused(error: type[Exception], message: str, *words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, error), (result.output, result.exception)
    assert message in str(result.exception)
    return result.stdout


def champion() -> str:
    ledger = Ledger.open(load_settings())
    try:
        return ledger.champion("grade")
    finally:
        ledger.close()


def test_three_champions_and_the_way_back(
    bundles: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = bundles.values()
    task = ("--task", str(tmp_path / "second.toml"))

    # Too few outcomes hold the second back, and the trial is kept.
    stands_at(monkeypatch, "2024-01-10T02:00+00:00")
    shown = refused(PromotionError, "did not pass: data;", "promote", second[:12], *task, *ASK)
    assert "99,999 are needed" in shown
    assert champion() == first
    despite = ("--despite", "data")
    words = ("promote", second[:12], *task, *ASK)
    refused(InvalidError, "it takes a second person", *words, "--sign-off", "Li", *despite)
    refused(InvalidError, "give both", *words, *despite)
    refused(NotFoundError, "did you mean 'data'", *words, "--sign-off", "wang",
            "--despite", "dta")  # fmt: skip
    refused(InvalidError, "'loss' passed; sign off what did not", *words, "--sign-off", "wang",
            *despite, "--despite", "loss")  # fmt: skip

    # A second person signs for it.
    signed = run(*words, "--sign-off", "wang", *despite)
    assert (signed["promoted"], signed["before"]) == (True, first)
    assert signed["sign_off"] == {"name": "wang", "gates": ["data"]}
    gates = {gate["name"]: gate for gate in signed["gates"]}
    assert list(gates) == [
        "data", "ranking", "loss", "calibration", "fairness", "migration", "directions",
    ]  # fmt: skip
    assert gates["data"]["figures"]["rows"] > 500
    assert champion() == second
    refused(InvalidError, "is the champion for grade already", *words)

    # The third passes by itself.
    stands_at(monkeypatch, "2024-04-10T02:00+00:00")
    passed = run("promote", third[:12], "--task", str(tmp_path / "third.toml"), *ASK)
    assert (passed["sign_off"], passed["before"]) == (None, second)

    _back_and_forth(monkeypatch, first, second, third)
    _for_ever(signed["gates"], second, first, third)


def _back_and_forth(monkeypatch: pytest.MonkeyPatch, first: str, second: str, third: str) -> None:
    """And back, in one command; the next step back is the one before that."""
    stands_at(monkeypatch, "2024-04-12T17:00+00:00")
    refused(InvalidError, "the ledger keeps why", "rollback", "--reason", " ")
    assert run("rollback", "--reason", "complaints") == {
        "purpose": "grade", "bundle": second, "before": third,
    }  # fmt: skip
    assert run("rollback", "--reason", "more complaints")["bundle"] == first
    refused(NotFoundError, "no champion for grade to go back to", "rollback", "--reason", "more")
    back = run("rollback", "--to", third[:10], "--reason", "it was something else")
    assert back["bundle"] == third == champion()
    words = ("rollback", "--reason", "x", "--to")
    refused(InvalidError, "is the champion already", *words, third[:10])
    refused(NotFoundError, "What never was champion", *words, "fff")


def _for_ever(gates: list[dict], second: str, first: str, third: str) -> None:
    """Who was champion on a day, whenever it is asked; a day begins in Shanghai."""

    def on(day: str) -> list[str]:
        return [each["bundle"] for each in run("champions", "--on", day)["champions"]]

    assert on("2023-12-31") == []
    assert on("2024-01-05") == [first]
    assert on("2024-01-10") == [first, second]
    assert on("2024-01-11") == [second]
    assert on("2024-04-12") == [third]
    assert on("2024-05-01") == [third]
    assert on("2024-04-13") == [third, second, first, third]
    history = run("champions")["champions"]
    assert [each["kind"] for each in history] == ["first", "challenger", "challenger"] + [
        "rollback"
    ] * 3
    assert history[1]["sign_off"]["name"] == "wang"
    assert history[1]["trial"]["gates"] == gates
    assert all(each["kept"] for each in history)
    table = CliRunner().invoke(app, ["champions"]).stdout
    assert "wang" in table

    ledger = Ledger.open(load_settings())
    tried = ledger.promotions.trials(second)
    assert [len(each.gates) for each in tried] == [7] * 4
    assert [row["action"] for row in ledger.audited(second)].count("promote") == 2
    ledger.close()


def test_a_broken_bundle_is_not_gone_back_to(bundles: dict[str, str], tmp_path: Path) -> None:
    first, _, third = bundles.values()
    run("promote", third[:12], "--task", str(tmp_path / "third.toml"), *ASK)
    path = tmp_path / "bundles" / first / "card.json"
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    refused(IntegrityError, "are not as they were signed", "rollback", "--reason", "x")
    assert champion() == third


def test_without_outcomes_that_are_new_to_both_it_takes_a_person(
    bundles: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_at(monkeypatch, "2022-10-02T02:00+00:00")
    words = ("promote", bundles["third"][:12], "--task", str(tmp_path / "third.toml"), *ASK)
    refused(PromotionError, "did not pass: data, ranking, loss, calibration, fairness", *words)


def test_another_purpose_has_a_history_of_its_own(bundles: dict[str, str]) -> None:
    assert len(run("champions")["champions"]) == 1
    assert bundles["first"] == run("champions")["champions"][0]["bundle"]
    assert run("champions", "--purpose", "scheduling")["champions"] == []
    refused(NotFoundError, "There are: grade, scheduling", "champions", "--purpose", "gradess")


def test_on_another_machine_the_first_is_asked_for_its_directions_alone(
    bundles: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path / 'another.db'}")
    task = ("--task", str(tmp_path / "second.toml"))
    found = run("promote", bundles["second"][:12], *task, *ASK)
    assert (found["promoted"], found["before"]) == (True, None)
    assert [gate["name"] for gate in found["gates"]] == ["directions"]
    assert [each["kind"] for each in run("champions")["champions"]] == ["first"]
    shutil.rmtree(tmp_path / "bundles" / bundles["second"])
    assert not run("champions")["champions"][0]["kept"]
    told = CliRunner().invoke(app, ["champions"]).stdout
    assert "copy it back" in " ".join(told.split())
