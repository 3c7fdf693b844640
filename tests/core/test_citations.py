"""Citations without the marks of those who keep them."""

import pytest

from xinheng.core.citations import cited


@pytest.mark.parametrize(
    ("basis", "told"),
    [
        ("食品安全法 §124", "食品安全法 §124"),
        (
            "办法 §34 三十个工作日前 (mem-H); 规定 §28 (mem-M); 90 日 design",
            "办法 §34 三十个工作日前; 规定 §28; 90 日 design",
        ),
        (
            "食品安全法 art. 22, 109; hazard and cold chain mem-M; months design",
            "食品安全法 art. 22, 109; hazard and cold chain; months design",
        ),
        ("行政处罚法 §72（mem-H）", "行政处罚法 §72"),
        ("mem-Hydrate", "mem-Hydrate"),
        ("", ""),
    ],
)
def test_a_basis_is_told_without_marks(basis: str, told: str) -> None:
    assert cited(basis) == told
