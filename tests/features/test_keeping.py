"""What is kept on disk is what was computed, and a broken state is told."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.core.errors import IntegrityError, NotFoundError
from xinheng.features import keeping
from xinheng.features.current import Current, advanced
from xinheng.features.keeping import keep, kept

from .histories import Record
from .others import CASES
from .test_current import CATALOGUE, ENTERPRISES, TODAY, afresh, reader, told, touched

RECORDS = [
    Record("enterprise.population", TODAY - 900, code="producer", enterprise=0),
    Record("penalty", TODAY - 365, code="market.food.one", enterprise=0, severity=2, value=1),
    Record("relation", TODAY - 200, code="investment", enterprise=1, case=int(CASES.of(0))),
    Record("sampling", TODAY - 20, code="pass", enterprise=2, case=4),
    Record("ban", TODAY - 90, code="five_years", enterprise=-1, case=3, severity=3),
]


ORIGIN = "one"


def put(current: Current, folder: Path) -> None:
    keep(current, folder, ORIGIN)


def got(folder: Path) -> Current:
    found = kept(folder, CATALOGUE, lambda _: ORIGIN)
    assert found is not None
    return found


def same(one: Current, other: Current) -> None:
    pd.testing.assert_frame_equal(one.matrix(), other.matrix(), check_exact=True)


def test_what_is_kept_goes_on_as_if_it_had_never_left(tmp_path: Path) -> None:
    put(afresh(RECORDS, TODAY), tmp_path / "kept")
    found = got(tmp_path / "kept")
    same(found, afresh(RECORDS, TODAY))
    (before, _), (after, bans) = told(RECORDS, TODAY), told(RECORDS, TODAY + 1)
    changed = touched(before, after)
    later, _ = advanced(
        found, reader(after), ENTERPRISES, TODAY + 1, 1, changed, cases=CASES, bans=bans
    )
    same(later, afresh(RECORDS, TODAY + 1))
    put(later, tmp_path / "kept")
    same(got(tmp_path / "kept"), later)
    assert len([each for each in (tmp_path / "kept").iterdir() if each.is_dir()]) == 1


def test_the_same_day_is_kept_twice(tmp_path: Path) -> None:
    current = afresh(RECORDS, TODAY)
    for _ in range(3):
        put(current, tmp_path)
    same(got(tmp_path), current)


def test_nothing_is_kept_at_first(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"nothing is kept in .*indicators update"):
        got(tmp_path)


def test_what_broke_off_leaves_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = afresh(RECORDS, TODAY)
    put(current, tmp_path)
    written = np.save

    def full(path: Path, column: object, **how: bool) -> None:
        if "since" in path.name:
            raise OSError(28, "No space left on device")
        written(path, column, **how)

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="no room"):
        put(afresh(RECORDS, TODAY + 9), tmp_path)
    monkeypatch.undo()
    assert len([each for each in tmp_path.iterdir() if each.is_dir()]) == 1
    same(got(tmp_path), current)
    put(afresh(RECORDS, TODAY + 9), tmp_path)
    assert got(tmp_path).as_of == TODAY + 9


def test_what_a_process_that_died_had_written_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    current = afresh(RECORDS, TODAY)
    monkeypatch.setattr(np, "save", killed)
    monkeypatch.setattr(keeping, "_tidy", lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        put(current, tmp_path)
    monkeypatch.undo()
    assert len(list(tmp_path.iterdir())) == 1
    put(current, tmp_path)
    assert len([each for each in tmp_path.iterdir() if each.is_dir()]) == 1


@pytest.mark.parametrize("lost", ["since.npy", "standing-kept.npy", "about.json"])
def test_a_state_that_lost_a_file_is_refused(tmp_path: Path, lost: str) -> None:
    put(afresh(RECORDS, TODAY), tmp_path)
    (state,) = (each for each in tmp_path.iterdir() if each.is_dir())
    (state / lost).unlink()
    with pytest.raises(IntegrityError, match=r"not whole .*begin anew"):
        got(tmp_path)


def test_a_state_of_another_form_does_not_count(tmp_path: Path) -> None:
    put(afresh(RECORDS, TODAY), tmp_path)
    (state,) = (each for each in tmp_path.iterdir() if each.is_dir())
    about = json.loads((state / "about.json").read_text("utf-8"))
    (state / "about.json").write_text(json.dumps(about | {"form": 99}), "utf-8")
    assert kept(tmp_path, CATALOGUE, lambda _: ORIGIN) is None


def test_what_is_kept_of_another_archive_or_catalogue_does_not_count(tmp_path: Path) -> None:
    put(afresh(RECORDS, TODAY), tmp_path)
    assert kept(tmp_path, CATALOGUE, lambda _: "another") is None
    assert kept(tmp_path, CATALOGUE.select(ids=["BC01"]), lambda _: ORIGIN) is None


def test_nothing_else_in_the_folder_is_touched(tmp_path: Path) -> None:
    other = tmp_path / "photos" / "one.txt"
    other.parent.mkdir()
    other.write_text("dear")
    for day in (TODAY, TODAY + 1):
        put(afresh(RECORDS, day), tmp_path)
    assert other.read_text() == "dear"
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("name", ["current.json", "about.json", "since.npy"])
def test_a_file_that_was_cut_is_told(tmp_path: Path, name: str) -> None:
    put(afresh(RECORDS, TODAY), tmp_path)
    (path,) = tmp_path.rglob(name)
    path.write_bytes(path.read_bytes()[:9])
    with pytest.raises(IntegrityError, match="not whole"):
        got(tmp_path)
