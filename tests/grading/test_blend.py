"""The blend: booster, linear part and specialist add up, and travel as text."""

import lightgbm as lgb
import numpy as np
import pytest

from xinheng.core.errors import InvalidError
from xinheng.grading import Blend, Line, Linear, Specialist

COLUMNS = ["A", "B", "OWN"]
LINEAR = Linear(-1.0, (Line("B", slope=2.0, low=-1.0, high=1.0, centre=0.1, absent=0.4),))


def booster(seed: int, columns: list[str] = COLUMNS, **more: object) -> lgb.Booster:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(300, len(columns)))
    values[:150, -1] = np.nan
    data = lgb.Dataset(values, values[:, 0] > 0, feature_name=columns)
    return lgb.train({"objective": "binary", "verbosity": -1, "num_leaves": 4, **more}, data, 5)


GENERAL, SPECIAL = booster(1), booster(2)
ROWS = np.array([[0.5, 0.2, np.nan], [-1.0, np.nan, 0.0], [2.0, 9.0, 3.0]])


def raw(model: lgb.Booster, rows: np.ndarray = ROWS) -> np.ndarray:
    return np.asarray(model.predict(rows, raw_score=True))


def whole() -> Blend:
    return Blend(GENERAL, LINEAR, 0.75, Specialist(SPECIAL, "producer", "OWN"))


def test_margins_by_hand() -> None:
    lines = np.array([-1 + 2 * 0.1, -1 + 0.4, -1 + 2 * 0.9])
    np.testing.assert_allclose(Blend(GENERAL).margins(ROWS), raw(GENERAL))
    mixed = 0.75 * raw(GENERAL) + 0.25 * lines
    np.testing.assert_allclose(Blend(GENERAL, LINEAR, 0.75).margins(ROWS), mixed)
    np.testing.assert_allclose(whole().general(ROWS), mixed)
    np.testing.assert_allclose(whole().margins(ROWS), mixed + np.array([0, *raw(SPECIAL)[1:]]))


@pytest.mark.parametrize("blend", [Blend(GENERAL), Blend(GENERAL, LINEAR, 0.5), whole()])
def test_what_is_written_is_read(blend: Blend) -> None:
    texts = blend.to_texts()
    read = Blend.from_texts(texts)
    np.testing.assert_array_equal(read.margins(ROWS), blend.margins(ROWS))
    assert read.to_texts() == texts


def test_no_rows_have_no_margins() -> None:
    assert whole().margins(np.empty((0, 3))).shape == (0,)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ((GENERAL, None, 0.5), "without one it is 1"),
        ((GENERAL, LINEAR, 1.0), "between 0 and 1"),
        ((GENERAL, LINEAR, 0.0), "between 0 and 1"),
        ((GENERAL, None, 1.0, Specialist(SPECIAL, "producer", "X")), "'X' is no column"),
        (
            (GENERAL, None, 1.0, Specialist(booster(3, ["A", "B", "C"]), "producer", "C")),
            "other columns",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(parts: tuple[object, ...], says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        Blend(*parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["booster.txt", "specialist.txt", "blend.json"])
def test_other_texts_are_refused(name: str) -> None:
    with pytest.raises(InvalidError, match="no parts of a margin"):
        Blend.from_texts({**whole().to_texts(), name: "{}"})
