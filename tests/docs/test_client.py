"""The examples of the client's page run, against a service that listens."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.core import IntegrityError, sign_webhook, webhook_key
from xinheng.serving.access import Grant, Role

from ..archive.department import ALPHA, BETA
from ..client.conftest import served
from ..serving.keyed import issue
from ..serving.posting import department, fresh

PAGE = (Path(__file__).parents[2] / "docs" / "client.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the examples take for given: where the service is, and keys of those who ask it."""
    settings = fresh(tmp_path_factory.mktemp("page"))
    keys = {"key": issue(settings), "second": issue(settings)}
    keys["administering"] = issue(settings, Grant(Role.ADMINISTRATOR))
    keys["auditing"] = issue(settings, Grant(Role.AUDITOR))
    with served(settings) as url:
        yield {"url": url, "delivering": issue(settings, department("bureau")), **keys}


def run(names: dict[str, Any]) -> None:
    for each in EXAMPLES:
        exec(compile(each.replace('"http://127.0.0.1:8000"', "url"), "client.md", "exec"), names)  # noqa: S102


def test_the_examples_run_one_after_the_other(
    given: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("enterprises.csv").write_text(f"enterprise\n{ALPHA}\n{BETA}\nx\n")
    assert len(EXAMPLES) == 11
    run(given)
    told = capsys.readouterr().out
    assert "unknown-enterprise 404" in told
    assert "Unknown enterprise" in told
    assert "folded [(1, 'accepted', [])]" in told
    assert "in_force" in told
    assert Path("scores.parquet").is_file()
    key = Ed25519PrivateKey.generate()
    headers = sign_webhook([key], "message", b"{}", datetime.now(UTC))
    with pytest.raises(IntegrityError, match="not signed by a key that is believed"):
        given["receive"](headers, b"{}")
    given["keys"] = [webhook_key(key.public_key())]
    assert given["receive"](headers, b"{}") == "message"
