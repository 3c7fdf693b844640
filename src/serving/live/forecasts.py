"""Forecasts: those that were fitted to bundles, read when they are first asked for."""

from pathlib import Path
from threading import Lock

from ...core.errors import IntegrityError, NotFoundError
from ...earlywarning.enterprises.forecast import Forecast, digest_of

__all__ = ["Forecasts"]


class Forecasts:
    """The forecasts of an installation; one that is fitted anew is read anew.

    Parameters
    ----------
    folder
        Holds a folder for each bundle to which a forecast was fitted, named by its digest.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reading = Lock()
        self._digest: str | None = None
        self._found: Forecast | None = None

    def digest(self, bundle: str) -> str | None:
        """Return the digest of the forecast of a bundle, by its own; None if none was fitted."""
        return digest_of(self._folder / bundle)

    def of(self, bundle: str) -> Forecast | None:
        """Return the forecast of a bundle, by its digest; None if none was fitted.

        Raises
        ------
        IntegrityError
            If it is not as it was written.
        """
        with self._reading:
            while (digest := self.digest(bundle)) not in {None, self._digest}:
                try:
                    self._found, self._digest = Forecast.read(self._folder / bundle), digest
                except (IntegrityError, NotFoundError):
                    if self.digest(bundle) == digest:
                        raise
            return None if digest is None else self._found
