"""Spelling: product names written in many ways made alike, and taken apart."""

import re
from functools import cache

import opencc
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Parts", "parts", "plain", "uniform"]

OPENING, CLOSING, QUOTED = r"[\[{<【〔《〈「『“‘]", r"[\]}>】〕》〉」』”’]", '"([^"]*)"'
MEASURE = "MG|KG|G|ML|L|毫克|千克|公斤|克|斤|两|毫升|升|袋|包|瓶|盒|罐|箱|枚|支|桶|份|听|杯|个|只"
SIZE = (
    rf"[0-9]+(?:\.[0-9]+)? *(?:{MEASURE})装?(?: *[×X*] *[0-9]+)?(?: */ *[袋包瓶盒罐箱桶件份听杯])?"
)
NOISE = re.compile(r"[\W_]+")
INSIDE = re.compile(r"\(([^()]*)\)")
BETWEEN = re.compile(r"[、,;/|+&。:()]+")

Parts = list[list[str]]


def uniform(texts: pa.Array) -> list[str]:
    """Return texts in simplified characters and capitals, brackets and quotes alike, without sizes.

    Examples
    --------
    >>> uniform(pa.array(["【阿明】燒鵝５００ｇ", "mct油 (2.5kg×6)"]))
    ['(阿明)烧鹅', 'MCT油 ()']
    """
    even = pc.utf8_upper(pc.utf8_normalize(texts, "NFKC"))
    for pattern, by in (
        (r"\s+", " "),
        (QUOTED, r"(\1)"),
        (OPENING, "("),
        (CLOSING, ")"),
        (SIZE, ""),
    ):
        even = pc.replace_substring_regex(even, pattern, by)
    if not len(even):
        return []
    return str(_converter().convert("\n".join(even.to_pylist()))).split("\n")


def plain(text: str) -> str:
    """Return the letters and digits of a text.

    Examples
    --------
    >>> plain("瓶(桶)装饮用水")
    '瓶桶装饮用水'
    """
    return NOISE.sub("", text)


def parts(text: str) -> Parts:
    """Return what a text, by `uniform`, may name: before all what is outside of brackets.

    Spaces part nothing at first, and then they do; what is in brackets or quotes comes last.

    Examples
    --------
    >>> parts("(阿明) 烧鹅、乳 鸽(光明)")
    [['烧鹅', '乳鸽'], ['烧鹅', '乳', '鸽'], ['阿明', '光明']]
    """
    outside = INSIDE.sub(" | ", text) if "(" in text else text
    joined = _split(outside.replace(" ", ""))
    found = [joined]
    if " " in outside:
        apart = _split(outside.replace(" ", "|"))
        found += [apart] if apart != joined else []
    if "(" in text:
        found.append([each for inner in INSIDE.findall(text) for each in _split(inner)])
    return [each for each in found if each]


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _split(text: str) -> list[str]:
    return [name for part in BETWEEN.split(text) if (name := plain(part))]
