"""Forecasts: those that were fitted to bundles, read when they are first asked for."""

from pathlib import Path
from threading import Lock

from ...earlywarning.enterprises.forecast import Forecast

__all__ = ["Forecasts"]


class Forecasts:
    """The forecasts of an installation.

    Parameters
    ----------
    folder
        Holds a folder for each bundle to which a forecast was fitted, named by its digest.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reading = Lock()
        self._found: dict[str, Forecast] = {}

    def of(self, bundle: str) -> Forecast | None:
        """Return the forecast of a bundle, by its digest; None if none was fitted.

        Raises
        ------
        IntegrityError
            If it is not as it was written.
        """
        with self._reading:
            if bundle not in self._found and (self._folder / bundle).is_dir():
                self._found = {bundle: Forecast.read(self._folder / bundle)}
            return self._found.get(bundle)
