"""docs/access.md says what the code does, and its files can be read."""

import re
from pathlib import Path

from xinheng.core import load_settings, time
from xinheng.serving import create_app
from xinheng.serving.access import Grant, Permission, Provider, Role, read_channels

from .accesspage import PAGE, PARTS, render

TEXT = PAGE.read_text("utf-8")
PROVIDER, CHANNELS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_the_tables_are_what_the_code_says() -> None:
    assert [name for name in PARTS if f"<!-- {name} -->" not in TEXT] == []
    assert render(TEXT) == TEXT, "run .venv/bin/python -m tests.docs.accesspage"


def test_a_table_that_says_otherwise_is_noticed() -> None:
    mistaken = TEXT.replace("| read audit |  |", "| read audit | ✓ |")
    assert mistaken != TEXT
    assert render(mistaken) == TEXT


def test_the_provider_can_be_read() -> None:
    found = Provider.parse(PROVIDER, "docs/access.md", secret="F3-not-a-real-one-" * 2)
    grant = found.grant({"groups": ["food-inspection"], "districts": ["440304"]})
    assert (grant.role, grant.allows(Permission.POST_RECORDS)) == (Role.INSPECTOR, True)


def test_the_channel_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "channels.toml"
    path.write_text(CHANNELS, "utf-8")
    channels = read_channels(path, create_app(load_settings()).openapi())
    hotline = channels.on(time.day("2026-06-30")).channel("hotline")
    assert hotline.answer("GradeAnswer", {"level": "B", "margin": 0.1}, Grant(Role.SUPERVISOR)) == {
        "level": "B"
    }
