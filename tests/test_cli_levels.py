"""Levels on the command line: cut points proposed, a policy adopted, and what promotion says."""

import json
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from xinheng.archive import Archive
from xinheng.cli import app
from xinheng.core.errors import InvalidError, PolicyError, PromotionError
from xinheng.core.settings import load_settings
from xinheng.grading import Policy, ScoreCard, find_bundle
from xinheng.training import open_key, read_task, train

from .training.world import archive_of, city

TASK = """
title = "A made-up city"
policy = "policy.toml"
learners = ["constant", "lightgbm"]
[windows]
train = { first = 2020-01-01, last = 2022-03-31 }
test = { first = 2022-04-01, last = 2022-12-31 }
[boosting]
rounds = [20]
depths = [1]
linear = [0.0]
least_rows = 20
[bootstrap]
draws = 200
[promotion]
tolerance = 0.4
false_alarms = 0.9
rows = 100
"""
DAY = ("--as-of", "2023-06-01")
POLICY = Policy.default().text.replace("better = 0.15", "better = 0.02")


@pytest.fixture(scope="module")
def champion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a champion on a made-up city; return the folder of it all."""
    folder = tmp_path_factory.mktemp("levels")
    archive_of(city(shops=600, visits=8), folder)
    (folder / "task.toml").write_text(TASK, "utf-8")
    (folder / "policy.toml").write_text(POLICY, "utf-8")
    with pytest.MonkeyPatch.context() as patched:
        settle(folder, patched)
        settings = load_settings()
        train(
            Archive(settings.archive),
            read_task(folder / "task.toml"),
            settings,
            key=open_key(settings.keys),
            at=datetime(2023, 1, 5, tzinfo=UTC),
            actor="li",
            tracking=False,
        )
    return folder


def settle(folder: Path, patched: pytest.MonkeyPatch) -> None:
    for name in ("archive", "bundles", "mlruns", "keys"):
        patched.setenv(f"XINHENG_{name.upper()}", str(folder / name))
    patched.setenv("XINHENG_LEDGER", f"sqlite:///{folder / 'ledger.db'}")
    patched.setattr("pwd.getpwuid", lambda _: SimpleNamespace(pw_name="li"))


@pytest.fixture
def folder(champion: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settle(champion, monkeypatch)
    return champion


def run(*words: str) -> dict:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def propose(folder: Path, *words: str) -> dict:
    return run("levels", "propose", *DAY, "--task", str(folder / "task.toml"), *words)


def test_a_proposal_stays_within_capacity_and_tells_what_it_would_do(folder: Path) -> None:
    visits = "0,0.25,0.5,1,2,4"
    found = propose(folder, "--capacity", "700", "--visits", visits)
    proposed, now = found["proposed"], found["in_force"]
    assert [each["level"] for each in proposed] == ["A+", "A", "B", "C", "D", "E"]
    everybody = sum(each["enterprises"] for each in now)
    assert sum(each["enterprises"] for each in proposed) == everybody
    assert min(each["enterprises"] for each in proposed) >= 0.01 * everybody
    assert sum(each["visits"] for each in proposed) <= 700
    assert sum(map(sum, found["migration"])) == everybody
    assert sum(found["migration"][3]) == now[3]["enterprises"]
    assert found["outcomes"] == sum(each["outcomes"] for each in proposed) > 0
    starts = [each["start"] for each in proposed]
    assert starts == sorted(set(starts))


def test_more_capacity_puts_more_at_worse_levels(folder: Path) -> None:
    visits = ("--visits", "0,0.25,0.5,1,2,4")
    few, many = (propose(folder, "--capacity", each, *visits) for each in ("600", "900"))
    assert few["proposed"][-1]["start"] > many["proposed"][-1]["start"]


def test_tables_say_where_levels_begin_and_who_would_move(folder: Path) -> None:
    words = ["levels", "propose", *DAY, "--task", str(folder / "task.toml")]
    result = CliRunner().invoke(app, words, env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.exception
    for text in ("in force: default design-1", "proposed", "who would move", "what came"):
        assert text in result.stdout


def test_an_adopted_policy_is_a_challenger_whose_jumps_are_counted(
    folder: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    found = propose(folder, "--output", str(policy))
    assert [each.status for each in Policy.load(policy).editions] == ["design", "design"]
    made = run("levels", "adopt", str(policy))
    settings = load_settings()
    before, after = (find_bundle(settings, made[name]) for name in ("before", "bundle"))
    assert after.policy.text == policy.read_text("utf-8")
    assert after.calibrator.to_json() == before.calibrator.to_json()
    assert after.blend.to_texts() == before.blend.to_texts()

    # The edition begins tomorrow, and its jumps are asked for today.
    words = ["promote", made["bundle"][:12], "--reason", "capacity"]
    result = CliRunner().invoke(app, [*words, "--task", str(folder / "task.toml"), "--json"])
    assert isinstance(result.exception, PromotionError), result.output
    gates = {each["name"]: each for each in json.loads(result.stdout)["gates"]}
    assert gates["ranking"]["status"] == gates["loss"]["status"] == "passed"
    assert gates["migration"]["status"] == "failed"
    jumps = sum(
        count
        for one, row in enumerate(found["migration"])
        for two, count in enumerate(row)
        if abs(one - two) > 1
    )
    assert jumps > 0


@pytest.mark.usefixtures("folder")
def test_a_policy_never_says_otherwise_of_days_that_have_passed(tmp_path: Path) -> None:
    text = POLICY
    for name, changed, says in (
        ("cuts", text.replace('"A" = 0.05', '"A" = 0.06'), "by which grades have been given"),
        ("dates", text.replace("effective_from = 2000-01-01", "effective_from = 2020-01-01"),
         "by which grades have been given"),
        ("end", text.replace("effective_from = 2000-01-01",
                             "effective_from = 2000-01-01\neffective_to = 2024-12-31"),
         "though grades were given by it until"),
    ):  # fmt: skip
        path = tmp_path / f"{name}.toml"
        path.write_text(changed, "utf-8")
        result = CliRunner().invoke(app, ["levels", "adopt", str(path)])
        assert isinstance(result.exception, PolicyError), (name, result.output)
        assert says in str(result.exception)


@pytest.mark.usefixtures("folder")
def test_the_policy_in_force_is_not_adopted_again(tmp_path: Path) -> None:
    path = tmp_path / "same.toml"
    path.write_text(POLICY, "utf-8")
    result = CliRunner().invoke(app, ["levels", "adopt", str(path)])
    assert isinstance(result.exception, InvalidError)
    assert "grades by this policy and score card already" in str(result.exception)


@pytest.mark.usefixtures("folder")
def test_another_score_card_is_adopted_beside_the_policy(tmp_path: Path) -> None:
    policy, card = tmp_path / "policy.toml", tmp_path / "card.toml"
    policy.write_text(POLICY, "utf-8")
    text, start = ScoreCard.default().text, "effective_from = 2000-01-01"
    head, body = text.split("[[edition]]", 1)
    ended = body.replace(start, f"effective_to = 2039-12-31\n{start}")
    later = body.replace(start, "effective_from = 2040-01-01").replace("design-1", "design-2")
    card.write_text(f"{head}[[edition]]{ended}[[edition]]{later}", "utf-8")
    made = run("levels", "adopt", str(policy), "--score-card", str(card))
    after = find_bundle(load_settings(), made["bundle"])
    assert after.score_card.text == card.read_text("utf-8")
    assert after.policy.text == POLICY

    card.write_text(text.replace("unknown = 90", "unknown = 80"), "utf-8")
    words = ["levels", "adopt", str(policy), "--score-card", str(card)]
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, PolicyError)
    assert "score card 'food-production' lacks or changes the edition" in str(result.exception)


@pytest.mark.usefixtures("folder")
def test_visits_that_are_no_numbers_are_refused() -> None:
    words = ["levels", "propose", *DAY, "--visits", "few,some"]
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, InvalidError)
    assert "write six, such as" in str(result.exception)


def test_a_model_under_an_older_policy_is_put_under_the_one_in_force(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, settings = tmp_path / "policy.toml", load_settings()
    propose(folder, "--output", str(policy))
    made = run("levels", "adopt", str(policy))
    task = ("--task", str(folder / "task.toml"), "--reason", "capacity")
    run("promote", made["bundle"][:12], *task, "--sign-off", "wang", "--despite", "migration")

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(2040, 1, 1, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr("xinheng.cli.promotion.datetime", Later)
    old = CliRunner().invoke(app, ["promote", made["before"][:12], *task])
    assert isinstance(old.exception, PolicyError), old.output
    assert "lacks or changes the edition" in str(old.exception)
    assert f"--bundle {made['before'][:12]}" in str(old.exception)

    # The same model under the policy in force is the champion again.
    text = settings.bundles / made["bundle"] / "policy.toml"
    again = run("levels", "adopt", str(text), "--bundle", made["before"][:12])
    assert again["bundle"] == made["bundle"]
