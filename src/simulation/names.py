"""Invented names of enterprises: they read well and no registered enterprise can have them.

Every name begins with a city that does not exist, 信衡市, and a Chinese company name begins with
the place where it is registered.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["CITY", "enterprise_names", "trade_words"]

CITY = "信衡市"
SYLLABLES = (
    "云禾沐谷川岚和润鲜悦泰康源芳瑞宁朴知味棠穗语朗溪安澄柚舟稻麦暖初白青南屿木棉星夏秋冬春山海"
    "月风雨果香茗坊里巷记家园乐福喜顺兴隆盛荣华丰裕恒永信诚德善仁美佳新明光晨曦远方良品万千百"
)

Texts = npt.NDArray[np.object_]


def trade_words(rng: np.random.Generator, count: int) -> Texts:
    """Return that many different trade words 字号 of two or three characters.

    Examples
    --------
    >>> len(set(trade_words(np.random.default_rng(0), 500)))
    500
    """
    base = len(SYLLABLES)
    space = base**2 + base**3
    places = rng.choice(space, size=count, replace=False, shuffle=True)
    return np.array([_word(int(place), base) for place in places], dtype=object)


def enterprise_names(words: Texts, lines: Texts, branches: npt.NDArray[np.int64]) -> Texts:
    """Return the registered names: city, trade word, line of business, and the branch if any.

    Parameters
    ----------
    words
        Trade word of each enterprise; a chain shares one.
    lines
        What the name says of the business and its legal form, such as 餐饮店.
    branches
        Number of the branch, 0 for an enterprise that stands alone.

    Examples
    --------
    >>> words, lines = np.array(["禾沐"], dtype=object), np.array(["餐饮店"], dtype=object)
    >>> enterprise_names(words, lines, np.array([3])).tolist()
    ['信衡市禾沐餐饮店(第3分店)']
    """
    tails = np.array([f"(第{n}分店)" if n else "" for n in branches.tolist()], dtype=object)
    names: Texts = CITY + words + lines + tails
    return names


def _word(place: int, base: int) -> str:
    if place < base**2:
        return SYLLABLES[place // base] + SYLLABLES[place % base]
    place -= base**2
    return SYLLABLES[place // base**2] + SYLLABLES[place // base % base] + SYLLABLES[place % base]
