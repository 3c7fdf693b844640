"""Heads: the known name that a longer one ends on, for a Chinese name ends on what it is of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Head", "Heads"]

SHORTEST = 2
PACKING = "大?礼[盒包]|套装|组合|拼盘|[桶袋盒瓶罐散简]装|独立包装|系列|新品|促销|特价"
PORTION = "[一二两三四五六七八九十半整几](?:份|盒|袋|瓶|只|个|斤|碗|杯|块|箱|包|桶)"
FLAVOUR = "[^味馅]{1,5}(?:味|口味|风味|馅)"
HARMLESS = re.compile(
    rf"(?:{PACKING}|{PORTION}|{FLAVOUR}|装|类|等|块|段|件|[0-9A-Z]+|[一-龥]{{1,3}}牌)*"
)
SEASONING = re.compile("[风口]?味|馅|香型")
TOLD = re.compile(
    "(?:里面?|中|内)?(?:吃出|喝出|发现|出现|存在|发霉|霉变|变质|过期|腐败|发臭|变味|异味|异物|不新鲜|"
    "没熟|未熟|导致|引起|[食饮]用后|[吃喝]后|疑似|有(?:异物|虫|毒|毛发|头发|怪味|异味|霉)).*"
)
JOINING = "和与及跟"
OTHER = re.compile(
    "植物基?$|人造$|[素仿假]$|婴|幼儿|宝宝|特医|医学|(?:凉拌|[泡水]发|泡好?的?)黑?白?$"
)
MADE = re.compile(
    "[烤炸炒卤酱拌腌醉冻脱糖泡腊熏拍炖煮蒸焗酥脆焖煎糟罐]|即食|干制?$|调理|奥尔良|半成品"
)
PLAIN = "活牌鲜小大老新冰热甜辣黑白红土散的纯生熟湿净好了盒袋瓶包箱"


@dataclass(frozen=True, slots=True)
class Head:
    """A known name within a text.

    Attributes
    ----------
    place
        Which product it is a name of.
    name
        The name.
    clear
        Whether nothing before or behind it could make it something else.
    beside
        Another product that stands before it, joined by an "and"; else -1.
    """

    place: int
    name: str
    clear: bool
    beside: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Finds the known name nearest to the end of a text, the longest that ends there.

    Flavours are no heads, packing and what is said of a product afterwards do not follow it. What
    is made of produce is not the produce, and a short name behind a single character is likely to
    be another word.

    Parameters
    ----------
    names
        Known names, and which product each of them is of.
    raw
        Products that are produce.

    Examples
    --------
    >>> heads = Heads({"酸奶": 0, "饼干": 1, "月饼": 2})
    >>> [heads.find(text).place for text in ("草莓味酸奶", "酸奶味饼干", "月饼礼盒", "酸奶发霉")]
    [0, 1, 2, 0]
    >>> heads.find("酸奶机").clear, heads.find("素月饼").clear, heads.find("面包")
    (False, False, None)
    """

    names: Mapping[str, int]
    raw: frozenset[int] = frozenset()
    most: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "most", max(map(len, self.names), default=0))

    def find(self, text: str) -> Head | None:
        """Return the head of a text, None if there is no known name in it."""
        said = TOLD.sub("", text)
        text = said if len(said) >= SHORTEST else text
        end = len(text)
        while end >= SHORTEST:
            length = self._longest(text, end)
            if not length:
                end -= 1
            elif SEASONING.match(text, end):
                end -= length
            else:
                start = end - length
                name = text[start:end]
                clear = HARMLESS.fullmatch(text, end) and not self._changed(text, start, end)
                return Head(self.names[name], name, bool(clear), self._beside(text, start))
        return None

    def _longest(self, text: str, end: int) -> int:
        """Return the length of the longest known name that ends there, 0 if there is none."""
        for start in range(max(0, end - self.most), end - SHORTEST + 1):
            if text[start:end] in self.names:
                return end - start
        return 0

    def _changed(self, text: str, start: int, end: int) -> bool:
        """Tell whether what stands before a name makes it the name of something else."""
        before = text[:start]
        if start == 1 and end - start == SHORTEST and before not in PLAIN:
            return True
        made = self.names[text[start:end]] in self.raw and MADE.search(before)
        return bool(made or OTHER.search(before))

    def _beside(self, text: str, start: int) -> int:
        if start <= SHORTEST or text[start - 1] not in JOINING:
            return -1
        length = self._longest(text, start - 1)
        return self.names[text[start - 1 - length : start - 1]] if length else -1
