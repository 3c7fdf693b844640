"""Files of rules beside a task."""

from pathlib import Path

import pytest

from xinheng.core.errors import NotFoundError, PolicyError
from xinheng.grading import Policy, ScoreCard
from xinheng.training import Task
from xinheng.training.taskfiles import load_policy, load_score_card


def test_files_that_a_task_names_lie_beside_it(tmp_path: Path) -> None:
    card = ScoreCard.default().text.replace("unknown = 90", "unknown = 80")
    policy = Policy.default().text.replace("better = 0.15", "better = 0.1")
    (tmp_path / "card.toml").write_text(card, "utf-8")
    (tmp_path / "policy.toml").write_text(policy, "utf-8")
    task = Task(policy="policy.toml", score_card="card.toml", folder=tmp_path)
    assert load_score_card(task).editions[0].unknown == 80
    assert load_policy(task).editions[0].scale.hysteresis.better == 0.1


def test_a_file_that_is_not_there_or_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no score card file"):
        load_score_card(Task(score_card="card.toml", folder=tmp_path))
    with pytest.raises(NotFoundError, match=r"'card\.toml' but lies in no folder"):
        load_score_card(Task(score_card="card.toml"))
    (tmp_path / "card.toml").write_text("name = 1", "utf-8")
    with pytest.raises(PolicyError, match=r"card\.toml"):
        load_score_card(Task(score_card="card.toml", folder=tmp_path))
