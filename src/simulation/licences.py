"""Numbers of food licences as departments write them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Who
from .catalogue import products
from .identifiers import operation_licences, production_licences
from .vocabulary import place

__all__ = ["licence_numbers", "lowest"]

PRODUCTION = place("licence", "production")


def licence_numbers(sort: Who, serial: Who, bits: Who) -> pa.StringArray:
    """Return licence numbers; those for production carry the group of the main product.

    Parameters
    ----------
    sort, serial
        Places in the words `licence`, and number within its sort.
    bits
        What is made, one bit for each product.

    Examples
    --------
    >>> licence_numbers(np.array([0]), np.array([7]), np.array([0])).to_pylist()
    ['JY24403990000075']
    """
    made = sort == PRODUCTION
    main = np.zeros(len(serial), np.int64)
    main[made] = _groups()[lowest(bits[made])]
    operation = operation_licences(np.where(made, 0, serial))
    production = production_licences(main, np.where(made, serial, 0))
    return pc.if_else(pa.array(made), production, operation)


def lowest(bits: Who) -> Who:
    """Return the place of the lowest bit that is set.

    Examples
    --------
    >>> lowest(np.array([12])).tolist()
    [2]
    """
    return np.asarray(np.log2(bits & -bits), np.int64)


def _groups() -> Who:
    return np.array([int(category[:2] or "31") for category in products()["category"]])
