"""Bands: which of them holds a value, at their ends above all."""

import numpy as np
import pytest

from xinheng.core.errors import DeclarationError
from xinheng.features import standard_catalogue
from xinheng.features.bands import banded, read_bands

CASES = [
    ("0:0; 1:.3; 2:.6; >=3:1", [0, 1, 2, 3, 9, 1.5, -1], [0, 1, 2, 3, 3, -1, -1]),
    ("0:0; 1-2:.4; 3-4:.7; >=5:1", [0, 1, 2, 3, 4, 5, 2.5], [0, 1, 1, 2, 2, 3, -1]),
    # `>=` and `<`: where bands touch, the value is the upper one's
    (">=10:0; 5-10:.2; 3-5:.4; <3:1", [10, 9, 5, 3, 2], [0, 1, 1, 2, 3]),
    ("0:0; <1万:.2; 1-5:.5; >=5:1", [0, 0.5, 1, 5], [0, 1, 2, 3]),
    # `<=` and `>`: the lower one's
    ("<=15:0; 15-20:.25; >20:1", [15, 15.5, 20, 21], [0, 1, 1, 2]),
    (">180:0; 90-180:.2; 0-90:.8; <0:1", [181, 180, 90, 0, -1], [0, 1, 2, 2, 3]),
    ("0:0; <1:.3; 1-3:.6; >3:1", [0, 0.5, 1, 3, 3.1], [0, 1, 2, 2, 3]),
    # hundredths, and below zero
    ("0:0; <30%:.3; 30-70%:.7; >=70%:1", [0, 0.29, 0.3, 0.7], [0, 1, 2, 3]),
    (">=-10%:0; -10..-30%:.4; <-30%:1", [0.5, -0.1, -0.2, -0.3, -0.4], [0, 0, 1, 1, 2]),
    # a word holds no number
    (">=.8:0; <.8:.4; undisclosed:.6", [0.9, 0.1, np.nan], [0, 1, -1]),
    ("1:0; 0:1 (bonus item)", [1, 0], [0, 1]),
    ("", [1], [-1]),
]


@pytest.mark.parametrize(("text", "values", "places"), CASES, ids=[c[0] for c in CASES])
def test_a_value_lies_in_its_band(text: str, values: list[float], places: list[int]) -> None:
    assert banded(read_bands(text), np.array(values, float)).tolist() == places


@pytest.mark.parametrize("text", ["0", "0:2", "0:-1", "0:0; 1=3", ":1", "1:x"])
def test_what_is_no_band_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="is not written value:points"):
        read_bands(text)


def test_points_of_the_standard_bands_go_the_way_of_the_risk() -> None:
    for indicator in standard_catalogue():
        bands = [band for band in read_bands(indicator.bands) if not np.isnan(band.low)]
        ranked = sorted(bands, key=lambda band: (band.high, band.low))
        points = [band.points * indicator.direction for band in ranked]
        assert points == sorted(points), indicator.id
