"""Files of rules that lie beside a task: the grading policy and the score card."""

from pathlib import Path

from ..core.errors import NotFoundError
from ..grading import Policy, ScoreCard
from .task import Task

__all__ = ["load_policy", "load_score_card"]


def load_policy(task: Task) -> Policy:
    """Return the policy of a task; the one that ships with the package if it names none.

    Raises
    ------
    NotFoundError
        If the file is not there, or the task lies in no folder that it could be in.
    PolicyError
        If it is no policy.

    Examples
    --------
    >>> load_policy(Task()) == Policy.default()
    True
    """
    return Policy.default() if task.policy is None else Policy.load(_beside(task, task.policy))


def load_score_card(task: Task) -> ScoreCard:
    """Return the score card of a task; the one that ships with the package if it names none.

    Raises
    ------
    NotFoundError
        If the file is not there, or the task lies in no folder that it could be in.
    PolicyError
        If it is no score card.

    Examples
    --------
    >>> load_score_card(Task()) == ScoreCard.default()
    True
    """
    if task.score_card is None:
        return ScoreCard.default()
    return ScoreCard.load(_beside(task, task.score_card))


def _beside(task: Task, name: str) -> Path:
    if task.folder is None:
        raise NotFoundError(f"the task names the file {name!r} but lies in no folder")
    return task.folder / name
