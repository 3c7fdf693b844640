"""The page on the ledger: its code computes digests, its words are those of the program."""

import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from xinheng.ledger import HEAD, REVISIONS, Ledger, connected
from xinheng.ledger.tables import ENTRY

PAGE = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text("utf-8")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_code_computes_the_digest_of_an_entry(tmp_path: Path) -> None:
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102
    url = f"sqlite:///{tmp_path}/ledger.db"
    with closing(Ledger(url)) as ledger:
        for subject in ("E1", "食品"):
            ledger.audit(
                at=NOW, actor="li", action="read", subject=subject, detail={"信": [1.5, None]}
            )
    with connected(url) as engine, engine.connect() as connection:
        rows = connection.execute(select(ENTRY).order_by(ENTRY.c.id)).mappings().all()
    assert len(rows) == 2
    for row in rows:
        assert names["digest"](row, "2026-01-01T00:00:00.000000+00:00") == row["digest"]


@pytest.mark.parametrize("path", ["ledger/migrations/versions", "ledger/revision.py"])
def test_the_places_that_it_names_exist(path: str) -> None:
    assert path in PAGE
    assert (Path(__file__).parents[2] / "src" / path).exists()


def test_the_revision_that_it_goes_down_to_is_one() -> None:
    [revision] = re.findall(r"ledger downgrade (\d+)", PAGE)
    assert revision in REVISIONS
    assert revision != HEAD
