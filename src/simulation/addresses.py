"""Where enterprises are registered: invented streets, buildings of many firms, market halls.

An address follows from the number of the enterprise, its district and its site, so that it takes
no chance away from anything else.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Places, Who
from .names import CITY, SYLLABLES

__all__ = ["addresses", "streets"]

OFFICES, ROADS, HOUSES, TOGETHER, LETTERS, STALLS = 8, 40, 300, 40, 4, 90
BASE = len(SYLLABLES)
STEP, MIX = 2_654_435_761, 40_503
KINDS = ("路", "大道", "街", "一路", "二路", "三路")


def streets(district: npt.NDArray[np.int8], site: Places, numbers: Who) -> pa.StringArray:
    """Return the street office 街道 of each enterprise."""
    _, office, _, _ = _hashed(district, site, numbers)
    return pc.binary_join_element_wise(_words(11 + office, 7), "街道", "")


def addresses(
    names: pa.StringArray, district: npt.NDArray[np.int8], site: Places, numbers: Who
) -> pa.StringArray:
    """Return the registered addresses.

    Parameters
    ----------
    names
        Name of the district of each enterprise.
    district
        Its place among the districts.
    site
        Number of its site, -1 for none: a market hall, in which every firm has a stall.
    numbers
        Number of the enterprise in the city.

    Examples
    --------
    >>> one = pa.array(["宝安区"]), np.array([0], np.int8), np.array([-1]), np.array([85])
    >>> addresses(*one).to_pylist()
    ['信衡市宝安区知青街道芳瑞大道167号2栋202']
    """
    key, office, road, house = _hashed(district, site, numbers)
    kind = pa.array(KINDS).take(pa.array(np.minimum(road % 9, 5)))
    hall = pc.binary_join_element_wise(_words(key, 3), "市场", "")
    letter = pa.array(list("ABCD")).take(pa.array(numbers % LETTERS))
    place = np.asarray(numbers % TOGETHER)
    number = _text(1 + numbers // LETTERS % STALLS)
    stall = pc.binary_join_element_wise(hall, letter, number, "号铺", "")
    room = _text((1 + place // 4) * 100 + 1 + place % 4)
    block = pa.array(["", *(f"{number}栋" for number in range(1, 7))])
    rooms = pc.binary_join_element_wise(block.take(pa.array(_block(key))), room, "")
    return pc.binary_join_element_wise(
        CITY,
        names,
        streets(district, site, numbers),
        _words(1000 * office + road, 5),
        kind,
        _text(house),
        "号",
        pc.if_else(pa.array(site >= 0), stall, rooms),
        "",
    )


def _hashed(district: npt.NDArray[np.int8], site: Places, numbers: Who) -> tuple[Who, ...]:
    """Return the building of each enterprise, its street office, road and house number."""
    wide = np.asarray(district, np.int64)
    key = np.where(site >= 0, 500_000_000 + site, numbers // TOGETHER * 9 + wide)
    mixed = key * STEP % (1 << 32) >> 7
    office = wide * OFFICES + mixed % OFFICES
    road = mixed // OFFICES % ROADS
    return key, office, road, 1 + mixed // (OFFICES * ROADS) % HOUSES


def _block(key: Who) -> Who:
    """Return the number of the block of a building, 0 for one that stands alone."""
    mixed = key * MIX % 65_521
    return np.asarray(np.where(mixed % 3 == 0, 0, 1 + mixed % 6), np.int64)


def _words(numbers: Who, step: int) -> pa.StringArray:
    """Return words of two characters, the same for the same number."""
    mixed = (numbers * 7919 * step + 104_729) % (BASE * BASE)
    syllables = pa.array(list(SYLLABLES))
    pair = syllables.take(pa.array(mixed // BASE)), syllables.take(pa.array(mixed % BASE))
    return pc.binary_join_element_wise(*pair, "")


def _text(numbers: Who) -> pa.StringArray:
    return pc.cast(pa.array(numbers), pa.string())
