"""What ties tell: who is near those that failed, and near those that make a product."""

import numpy as np
import numpy.typing as npt

from .city import City
from .traces import Floats, Numbers, Traces
from .weights import Reason, Weights

__all__ = ["tied"]

GROUP = ("investment", "branch", "same_person")

Pairs = tuple[Numbers, Numbers, Numbers, Numbers]


def tied(city: City, makers: Floats, failed: Floats, weights: Weights) -> list[Traces]:
    """Return hints of ties, each as sure as the tie and the enterprise that it leads to.

    Parameters
    ----------
    city
        Enterprises and ties.
    makers, failed
        How surely each enterprise makes the product, and has failed; shape (enterprises,).
    weights
        Of the reasons.
    """
    supply = _pairs(city, ("supply",))
    hints = [
        _near("commissions", "commission", _pairs(city, ("commission",)), makers, weights),
        _near("trades", "supply", supply, failed, weights),
        _near("same_group", "same_group", _pairs(city, GROUP), failed, weights),
        _shared(city, "brand", "same_group", failed, weights),
        _shared(city, "site", "same_site", failed, weights),
    ]
    suppliers = hints[1]
    through = np.zeros(len(city))
    np.maximum.at(through, suppliers.enterprise, suppliers.weight)
    through[failed > 0] = 0
    others = _near("same_supplier", "same_supplier", supply, through, weights)
    return [*hints, others.kept(failed[others.enterprise] == 0)]


def _pairs(city: City, roles: tuple[str, ...]) -> Pairs:
    """Return ties of some roles both ways: from whom, to whom, record and day."""
    role = np.asarray(city.ties["role"].to_numpy(), object)
    kept = np.isin(role, roles)
    one, other, record, day = (
        city.ties[name].to_numpy()[kept].astype(np.int64)
        for name in ("enterprise", "other", "record", "occurred")
    )
    return (
        np.concatenate([one, other]),
        np.concatenate([other, one]),
        np.concatenate([record, record]),
        np.concatenate([day, day]),
    )


def _near(role: str, reason: Reason, pairs: Pairs, sure: Floats, weights: Weights) -> Traces:
    """Return a hint for each tie that leads to one who is sure to some degree."""
    to, fro, record, day = pairs
    kept = (sure[fro] > 0) & (to != fro)
    weight = weights.reasons[reason].weight * sure[fro[kept]]
    return Traces.alike(role, reason, to[kept], weight, record[kept], day[kept], fro[kept])


def _shared(city: City, column: str, reason: Reason, failed: Floats, weights: Weights) -> Traces:
    """Return a hint for everybody who has a brand or a site in common with the surest failed."""
    words = city.words(column)
    bad = np.flatnonzero((failed > 0) & np.array([word is not None for word in words], bool))
    surest: dict[object, int] = {}
    for number in bad[np.argsort(failed[bad], kind="stable")].tolist():
        surest[words[number]] = number
    other = np.array([surest.get(word, -1) for word in words], np.int64)
    kept = np.flatnonzero((other >= 0) & (other != np.arange(len(other)))).astype(np.int64)
    weight = weights.reasons[reason].weight * failed[other[kept]]
    nothing: npt.NDArray[np.int64] = np.full(len(kept), -1, np.int64)
    return Traces.alike(reason, reason, kept, weight, nothing, nothing, other[kept])
