"""What the city makes and sells, and its lines of business: tables of this package."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import pandas as pd

from .arrays import Floats

__all__ = ["Items", "items", "products", "trades"]

ALTERNATIVES = "|"


@cache
def trades() -> pd.DataFrame:
    """Return the lines of business: name, population, line, share, risk, industry and so on."""
    return _read("trades")


@cache
def products() -> pd.DataFrame:
    """Return the products: name, other names, food category, watch tag, who makes and sells it."""
    return _read("products")


@dataclass(frozen=True, slots=True)
class Items:
    """What fails in a product.

    Attributes
    ----------
    names, hazards
        Every item that is tested for, and its hazard class.
    of
        Places of a product's items, -1 behind its last; shape (products, most items).
    weight
        How likely each of them is the one that fails; rows sum to one.
    """

    names: tuple[str, ...]
    hazards: tuple[str, ...]
    of: npt.NDArray[np.int16]
    weight: Floats


@cache
def items() -> Items:
    """Return what fails in each product."""
    listed = [
        [part.split(":") for part in text.split(ALTERNATIVES)] for text in products()["items"]
    ]
    known = {item: hazard for each in listed for item, hazard, _ in each}
    names = sorted(known)
    most = max(map(len, listed))
    of = np.full((len(listed), most), -1, np.int16)
    weight = np.zeros(of.shape)
    for row, each in enumerate(listed):
        of[row, : len(each)] = [names.index(item) for item, _, _ in each]
        weight[row, : len(each)] = [float(share) for _, _, share in each]
    return Items(
        names=tuple(names),
        hazards=tuple(known[name] for name in names),
        of=of,
        weight=weight / weight.sum(axis=1, keepdims=True),
    )


def _read(table: str) -> pd.DataFrame:
    with resources.files(__package__).joinpath(f"{table}.csv").open(encoding="utf-8") as stream:
        texts = {"category": str, "tag": str, "also": str}
        return pd.read_csv(stream, dtype=texts, keep_default_na=False)
