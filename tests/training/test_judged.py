"""What models said of the test rows is kept, and read back as it was."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.training import Judged, Scores, evaluate, read_judged

from .world import FEW, cohort_of


def judged() -> Judged:
    cohort = cohort_of([5, 6, 6, 9], [0, 1, 0, 1], enterprise=[3, 1, 2, 1], settled=[7, 8, 8, 11])
    chance = {
        "lightgbm": np.array([0.1, 0.7, 0.2, 0.4]),
        "in force": np.array([0.3, 0.2, 0.1, 0.4]),
    }
    scores = Scores(np.arange(4), chance, {"lightgbm": np.array([0.1, 0.6, 0.2, 0.3])})
    return Judged(cohort, np.array(["entity", "operator", "entity", "operator"], object), scores)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    before = judged()
    before.write(tmp_path / "judged.parquet")
    after = read_judged(tmp_path / "judged.parquet")
    assert after.cohort.name == before.cohort.name
    for name in ("enterprise", "as_of", "label", "settled", "available", "withdrawn"):
        left, right = getattr(before.cohort, name), getattr(after.cohort, name)
        assert left.dtype == right.dtype
        assert left.tolist() == right.tolist()
    for name in ("number", "selection"):
        assert getattr(after.cohort, name).tolist() == getattr(before.cohort, name).tolist()
    assert after.population.tolist() == before.population.tolist()
    for kind in ("probability", "frozen"):
        left, right = getattr(before.scores, kind), getattr(after.scores, kind)
        assert list(left) == list(right)
        assert all(left[name].tolist() == right[name].tolist() for name in left)
    first, second = (
        evaluate(each.cohort, each.scores, capacity=0.5, planning=True, draws=FEW)
        for each in (before, after)
    )
    for model in before.scores.probability:
        assert first.estimate(model, "auc") == second.estimate(model, "auc")
        assert first.estimate(model, "days_earlier") == second.estimate(model, "days_earlier")


def test_who_inspected_is_not_kept(tmp_path: Path) -> None:
    judged().write(tmp_path / "judged.parquet")
    assert not [name for name in pd.read_parquet(tmp_path / "judged.parquet") if "inspect" in name]
    assert read_judged(tmp_path / "judged.parquet").cohort.nuisance == {}


def test_a_write_that_breaks_off_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(_: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError

    judged().write(tmp_path / "judged.parquet")
    before = (tmp_path / "judged.parquet").read_bytes()
    monkeypatch.setattr("pyarrow.parquet.write_table", half)
    with pytest.raises(OSError):  # noqa: PT011
        judged().write(tmp_path / "judged.parquet")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [before]


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="a training run writes it"):
        read_judged(tmp_path / "judged.parquet")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(InvalidError, match="holds no judged rows"):
        read_judged(tmp_path / "other.parquet")
