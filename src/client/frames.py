"""Answers as frames of pandas: a row for each grade, change or reason."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["to_frame"]


def to_frame(answers: BaseModel | Iterable[BaseModel]) -> "pd.DataFrame":
    """Return answers as a frame, a row each; what is within another is a column `outer.inner`.

    Of an answer that holds one list, such as scores or a page of changes, the rows are those of
    the list.

    Parameters
    ----------
    answers
        One answer, or several of a kind, such as what `Client.every_change` yields.

    Examples
    --------
    >>> from xinheng.serving.answers import JobRequestAnswer
    >>> to_frame([JobRequestAnswer(request=7, job="grades", at="2026-03-01T08:00:00Z")])
       request     job                        at
    0        7  grades 2026-03-01 08:00:00+00:00
    """
    import pandas as pd

    rows = _rows(answers) if isinstance(answers, BaseModel) else [*answers]
    return pd.json_normalize([_values(each) for each in rows])


def _rows(answer: BaseModel) -> list[Any]:
    lists = [value for _, value in answer if isinstance(value, list)]
    if len(lists) == 1 and all(isinstance(each, BaseModel) for each in lists[0]):
        return lists[0]
    return [answer]


def _values(answer: BaseModel) -> dict[str, Any]:
    return answer.model_dump()
