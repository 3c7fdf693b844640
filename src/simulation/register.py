"""The register of a part: every enterprise under its code and name, as departments know it."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..core.codes import CodeTable
from .addresses import addresses, streets
from .arrays import Places, Who
from .catalogue import trades
from .city import DISTRICTS, City
from .identifiers import credit_codes
from .names import enterprise_names, trade_words
from .vocabulary import WORDS

__all__ = ["REGISTER", "register_of"]

REGISTER = "enterprises.parquet"


def register_of(city: City, seed: int) -> pa.Table:
    """Return code, name and all else that a register says of the enterprises of a part."""
    numbers = np.arange(len(city)) + city.first
    words = trade_words(_words(city), seed)
    zh = CodeTable.load("district").words("zh", np.array(list(DISTRICTS), dtype=object), 0)
    district = pa.array(list(zh)).take(pa.array(city.district))
    lines = pa.array(list(trades()["line"])).take(pa.array(city.trade))
    local = pc.if_else(pa.array(city.company), "", district)
    return pa.table(
        {
            "code": credit_codes(numbers, city.company),
            "name": enterprise_names(local, words, lines, _branches(city)),
            "brand": pc.if_else(pa.array(city.brand >= 0), words, None),
            "trade": pa.array(list(trades()["name"])).take(pa.array(city.trade)),
            "population": pa.array(list(WORDS["population"])).take(pa.array(city.population)),
            "tier": city.tier,
            "district": district,
            "site": _site(city),
            "longitude": city.longitude,
            "latitude": city.latitude,
            "established": city.established,
            "company": city.company,
            "type": pa.array(["individual", "limited", "branch"]).take(pa.array(_form(city))),
            "industry": pa.array(list(trades()["industry"])).take(pa.array(city.trade)),
            "street": streets(city.district, _stalls(city), numbers),
            "address": addresses(district, city.district, _stalls(city), numbers),
        }
    )


def _words(city: City) -> Who:
    """Return the number of the trade word of each: a chain shares that of its first."""
    own = np.arange(len(city)) + city.first
    first = pd.Series(own).groupby(city.brand).transform("min").to_numpy()
    return np.where(city.brand < 0, own, first).astype(np.int64)


def _site(city: City) -> pa.StringArray:
    number = pc.utf8_lpad(pc.cast(pa.array(city.site + city.first), pa.string()), 7, "0")
    return pc.if_else(pa.array(city.site >= 0), pc.binary_join_element_wise("S", number, ""), None)


def _stalls(city: City) -> Places:
    """Return the number of the site of each in the whole city, -1 for none."""
    return np.where(city.site >= 0, city.site + city.first, -1).astype(np.int32)


def _form(city: City) -> Who:
    """Return the legal form: individual business, company, or branch of one."""
    branch = _branches(city) > 1
    return np.asarray(np.where(city.company, np.where(branch, 2, 1), 0), np.int64)


def _branches(city: City) -> Who:
    order = pd.Series(city.brand).groupby(city.brand).cumcount().to_numpy() + 1
    return np.where(city.brand >= 0, order, 0)
