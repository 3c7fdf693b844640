"""What an indicator reads: kinds of records, their streams, and what their numbers mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..archive.kinds import KINDS
from ..core.codes import CodeTable
from .coverage import reads_of
from .indicator import Indicator
from .places import Nearby

__all__ = ["Reading", "readings"]

NUMBERS = ("value", "severity")


@dataclass(frozen=True, slots=True)
class Reading:
    """A kind of record that an indicator reads.

    Attributes
    ----------
    kind, zh, en
        The kind and its names.
    streams
        Its streams that are read, by their names without a code.
    numbers
        For each of their numbers that is used, its name (`penalty value`) and what it is in the
        terms of the record (`coalesce(fine, 0) + coalesce(confiscated, 0)`).
    """

    kind: str
    zh: str
    en: str
    streams: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]


def readings(indicator: Indicator) -> tuple[Reading, ...]:
    """Return the kinds of records that an indicator reads, in the order of the archive's.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> reading, = readings(standard_catalogue()["PN07"])
    >>> reading.kind, reading.zh, reading.streams
    ('penalty', '行政处罚', ('penalty',))
    >>> reading.numbers
    (('penalty value', 'coalesce(fine, 0) + coalesce(confiscated, 0)'),)
    """
    read = list(_read(indicator))
    names = CodeTable.load("record_kind")
    found = []
    for contract in KINDS.values():
        streams = [s for s in contract.streams if any(fnmatchcase(s.kind, k) for k, _ in read)]
        if not streams:
            continue
        numbers = {
            f"{stream.kind} {number}": getattr(stream, number)
            for stream in streams
            for kind, used in read
            if fnmatchcase(stream.kind, kind)
            for number in NUMBERS
            if number in used and getattr(stream, number) != "NULL"
        }
        zh, en = (names.words(language, [contract.kind], 0)[0] for language in ("zh", "en"))
        kinds = tuple(dict.fromkeys(stream.kind for stream in streams))
        found.append(Reading(contract.kind, zh, en, kinds, tuple(sorted(numbers.items()))))
    return tuple(found)


def _read(indicator: Indicator) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield for each pattern its half for the kind, and the fields that are used."""
    for leaf in indicator.leaves:
        if isinstance(leaf, Nearby):
            yield from ((pattern.partition(":")[0], frozenset()) for pattern in leaf.places)
        for pattern, used in reads_of(leaf):
            yield pattern.partition(":")[0], used
