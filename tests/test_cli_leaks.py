"""The leak test on the command line: status 1 where anything depends on what came later."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xinheng.cli import app
from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError, XinhengError

from .training.world import archive_of, city

AHEAD = "count(*) OVER (PARTITION BY shop) AS tier, brand"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Enter a folder with the mapping of a made-up district, and its delivery in a folder."""
    archive_of(city(shops=40), tmp_path)
    (tmp_path / "sources").mkdir()
    (tmp_path / "source").rename(tmp_path / "sources" / "district")
    (tmp_path / "june").mkdir()
    (tmp_path / "delivery0").rename(tmp_path / "june" / "district")
    monkeypatch.setenv("XINHENG_SOURCES", str(tmp_path / "sources"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> tuple[str, BaseException | None]:
    result = CliRunner().invoke(app, ["leaks", *words], env={"COLUMNS": "120"})
    assert result.exit_code == (result.exception is not None), result.output
    return result.stdout, result.exception


def test_a_folder_of_deliveries_is_tested_where_the_test_windows_start(folder: Path) -> None:
    text, error = run("june")
    assert error is None
    assert "values up to 2023-01-09 depends on what came later" in text
    assert "inspection" in text
    assert "as plans knew them: " in text
    assert not (folder / "out").exists()


def test_each_leak_is_told_and_is_an_error(folder: Path) -> None:
    path = folder / "sources" / "district" / "enterprise.sql"
    path.write_text(path.read_text("utf-8").replace("brand", AHEAD), "utf-8")
    cuts = ["--cut", "2022-06-01", "--cut", "2022-01-01", "--seed", "1", "--json"]
    text, error = run("district=june/district", *cuts)
    assert isinstance(error, IntegrityError)
    assert "IH_TIER" in str(error)
    assert "a SELECT that joins other rows" in str(error)
    first, second = json.loads(text)["cuts"]
    assert (first["cut"], second["cut"]) == ("2022-01-01", "2022-06-01")
    [leak] = [each for each in second["found"] if each["what"] == "IH_TIER"]
    assert leak["enterprise"].startswith("made-up:S")
    assert leak["one"] != leak["other"]
    assert second["planned"] > second["visits"] > 100
    assert second["records"]["inspection"]["left_out"] > 10


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        (["july"], NotFoundError, "there is no folder july; give a folder that holds"),
        (["june/district"], InvalidError, "write SOURCE=june/district"),
        (["distric=june/district"], NotFoundError, "did you mean 'district'"),
        (["june", "--cut", "2031-02-03"], InvalidError, "2031-02-03 lies ahead"),
        (["june", "--cut", "2017-02-03"], InvalidError, "a cut at 2017-02-03 tests nothing"),
    ],
)
def test_what_cannot_be_tested_is_told(
    words: list[str], kind: type[XinhengError], message: str
) -> None:
    _, error = run(*words)
    assert isinstance(error, kind)
    assert message in str(error)
