"""What one process records, heard by others that follow it up."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from .arrays import Who
from .records import Recorder

__all__ = ["Overheard", "Told"]

Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Told:
    """Records that were heard: places of the enterprises in their part, and columns."""

    who: Who
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.who)

    def __getitem__(self, column: str) -> Column:
        return self.columns[column]

    def take(self, rows: Column) -> Self:
        """Return some of them, by mask or by position."""
        return type(self)(
            self.who[rows], {name: values[rows] for name, values in self.columns.items()}
        )


class Overheard:
    """Passes records on as they come, and remembers those of some kinds until it forgets.

    Parameters
    ----------
    recorder
        Who writes them down.
    kinds
        Which kinds are remembered.
    first
        Number of the first enterprise; what is heard is told by places in the part.
    """

    def __init__(self, recorder: Recorder, kinds: Collection[str], first: int) -> None:
        self._recorder, self._first = recorder, first
        self._heard: dict[str, list[dict[str, npt.ArrayLike]]] = {kind: [] for kind in kinds}

    def add(self, kind: str, /, **columns: npt.ArrayLike) -> None:
        """Take rows; a single value stands for all of them."""
        if kind in self._heard and len(np.asarray(columns["enterprise"])):
            self._heard[kind].append(dict(columns))
        self._recorder.add(kind, **columns)

    def numbers(self, kind: str, count: int) -> Who:
        """Return the next numbers of a kind."""
        return self._recorder.numbers(kind, count)

    def told(self, kind: str, *columns: str) -> Told:
        """Return what was recorded of a kind since it last forgot.

        Examples
        --------
        >>> from .records import Nowhere
        >>> heard = Overheard(Nowhere(), ["award"], first=100)
        >>> heard.add("award", enterprise=np.array([103, 107]), level=2)
        >>> told = heard.told("award", "level")
        >>> told.who.tolist(), told["level"].tolist()
        ([3, 7], [2, 2])
        """
        told: dict[str, list[Column]] = {name: [] for name in ("enterprise", *columns)}
        for rows in self._heard[kind]:
            count = len(np.asarray(rows["enterprise"]))
            for name, parts in told.items():
                parts.append(np.broadcast_to(np.asarray(rows[name]), (count,)))
        whole = {
            name: np.concatenate(parts) if parts else np.empty(0, np.int64)
            for name, parts in told.items()
        }
        return Told(whole.pop("enterprise").astype(np.int64) - self._first, whole)

    def forget(self) -> None:
        """Begin anew."""
        for rows in self._heard.values():
            rows.clear()
