"""Contributions of everybody as a file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.core.errors import IntegrityError, InvalidError
from xinheng.explaining import contributions, write_contributions
from xinheng.explaining.attribution.trees import trees_of
from xinheng.features import compute

from ..grading.world import CATALOGUE, city, city_rows, parts


def test_blocks_become_one_file_that_sums_to_the_margins(tmp_path: Path) -> None:
    matrix = compute(CATALOGUE, city(), city_rows())
    blend, path = parts().blend, tmp_path / "out" / "contributions.parquet"
    blocks = [matrix.iloc[:150], matrix.iloc[150:]]
    assert write_contributions(blend, CATALOGUE, blocks, path) == len(matrix)
    table = pd.read_parquet(path)
    assert table["enterprise"].tolist() == matrix.index.get_level_values("enterprise").tolist()
    values, base = contributions(blend, matrix.to_numpy())
    np.testing.assert_array_equal(table[list(CATALOGUE.ids)].to_numpy(), values)
    np.testing.assert_array_equal(table["base"], base)


def test_a_block_of_another_catalogue_leaves_no_file(tmp_path: Path) -> None:
    matrix = compute(CATALOGUE, city(), city_rows())
    path = tmp_path / "contributions.parquet"
    with pytest.raises(InvalidError, match="not the catalogue's 4"):
        write_contributions(parts().blend, CATALOGUE, [matrix, matrix[["IH01"]]], path)
    assert list(tmp_path.iterdir()) == []


def test_rows_that_miss_their_margins_leave_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, blend = compute(CATALOGUE, city(), city_rows()), parts().blend
    ready = trees_of(blend.booster)
    monkeypatch.setattr(ready, "expected", ready.expected + 1e-6)
    with pytest.raises(IntegrityError, match="miss its margin by 1e-06"):
        write_contributions(blend, CATALOGUE, [matrix], tmp_path / "contributions.parquet")
    assert list(tmp_path.iterdir()) == []
