"""What is kept on disk is what was computed, and a broken state is told."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.core.errors import IntegrityError, NotFoundError
from xinheng.features.current import Current, advanced
from xinheng.features.keeping import keep, kept

from .histories import Record
from .others import CASES
from .test_current import ENTERPRISES, TODAY, afresh, reader, told, touched

RECORDS = [
    Record("enterprise.population", TODAY - 900, code="producer", enterprise=0),
    Record("penalty", TODAY - 365, code="market.food.one", enterprise=0, severity=2, value=1),
    Record("relation", TODAY - 200, code="investment", enterprise=1, case=int(CASES.of(0))),
    Record("sampling", TODAY - 20, code="pass", enterprise=2, case=4),
    Record("ban", TODAY - 90, code="five_years", enterprise=-1, case=3, severity=3),
]


def same(one: Current, other: Current) -> None:
    pd.testing.assert_frame_equal(one.matrix(), other.matrix(), check_exact=True)


def test_what_is_kept_goes_on_as_if_it_had_never_left(tmp_path: Path) -> None:
    keep(afresh(RECORDS, TODAY), tmp_path / "kept")
    found = kept(tmp_path / "kept")
    same(found, afresh(RECORDS, TODAY))
    (before, _), (after, bans) = told(RECORDS, TODAY), told(RECORDS, TODAY + 1)
    changed = touched(before, after)
    later, _ = advanced(
        found, reader(after), ENTERPRISES, TODAY + 1, 1, changed, cases=CASES, bans=bans
    )
    same(later, afresh(RECORDS, TODAY + 1))
    keep(later, tmp_path / "kept")
    same(kept(tmp_path / "kept"), later)
    assert len([each for each in (tmp_path / "kept").iterdir() if each.is_dir()]) == 1


def test_the_same_day_is_kept_twice(tmp_path: Path) -> None:
    current = afresh(RECORDS, TODAY)
    for _ in range(3):
        keep(current, tmp_path)
    same(kept(tmp_path), current)


def test_nothing_is_kept_at_first(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"nothing is kept in .*indicators update"):
        kept(tmp_path)


def test_what_broke_off_leaves_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = afresh(RECORDS, TODAY)
    keep(current, tmp_path)
    written = np.save

    def full(path: Path, column: object, **how: bool) -> None:
        if "since" in path.name:
            raise OSError(28, "No space left on device")
        written(path, column, **how)

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="no room"):
        keep(afresh(RECORDS, TODAY + 9), tmp_path)
    monkeypatch.undo()
    same(kept(tmp_path), current)
    keep(afresh(RECORDS, TODAY + 9), tmp_path)
    assert kept(tmp_path).as_of == TODAY + 9


@pytest.mark.parametrize("lost", ["since.npy", "standing-kept.npy", "about.json"])
def test_a_state_that_lost_a_file_is_refused(tmp_path: Path, lost: str) -> None:
    keep(afresh(RECORDS, TODAY), tmp_path)
    (state,) = (each for each in tmp_path.iterdir() if each.is_dir())
    (state / lost).unlink()
    with pytest.raises(IntegrityError, match=r"not whole .*begin anew"):
        kept(tmp_path)


def test_a_state_of_another_form_is_refused(tmp_path: Path) -> None:
    keep(afresh(RECORDS, TODAY), tmp_path)
    (state,) = (each for each in tmp_path.iterdir() if each.is_dir())
    about = json.loads((state / "about.json").read_text("utf-8"))
    (state / "about.json").write_text(json.dumps(about | {"form": 99}), "utf-8")
    with pytest.raises(IntegrityError, match="of form 99"):
        kept(tmp_path)
