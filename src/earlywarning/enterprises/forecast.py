"""The forecast: how probable it is that the level of an enterprise falls within 30 and 90 days.

For each horizon there is a small booster on the rows of `sample`, and a calibrator that was fitted
on later rows and tells an interval. Both are of one bundle: another model has other levels.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ...archive.disk import force, make, needing_room
from ...core.errors import IntegrityError, InvalidError, NotFoundError
from ...grading import Calibrator
from .sample import COLUMNS, Sample

__all__ = ["Forecast", "Horizon", "Outlook", "digest_of", "margins_of"]

Floats = npt.NDArray[np.float64]
CARD, MANIFEST = "card.json", "manifest.json"


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Probabilities of rows that the level falls within some days, with 95 % intervals.

    Attributes
    ----------
    probability, lower, upper
        Shape (n,).
    """

    probability: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Horizon:
    """What forecasts a fall within so many days.

    Parameters
    ----------
    days
        The horizon.
    booster
        Of some of the columns of a sample, named as there.
    calibrator
        From its margin to the probability.
    """

    days: int
    booster: lgb.Booster
    calibrator: Calibrator

    def outlook(self, rows: Sample, threads: int = 1) -> Outlook:
        """Return the probability of each row, and its interval."""
        if not len(rows):
            return Outlook(*(np.empty(0) for _ in range(3)))
        margins = margins_of(self.booster, rows, threads)
        return Outlook(self.calibrator.probability(margins), *self.calibrator.interval(margins))


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """The forecasts of all horizons, and what they are of.

    Parameters
    ----------
    bundle
        Digest of the bundle whose levels are forecast.
    horizons
        By days.
    card
        What a reader has to know, in values of JSON: days learned from, measures.
    """

    bundle: str
    horizons: Mapping[int, Horizon]
    card: Mapping[str, Any]

    def __getitem__(self, days: int) -> Horizon:
        if days not in self.horizons:
            raise NotFoundError.among("horizon of the forecast", days, self.horizons)
        return self.horizons[days]

    def check(self, bundle: str) -> None:
        """Refuse to forecast the levels of another bundle.

        Raises
        ------
        InvalidError
            If it is another one.
        """
        if bundle != self.bundle:
            raise InvalidError(
                f"the forecast is of the levels of bundle {self.bundle[:12]}, and not of "
                f"{bundle[:12]}; fit it anew for this one"
            )

    def write(self, folder: Path) -> str:
        """Write the forecast as a folder of texts, and return its digest.

        It is there whole or not at all, and takes the place of an earlier forecast.

        Raises
        ------
        InvalidError
            If the folder holds anything that is no forecast.
        StorageError
            If there is no room.
        """
        if folder.exists() and any(folder.iterdir()) and digest_of(folder) is None:
            raise InvalidError(
                f"the folder {folder} is not empty, and holds no forecast; give another one"
            )
        texts = {CARD: _json({"bundle": self.bundle, **self.card})}
        for days, each in self.horizons.items():
            texts[f"booster-{days}.txt"] = each.booster.model_to_string()
            texts[f"calibrator-{days}.json"] = each.calibrator.to_json()
        digests = {name: _digest(text) for name, text in sorted(texts.items())}
        texts[MANIFEST] = _json(digests)
        _put(folder, texts)
        return _digest(texts[MANIFEST])

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a forecast that `write` wrote.

        Raises
        ------
        NotFoundError
            If there is none.
        IntegrityError
            If a file is not as it was written.
        InvalidError
            If it has columns that this version does not know.
        """
        if digest_of(folder) is None:
            raise NotFoundError(f"there is no forecast in {folder}; fit one and write it there")
        digests: dict[str, str] = json.loads((folder / MANIFEST).read_text("utf-8"))
        texts = {name: _whole(folder / name, digest) for name, digest in digests.items()}
        card: dict[str, Any] = json.loads(texts[CARD])
        found = {}
        for days in sorted(int(n[8:-4]) for n in texts if n.startswith("booster-")):
            booster = lgb.Booster(model_str=texts[f"booster-{days}.txt"])
            _check_columns(booster, folder)
            calibrator = Calibrator.from_json(texts[f"calibrator-{days}.json"])
            found[days] = Horizon(days, booster, calibrator)
        return cls(card.pop("bundle"), found, card)


def digest_of(folder: Path) -> str | None:
    """Return the digest of the forecast in a folder, as `write` returned it; None without one."""
    with suppress(FileNotFoundError):
        return _digest((folder / MANIFEST).read_text("utf-8"))
    return None


def margins_of(booster: lgb.Booster, rows: Sample, threads: int = 1) -> Floats:
    """Return the margin that a booster gives each row, before calibration; shape (n,)."""
    wanted = [COLUMNS.index(name) for name in booster.feature_name()]
    values = np.ascontiguousarray(rows.values[:, wanted])
    return np.asarray(booster.predict(values, raw_score=True, num_threads=threads), np.float64)


def _put(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts beside a folder, and put them in its place once they are whole and on disk."""
    make(folder.parent)
    draft, old = (folder.with_name(f".{folder.name}.{uuid4().hex[:8]}") for _ in range(2))
    try:
        with needing_room(folder.parent):
            draft.mkdir()
            for name, text in texts.items():
                (draft / name).write_text(text, "utf-8")
            force(*draft.iterdir(), draft)
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
        force(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _check_columns(booster: lgb.Booster, folder: Path) -> None:
    unknown = [name for name in booster.feature_name() if name not in COLUMNS]
    if unknown:
        raise InvalidError(
            f"the forecast in {folder} reads {', '.join(unknown)}, which this version does not "
            "know; fit it anew"
        )


def _whole(path: Path, digest: str) -> str:
    if not path.is_file():
        raise IntegrityError(f"{path} is missing; bring the forecast back from a copy")
    text = path.read_text("utf-8")
    if _digest(text) != digest:
        raise IntegrityError(f"{path} is not as it was written; bring it back from a copy")
    return text


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
