"""Streams: which events an aggregate reads, as patterns over (kind, code).

A pattern is `kind` or `kind:code`; both halves may hold `*`, `?` and `[...]`, and `*` also
spans dots. A kind that no record can have is refused at once, so that a typing error does not
become an indicator that is always empty.
"""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.errors import DeclarationError, unknown
from ..core.table import Table

__all__ = ["KINDS", "Vocabulary", "check_patterns", "in_streams", "matching", "read_streams"]

KINDS = (
    "alert",
    "annual_report",
    "annual_report.due",
    "annual_report.employees",
    "annual_report.leverage",
    "annual_report.paid_in",
    "annual_report.profit",
    "annual_report.revenue",
    "annual_report.tax",
    "annual_report.year",
    "award",
    "ban",
    "case_file",
    "case_file.referred",
    "catering_grade",
    "certificate",
    "change",
    "complaint",
    "complaint.accepted",
    "disclosure",
    "encumbrance",
    "encumbrance.share",
    "enterprise.area_1km",
    "enterprise.area_3km",
    "enterprise.brand",
    "enterprise.capital",
    "enterprise.category",
    "enterprise.district",
    "enterprise.established",
    "enterprise.industry",
    "enterprise.latitude",
    "enterprise.longitude",
    "enterprise.population",
    "enterprise.site",
    "enterprise.status",
    "enterprise.status_since",
    "enterprise.tier",
    "enterprise.type",
    "evaluation",
    "filing",
    "incident",
    "inspection",
    "inspection.critical",
    "inspection.general",
    "inspection.key",
    "inspection.minor",
    "inspection.score",
    "inspection.serious",
    "inspection_item",
    "insurance",
    "licence",
    "licence.category",
    "licence_event",
    "licence_review",
    "list_entry",
    "litigation",
    "obstruction",
    "opinion",
    "penalty",
    "penalty.due",
    "penalty.kind",
    "penalty.violation",
    "platform.adverse",
    "platform.orders",
    "platform.rating",
    "post",
    "product",
    "random_check",
    "recall",
    "rectification",
    "relation",
    "repair",
    "sampling",
    "sampling.counterfeit",
    "sampling.level",
    "self_control",
    "staff",
    "staff_exam",
    "tax_rating",
    "tax_return",
)


def check_patterns(patterns: Sequence[str], kinds: Iterable[str] = KINDS) -> None:
    """Refuse patterns that are no tuple of text or whose kind matches no kind of record.

    Examples
    --------
    >>> check_patterns(("penalty:market.food.*", "sampling:fail.*"))
    >>> check_patterns(("penalties",))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    DeclarationError: there is no kind of record 'penalties'; did you mean 'penalty'? ...
    """
    if not isinstance(patterns, tuple) or not patterns:
        raise DeclarationError(f"streams {patterns!r} must be a tuple of at least one pattern")
    known = tuple(kinds)
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise DeclarationError(
                f"the stream {pattern!r} must be text, 'kind' or 'kind:code'; several "
                "are given one by one"
            )
        kind, _ = _halves(pattern)
        if not _names_any(kind, known):
            raise DeclarationError(unknown("kind of record", kind, known))


def read_streams(table: Table, key: str) -> tuple[str, ...]:
    """Return the patterns that a table of a TOML file has under a key.

    Raises
    ------
    PolicyError
        If `check_patterns` refuses them, or the key is missing.

    Examples
    --------
    >>> read_streams(Table.parse("streams = ['penalty:market.*']", "card.toml"), "streams")
    ('penalty:market.*',)
    """
    found = table.texts(key)
    try:
        check_patterns(found)
    except DeclarationError as error:
        table.refuse(key, list(found), f"streams of records ({error})")
    return found


@lru_cache(maxsize=1024)
def _names_any(kind: str, known: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, kind) for name in known)


class Vocabulary(tuple[tuple[str, str], ...]):  # noqa: SLOT001  a tuple has no slots to keep it in
    """The pairs (kind, code) by their numbers; its hash is worked out once.

    Examples
    --------
    >>> names = Vocabulary([("penalty", "other.tax"), ("change", "name")])
    >>> names == (("penalty", "other.tax"), ("change", "name")), hash(names) == hash(tuple(names))
    (True, True)
    """

    def __hash__(self) -> int:
        """Return the hash of the tuple."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()

    def __reduce__(self) -> tuple[object, ...]:
        """Return how another process rebuilds it, where text has other hashes."""
        return type(self), (tuple(self),)


def matching(patterns: Iterable[str], vocabulary: Sequence[tuple[str, str]]) -> list[int]:
    """Return the stream numbers of the vocabulary that any of the patterns matches.

    Examples
    --------
    >>> vocabulary = (("penalty", "market.food.x"), ("penalty", "other.tax"), ("change", "name"))
    >>> matching(("penalty:market.*",), vocabulary), matching(("penalty",), vocabulary)
    ([0], [0, 1])
    """
    names = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
    return list(_matching(tuple(patterns), names))


def in_streams(
    stream: npt.NDArray[np.integer[Any]],
    patterns: Iterable[str],
    vocabulary: Sequence[tuple[str, str]],
) -> npt.NDArray[np.bool_]:
    """Tell which events are of a stream that any of the patterns matches.

    Parameters
    ----------
    stream
        Stream numbers of the vocabulary; shape (events,).

    Examples
    --------
    >>> vocabulary = (("penalty", "market.food.x"), ("change", "name"))
    >>> in_streams(np.array([1, 0, 1]), ("penalty",), vocabulary).tolist()
    [False, True, False]
    """
    names = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
    return np.asarray(_chosen(tuple(patterns), names)[stream])


@lru_cache(maxsize=4096)
def _chosen(patterns: tuple[str, ...], vocabulary: Vocabulary) -> npt.NDArray[np.bool_]:
    """Tell for each stream number whether any of the patterns matches it."""
    wanted = np.zeros(len(vocabulary) + 1, np.bool_)
    wanted[list(_matching(patterns, vocabulary))] = True
    wanted.flags.writeable = False
    return wanted


@lru_cache(maxsize=4096)
def _matching(patterns: tuple[str, ...], vocabulary: Vocabulary) -> tuple[int, ...]:
    halves = [_halves(pattern) for pattern in patterns]
    return tuple(
        number
        for number, (kind, code) in enumerate(vocabulary)
        if any(fnmatchcase(kind, k) and fnmatchcase(code, c) for k, c in halves)
    )


def _halves(pattern: str) -> tuple[str, str]:
    kind, colon, code = pattern.partition(":")
    return kind, code if colon else "*"
