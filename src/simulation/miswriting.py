"""How people write down whom they mean when they have no credit code at hand.

Names lose the city, the district or a character, brackets and legal forms vary; addresses stop
before the room; a digit of a licence number is misread. Most are right all the same.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np

from .names import CITY, SYLLABLES

__all__ = ["Written", "miswritten"]

Written = Literal["name", "trade name", "address", "licence"]
Change = Callable[[str, float], str]

FULL_WIDTH = str.maketrans("0123456789()", "０１２３４５６７８９（）")


def miswritten(
    rng: np.random.Generator, what: Written, texts: Sequence[str | None]
) -> list[str | None]:
    """Return texts as they are written down by hand.

    Parameters
    ----------
    what
        A registered name, a name as people say it, an address or a licence number.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> miswritten(rng, "name", ["信衡市宝安区禾沐餐饮店"] * 3)
    ['宝安区禾沐餐饮店', '禾沐餐饮店', '信衡市宝安区禾沐餐饮店']
    """
    shares, changes = zip(*WAYS[what], strict=True)
    chosen = np.searchsorted(np.cumsum(shares), rng.random(len(texts)), side="right")
    where = rng.random(len(texts))
    return [
        text if text is None or way >= len(changes) else changes[way](text, place) or None
        for text, way, place in zip(texts, chosen.tolist(), where.tolist(), strict=True)
    ]


def _without_city(text: str, _: float) -> str:
    return text.removeprefix(CITY)


def _without_district(text: str, _: float) -> str:
    rest = text.removeprefix(CITY)
    return rest[3:] if rest[2:3] == "区" else rest


def _short(text: str, place: float) -> str:
    """Return what people call a firm: trade word and line, without place and legal form."""
    name = _without_district(text, place).split("(")[0]
    return name.removesuffix("有限公司")


def _dropped(text: str, place: float) -> str:
    at = int(place * len(text))
    return text[:at] + text[at + 1 :]


def _mistaken(text: str, place: float) -> str:
    at = int(place * len(text))
    return text[:at] + SYLLABLES[int(place * 9_973) % len(SYLLABLES)] + text[at + 1 :]


def _full_width(text: str, _: float) -> str:
    return text.translate(FULL_WIDTH)


def _spaced(text: str, place: float) -> str:
    at = 1 + int(place * (len(text) - 1))
    return f"{text[:at]} {text[at:]}"


def _other_form(text: str, _: float) -> str:
    return text.replace("有限公司", "有限责任公司").replace("商行", "商店").replace("店(", "(")


def _without_room(text: str, _: float) -> str:
    return text[: text.index("号") + 1] if "号" in text else text


def _without_street(text: str, _: float) -> str:
    before, office, after = text.partition("街道")
    return before[: before.index("区") + 1] + after if office and "区" in before else text


def _other_building(text: str, _: float) -> str:
    return text.replace("栋", "座").replace("号铺", "档")


def _other_digit(text: str, place: float) -> str:
    at = 2 + int(place * (len(text) - 2))
    return text[:at] + str((int(text[at]) + 1 + int(place * 97) % 8) % 10) + text[at + 1 :]


def _lower(text: str, _: float) -> str:
    return text.lower()


def _nothing(_: str, __: float) -> str:
    return ""


WAYS: Mapping[Written, Sequence[tuple[float, Change]]] = {
    "name": (
        (0.18, _without_city),
        (0.12, _without_district),
        (0.05, _full_width),
        (0.05, _mistaken),
        (0.04, _dropped),
        (0.06, _other_form),
        (0.03, _spaced),
        (0.02, _nothing),
    ),
    "trade name": (
        (0.45, _short),
        (0.25, _without_district),
        (0.10, _without_city),
        (0.06, _mistaken),
        (0.04, _dropped),
    ),
    "address": (
        (0.20, _without_city),
        (0.14, _without_room),
        (0.10, _without_street),
        (0.06, _other_building),
        (0.04, _full_width),
        (0.04, _mistaken),
        (0.12, _nothing),
    ),
    "licence": ((0.04, _other_digit), (0.03, _lower), (0.03, _spaced), (0.05, _nothing)),
}
