"""Who moves from which level to which, counted by hand."""

import pandas as pd
import pytest

from xinheng.core.errors import InvalidError
from xinheng.training import migration, migration_plot


def grades(*levels: str) -> pd.DataFrame:
    return pd.DataFrame({"level": pd.Categorical(levels)})


def test_everybody_is_counted_once() -> None:
    found = migration(grades("A+", "A", "A", "C", "E", "E"), grades("A+", "A", "B", "A", "E", "B"))
    table = found.table()
    assert table.loc["A"].to_dict() == {"A+": 0, "A": 1, "B": 1, "C": 0, "D": 0, "E": 0}
    assert table.loc["E", "B"] == table.loc["C", "A"] == 1
    assert (found.total, found.worse, found.better) == (6, 1, 2)
    assert [found.moved(by) for by in (0, 1, 2, 3, 4)] == [1, 3 / 6, 2 / 6, 1 / 6, 0]


def test_nobody_moves_nowhere() -> None:
    found = migration(grades(), grades())
    assert (found.total, found.moved()) == (0, 0.0)


def test_grades_of_others_are_refused() -> None:
    with pytest.raises(InvalidError, match="2 grades before and 1 after"):
        migration(grades("A", "B"), grades("A"))


def test_the_figure_has_the_counts() -> None:
    (heat,) = migration_plot(migration(grades("A", "A"), grades("A", "C")))["data"]
    assert heat["text"][1] == ["", "1", "", "1", "", ""]
    assert heat["y"][1] == "A"
