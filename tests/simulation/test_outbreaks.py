"""Emerging risks: they spread in a product, spill over to its kin, and show where they can."""

import numpy as np
import pytest

from xinheng.simulation.catalogue import items, products
from xinheng.simulation.outbreaks import Outbreaks, break_out


@pytest.fixture(scope="module")
def outbreaks() -> Outbreaks:
    return break_out(np.random.default_rng(8), 72)


def test_there_are_some_each_year_and_each_rises_and_fades(outbreaks: Outbreaks) -> None:
    table = outbreaks.table
    assert 6 <= len(table) <= 40
    assert (table["first"] < table["peak"]).all()
    assert (table["peak"] < table["last"]).all()
    for row in table.itertuples():
        wave = outbreaks.illness[:, row.product]
        assert wave[min(row.peak, 71)] > 1
        if not row.hidden:
            assert outbreaks.sampling[min(row.peak, 71), row.product] > 0


def test_they_spill_over_to_products_with_the_same_hazard_and_less(outbreaks: Outbreaks) -> None:
    row = next(r for r in outbreaks.table.itertuples() if not r.hidden and r.peak < 72)
    kin = np.flatnonzero((items().of == row.item).any(axis=1))
    others = np.setdiff1d(kin, [row.product])
    assert len(others)
    bump = outbreaks.sampling[row.peak]
    assert (bump[others] > 0).all()
    assert (bump[others] >= 0.4 * row.strength).any()
    outside = np.setdiff1d(np.arange(len(products())), kin)
    named = set(outbreaks.table["item"])
    quiet = [p for p in outside if not named & set(items().of[p][items().of[p] >= 0])]
    assert (outbreaks.sampling[:, quiet] == 0).all()


def test_routine_sampling_does_not_see_what_is_hidden() -> None:
    for seed in range(40):
        outbreaks = break_out(np.random.default_rng(seed), 72)
        for row in outbreaks.table[outbreaks.table["hidden"]].itertuples():
            others = outbreaks.table.drop(row.Index)
            kin = (items().of == row.item).any(axis=1)
            visible = others[~others["hidden"]]["item"]
            touched = np.isin(items().of, visible).any(axis=1)
            alone = np.flatnonzero(kin & ~touched)
            assert (outbreaks.sampling[:, alone] == 0).all()
            assert (outbreaks.illness[min(row.peak, 71), alone] > 1).all()


def test_every_product_has_its_hazards_and_every_tag_its_products() -> None:
    tested = items()
    assert np.allclose(tested.weight.sum(axis=1), 1)
    assert ((tested.of >= 0) == (tested.weight > 0)).all()
    assert len(set(tested.names)) == len(tested.names) == len(tested.hazards)
    tags = set(products()["tag"])
    assert tags == {"", "new_format", "new_technology", "new_ingredient", "new_variety", "local"}
    sold = products()[["made", "sold"]].sum(axis=1)
    assert (sold > 0).all()
