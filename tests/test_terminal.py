"""What the command line shows of progress, and the files that it writes."""

import errno
import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from xinheng.archive import sheet
from xinheng.core.errors import StorageError
from xinheng.terminal import progress, write_page, write_table, write_tables


def told(*, terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80)
    with progress(console) as tell:
        tell("Reading", 0, 2)
        tell("Reading", 1, 2)
        tell("Writing", 0, 1)
    return console.file.getvalue()


def test_elsewhere_each_step_is_one_line_with_the_seconds_passed() -> None:
    lines = told(terminal=False).splitlines()
    assert [re.sub(r"^ +\d+\.\d s  ", "", line) for line in lines] == ["Reading", "Writing"]


def test_on_a_terminal_each_step_is_a_bar_that_ends() -> None:
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", told(terminal=True))
    last = shown[shown.rindex("Reading") - 2 :]
    assert re.search(r"✓ Reading +━+ .*\n✓ Writing +━+", last)


Write = Callable[[Path], None]
SOME = pd.DataFrame({"id": ["one", "two"], "PN06": [0.0, 3.0]})
WRITERS: dict[str, Write] = {
    "grades.csv": lambda path: write_table(SOME, path),
    "grades.parquet": lambda path: write_table(SOME, path),
    "indicators.md": lambda path: write_page("# Indicators\n", path, as_json=True),
    "held.csv": lambda path: sheet.export([], path),
}


def breaking_off(error: BaseException) -> Iterator[pd.DataFrame]:
    yield SOME
    raise error


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("error", [ValueError("no such day"), KeyboardInterrupt()])
def test_a_table_that_breaks_off_leaves_what_was_there(
    tmp_path: Path, ending: str, error: BaseException
) -> None:
    path = tmp_path / f"some.{ending}"
    path.write_text("before")
    with pytest.raises(type(error)):
        write_tables(breaking_off(error), path)
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {path.name: "before"}


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_whole_and_on_disk_before_it_has_its_name(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, int]] = []
    sync, replace = os.fsync, os.replace

    def synced(handle: int) -> None:
        sync(handle)
        done.append(("forced", os.fstat(handle).st_ino))

    def replaced(draft: Path, path: Path) -> None:
        done.append(("named", Path(draft).stat().st_ino))
        replace(draft, path)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    path = tmp_path / "out" / name
    WRITERS[name](path)
    whole, folder = path.stat().st_ino, path.parent.stat().st_ino
    assert done[-3:] == [("forced", whole), ("named", whole), ("forced", folder)]
    assert [each.name for each in path.parent.iterdir()] == [name]


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_leaves_what_was_there_and_no_draft(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / name
    path.write_text("before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="there is no room in"):
        WRITERS[name](path)
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {name: "before"}
