"""Turns: the days on which something was told of records that policy names, kept between calls.

Named events are few beside all that an archive holds. What is known of them is kept as one delivery
left it, and brought to another one by reading only the enterprises that were told of in between.
"""

import json
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ...archive.disk import replacing
from ...core import time
from ...core.errors import IntegrityError
from ...features import City, Events, matching
from ...features.workers import each
from ..updates import NamedEvent
from .blocks import blocks

__all__ = ["Turns", "changed", "turns_of"]

CLOCKS = ("available", "withdrawn", "repaired", "ended_available")
TYPES: dict[str, Any] = {
    "event": np.int32,
    "enterprise": np.int32,
    "record": np.int64,
    "clock": np.int8,
    "day": np.int32,
    "occurred": np.int32,
    "severity": np.float64,
    "stream": object,
}
FORM, ABOUT = 2, b"turns"

Numbers = npt.NDArray[np.int32]


def turns_of(named: tuple[NamedEvent, ...], events: Events) -> pd.DataFrame:
    """Return the turns of some events.

    Parameters
    ----------
    named
        The events that count.
    events
        Of any enterprises.

    Returns
    -------
    `event` (place in `named`), `enterprise` (dense number), `record`, `clock` (place in `CLOCKS`:
    it is there, was withdrawn, repaired, or has ended), `day` (day number), and what the record
    says: `occurred`, `severity`, `stream`. No row twice.
    """
    found = [pd.DataFrame({name: np.empty(0, kind) for name, kind in TYPES.items()})]
    names = np.array([":".join(each) for each in events.vocabulary] or [""], object)
    for place, event in enumerate(named):
        rows = np.isin(events.stream, matching(event.streams, events.vocabulary))
        if event.severity is not None:
            rows &= events.severity >= event.severity
        some = events.take(np.flatnonzero(rows))
        for clock, name in enumerate(CLOCKS):
            days = getattr(some, name)
            here = days < time.NEVER
            streams = names[some.stream[here]]
            columns = (
                place, some.enterprise[here], some.record[here], clock, days[here],
                some.occurred[here], some.severity[here], streams,
            )  # fmt: skip
            found.append(pd.DataFrame(dict(zip(TYPES, columns, strict=True))).astype(TYPES))
    return pd.concat(found, ignore_index=True).drop_duplicates(ignore_index=True)


def changed(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return the turns that are in one of two, and not in the other."""
    return pd.concat([then, now]).drop_duplicates(keep=False, ignore_index=True)


@dataclass(frozen=True, eq=False)
class Turns:
    """The turns of named events in a city, as any delivery left it.

    Parameters
    ----------
    city
        The city.
    named
        The events that count.
    folder
        Where they are kept; they are read anew whenever they are asked for if None.
    threads
        How many parts are read at once.
    """

    city: City
    named: tuple[NamedEvent, ...]
    folder: Path | None = None
    threads: int = 1

    def at(self, sequence: int) -> pd.DataFrame:
        """Return the turns as a delivery left them, and keep them; see `turns_of`.

        Raises
        ------
        IntegrityError
            If what is kept is not whole.
        """
        near = self._nearest(sequence)
        if near == sequence:
            return self._read(near)
        with self.city.workers(self.threads) as pool:
            found = self._moved(near, sequence, pool) if near else self._anew(sequence, pool)
        self._keep(found, sequence)
        return found

    def forget(self, *but: int) -> None:
        """Remove what is kept, but for some deliveries."""
        for sequence, path in self._paths().items():
            if sequence not in but:
                path.unlink()

    def _anew(self, sequence: int, pool: Executor) -> pd.DataFrame:
        parts = replace(self.city, sequence=sequence).parts()
        return pd.concat(each(pool, partial(_of_part, self.named), parts), ignore_index=True)

    def _moved(self, near: int, sequence: int, pool: Executor) -> pd.DataFrame:
        """Return the turns at a delivery from those at another."""
        kept = self._read(near)
        told = self.city.archive.touched(min(near, sequence), max(near, sequence))
        if not told.size:
            return kept
        if told.size * 2 > self.city.enterprises:
            return self._anew(sequence, pool)
        read = replace(self.city, sequence=sequence).read
        parts = each(pool, partial(_of_some, self.named, read), blocks(self.city, told))
        return pd.concat([kept[~kept["enterprise"].isin(told)], *parts], ignore_index=True)

    def _nearest(self, sequence: int) -> int | None:
        """Return the delivery nearest to one of which the turns are kept."""
        mine = [n for n, path in self._paths().items() if self._about(n) == _told_by(path)]
        return min(mine, key=lambda number: abs(number - sequence), default=None)

    def _paths(self) -> dict[int, Path]:
        paths = [] if self.folder is None else self.folder.glob("[0-9]*.parquet")
        return {int(path.stem): path for path in paths}

    def _about(self, sequence: int) -> str:
        named = [asdict(event) for event in self.named]
        about = {"form": FORM, "origin": self.city.origin(sequence), "named": named}
        return json.dumps(about)

    def _read(self, sequence: int) -> pd.DataFrame:
        return pd.read_parquet(self._paths()[sequence])

    def _keep(self, found: pd.DataFrame, sequence: int) -> None:
        if self.folder is None:
            return
        table = pa.Table.from_pandas(found, preserve_index=False)
        table = table.replace_schema_metadata({ABOUT: self._about(sequence).encode()})
        with replacing(self.folder / f"{sequence}.parquet") as draft:
            pq.write_table(table, draft)


def _of_part(named: tuple[NamedEvent, ...], read: Callable[[], Events]) -> pd.DataFrame:
    return turns_of(named, read())


def _of_some(
    named: tuple[NamedEvent, ...], read: Callable[[Numbers], Events], some: Numbers
) -> pd.DataFrame:
    return turns_of(named, read(some))


def _told_by(path: Path) -> str:
    """Return what a file says its turns are of."""
    try:
        return str((pq.read_schema(path).metadata or {}).get(ABOUT, b""), "utf-8")
    except (OSError, ValueError) as error:
        raise IntegrityError(
            f"what is kept in {path} is not whole ({error}); remove the file, and do it again"
        ) from None
