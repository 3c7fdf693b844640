"""Arrivals: what every department delivered, month by month, and in what state it came."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...archive import Archive
from ...core import time
from ...features import Events

__all__ = ["Arrivals", "arrivals_of", "read_arrivals"]

Days = npt.NDArray[np.int32]
COLUMNS = ["enterprise", "record", "occurred", "available", "value", "severity", "stream"]


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Every record once, as it first came.

    Attributes
    ----------
    table
        Columns `enterprise`, `record`, `occurred`, `arrived` (day numbers), `value`, `severity`,
        `stream` (its number in the vocabulary), `source`, `kind` and `code` (categories), and
        `root`: the kind without what follows a dot.
    """

    table: pd.DataFrame

    def before(self, day: int) -> "Arrivals":
        """Return what had arrived before a day."""
        return Arrivals(self.table[self.table["arrived"] < day])


def read_arrivals(archive: Archive, events: Events, upto: int | None = None) -> "Arrivals":
    """Return what arrived of some events of an archive, and who delivered it.

    A record arrives when it is available, or later: when its delivery is received. What a source
    hands over first is its past, which counts as having come when it was known.
    """
    records, sequences = archive.first_deliveries(upto=upto)
    sequence = sequences[np.searchsorted(records, events.record)]
    deliveries = [each for each in archive.deliveries() if upto is None or each.sequence <= upto]
    names = np.full(len(deliveries) + 1, "", object)
    received = np.zeros(len(names), np.int32)
    begun: set[str] = set()
    for each in deliveries:
        names[each.sequence] = each.source
        if each.source in begun:
            received[each.sequence] = time.day_of(each.received)
        begun.add(each.source)
    arrived = np.maximum(events.available, received[sequence])
    return arrivals_of(events, names[sequence], arrived.astype(np.int32))


def arrivals_of(
    events: Events, source: Sequence[str] | npt.NDArray[np.object_], arrived: Days
) -> Arrivals:
    """Take each record of events once, as it first came.

    Parameters
    ----------
    events
        The events.
    source, arrived
        Of each, who delivered it and the day on which it came; see `read_arrivals`.
    """
    table = pd.DataFrame({name: getattr(events, name) for name in COLUMNS})
    table["source"], table["arrived"] = pd.Series(source, dtype="category"), arrived
    order = np.lexsort((table["available"], table["stream"], table["record"]))
    again = table["record"].to_numpy()[order], table["stream"].to_numpy()[order]
    fresh = np.ones(len(table), bool)
    fresh[1:] = (again[0][1:] != again[0][:-1]) | (again[1][1:] != again[1][:-1])
    table = table.iloc[np.sort(order[fresh])].reset_index(drop=True)
    kinds, codes = zip(*events.vocabulary, strict=True) if events.vocabulary else ((), ())
    stream = table["stream"].to_numpy()
    for name, words in (("kind", kinds), ("code", codes)):
        table[name] = _named(words, stream)
    table["root"] = _named([kind.partition(".")[0] for kind in kinds], stream)
    return Arrivals(table.drop(columns=["available"]))


def _named(words: Sequence[str], stream: npt.NDArray[np.int32]) -> "pd.Categorical[str]":
    names = sorted(set(words))
    place = np.array([names.index(word) for word in words], np.int32)
    return pd.Categorical.from_codes(place[stream], pd.Index(names))
