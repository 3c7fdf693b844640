"""The examples of the client's page run, against a service that listens."""

import re
from pathlib import Path

import pytest

from ..client.conftest import key, settings, url

__all__ = ["key", "settings", "url"]

PAGE = (Path(__file__).parents[2] / "docs" / "client.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_run_one_after_the_other(
    url: str, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, object] = {"url": url, "key": key}
    assert len(EXAMPLES) == 5
    for each in EXAMPLES:
        exec(compile(each.replace('"http://127.0.0.1:8000"', "url"), "client.md", "exec"), names)  # noqa: S102
    told = capsys.readouterr().out
    assert "unknown-enterprise 404" in told
    assert "Unknown enterprise" in told
