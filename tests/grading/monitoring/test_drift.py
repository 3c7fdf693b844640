"""Drift: which columns are watched, and how high they stand."""

from types import SimpleNamespace

from xinheng.features import standard_catalogue
from xinheng.grading.monitoring.drift import drifts
from xinheng.grading.reference import Months

CATALOGUE = standard_catalogue()


def standing(*names: str) -> dict[str, list[float]]:
    """Hold a month in which half are low against one in which none is."""
    past = Months((0,), dict.fromkeys(names, ((5, 5, 0),)))
    later = Months((31,), dict.fromkeys(names, ((0, 10, 0),)))
    banks = drifts(SimpleNamespace(months={"entity": past}), {"entity": later}, CATALOGUE)
    return {
        key.name: row.tolist()
        for bank in banks
        for key, row in zip(bank.keys, bank.values, strict=True)
    }


def test_a_column_stands_as_high_as_its_mean_rank_in_the_reference() -> None:
    assert standing("PN07") == {"PN07": [0.5, 0.75]}


def test_the_rate_that_a_category_shares_is_no_sample_of_its_enterprises() -> None:
    assert set(standing("IH_RATE_CATEGORY", "IH_RATE_OWN", "PN07")) == {"IH_RATE_OWN", "PN07"}
