"""Invented names of enterprises: they read well and no registered enterprise can have them.

Every name begins with a city that does not exist, 信衡市, and a Chinese company name begins with
the place where it is registered.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["CITY", "enterprise_names", "trade_words"]

CITY = "信衡市"
SYLLABLES = (
    "云禾沐谷川岚和润鲜悦泰康源芳瑞宁朴知味棠穗语朗溪安澄柚舟稻麦暖初白青南屿木棉星夏秋冬春山海"
    "月风雨果香茗坊里巷记家园乐福喜顺兴隆盛荣华丰裕恒永信诚德善仁美佳新明光晨曦远方良品万千百"
)
BASE = len(SYLLABLES)
SHORT = BASE**2 + BASE**3
# Multiplied by a number without a common factor, neighbours get names that are far apart.
STEP = 1_000_003

Numbers = npt.NDArray[np.int64]


def trade_words(numbers: Numbers, seed: int) -> pa.StringArray:
    """Return the trade words 字号 with those numbers: two or three characters, four when those end.

    Different numbers below some fifty million have different words.

    Examples
    --------
    >>> len(set(trade_words(np.arange(500), seed=1).to_pylist()))
    500
    """
    shuffled = (numbers % SHORT * STEP + seed) % SHORT
    short = _words(np.where(shuffled < BASE**2, shuffled, shuffled - BASE**2), 3)
    two = _words(shuffled, 2)
    four = _words((numbers - SHORT) % BASE**4 * STEP % BASE**4, 4)
    words = pc.if_else(pa.array(shuffled < BASE**2), two, short)
    return pc.if_else(pa.array(numbers < SHORT), words, four)


def enterprise_names(
    district: pa.StringArray, words: pa.StringArray, lines: pa.StringArray, branches: Numbers
) -> pa.StringArray:
    """Return the registered names: city, district, trade word, line of business, branch if any.

    Parameters
    ----------
    district
        District of each, empty for a company that is registered with the city.
    words
        Trade word of each enterprise; a chain shares one.
    lines
        What the name says of the business and its legal form, such as 餐饮店.
    branches
        Number of the branch, 0 for an enterprise that stands alone.

    Examples
    --------
    >>> one = [pa.array([text]) for text in ("宝安区", "禾沐", "餐饮店")]
    >>> enterprise_names(*one, np.array([3])).to_pylist()
    ['信衡市宝安区禾沐餐饮店(第3分店)']
    """
    number = pc.cast(pa.array(branches), pa.string())
    tails = pc.binary_join_element_wise("(第", number, "分店)", "")
    tails = pc.if_else(pa.array(branches > 0), tails, "")
    return pc.binary_join_element_wise(CITY, district, words, lines, tails, "")


def _words(numbers: Numbers, length: int) -> pa.StringArray:
    syllables = pa.array(list(SYLLABLES))
    parts = [
        syllables.take(pa.array(numbers // BASE**place % BASE))
        for place in range(length - 1, -1, -1)
    ]
    return pc.binary_join_element_wise(*parts, "")
