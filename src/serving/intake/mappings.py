"""Mappings: how records of a source are read, as its folder says now."""

from pathlib import Path
from time import monotonic

from ...archive import Source, find_sources, read_source
from ...core.errors import NotFoundError

__all__ = ["Mappings"]

LASTING = 5.0


class Mappings:
    """The mappings of an installation; each is read again after some seconds.

    Parameters
    ----------
    folder
        Where they are, one folder each.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[float, Source]] = {}

    def source(self, name: str) -> Source:
        """Return the mapping of a source.

        Raises
        ------
        NotFoundError
            If there is none of that name.
        MappingError
            If it is malformed.
        """
        until, found = self._read.get(name, (0.0, None))
        if found is None or monotonic() > until:
            known = find_sources(self._folder)
            if name not in known:
                raise NotFoundError.among("source", name, known)
            found = read_source(known[name])
            self._read[name] = monotonic() + LASTING, found
        return found
