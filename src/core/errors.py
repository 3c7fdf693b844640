"""Every error that Xinheng raises on purpose.

::

    XinhengError
    ├── NotFoundError      a name, an enterprise or a file that does not exist
    ├── InvalidError       a value, a file or a declaration that cannot be used
    │   ├── MappingError       a source mapping that does not fit its delivery
    │   ├── PolicyError        a grading policy that contradicts itself
    │   ├── DeclarationError   an indicator that cannot be computed
    │   └── PromotionError     a challenger that did not pass the gates
    ├── IntegrityError     something signed, counted or hashed that does not match
    ├── ConflictError      what somebody else did meanwhile, or what is not allowed now
    ├── StorageError       a disk that does not take what is written
    ├── ClusterError       machines that did not compute what they were given
    ├── WorkerError        a process of this machine that did not
    ├── OutageError        another service that is needed and does not answer as it should
    ├── AccessError        somebody who may not have what was asked for
    │   ├── CredentialError    a key, a password or a token that proves nothing
    │   ├── ForbiddenError     somebody known, to whom it is not allowed
    │   └── LimitError         somebody who asks too often
    └── NotGradableError   a model or a matrix that must never decide a grade

A message says what is wrong, which one, what exists, and what to do.
"""

import difflib
from collections.abc import Iterable

__all__ = [
    "AccessError",
    "ClusterError",
    "ConflictError",
    "CredentialError",
    "DeclarationError",
    "ForbiddenError",
    "IntegrityError",
    "InvalidError",
    "LimitError",
    "MappingError",
    "NotFoundError",
    "NotGradableError",
    "OutageError",
    "PolicyError",
    "PromotionError",
    "StorageError",
    "WorkerError",
    "XinhengError",
]


class XinhengError(Exception):
    """The root: whatever is caught as this was foreseen and carries a message for people."""


class NotFoundError(XinhengError, LookupError):
    """Something was asked for by a name that nothing has.

    Examples
    --------
    >>> print(NotFoundError.among("indicator", "PN7", ["PN07", "CC01"]))
    there is no indicator 'PN7'; did you mean 'PN07'? There are: CC01, PN07
    """

    @classmethod
    def among(cls, what: str, which: object, exists: Iterable[object]) -> "NotFoundError":
        """Build the error for `which`, with what exists and the nearest name to it."""
        return cls(unknown(what, which, exists))


class InvalidError(XinhengError, ValueError):
    """A value that cannot be used as it is."""


class MappingError(InvalidError):
    """A source mapping that does not fit the files it was given."""


class PolicyError(InvalidError):
    """A grading policy that contradicts itself or leaves a gap."""


class DeclarationError(InvalidError):
    """An indicator declaration that cannot be computed."""


class PromotionError(InvalidError):
    """A challenger that did not pass the gates, so that the champion stays."""


class IntegrityError(XinhengError):
    """A digest, a signature or a count that does not match what it covers."""


class ConflictError(XinhengError):
    """Something cannot be done in the state in which it is by now."""


class StorageError(XinhengError, OSError):
    """A disk that is full, so that what was begun could not be written to its end."""


class ClusterError(XinhengError):
    """A cluster on which a part of a computation failed."""


class WorkerError(XinhengError):
    """A process that ended before its part of a computation was done."""


class OutageError(XinhengError):
    """Another service that is needed and does not answer, or not as it should."""


class NotGradableError(XinhengError):
    """A model or a matrix that holds what must never decide a grade."""


class AccessError(XinhengError):
    """Somebody who may not have what was asked for."""


class CredentialError(AccessError):
    """A key, a password or a token that proves nothing; the message never says why."""


class ForbiddenError(AccessError):
    """Somebody who is known, and to whom what was asked for is not allowed."""


class LimitError(AccessError):
    """Somebody who asks too often; `seconds` from now it can be tried again."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


def unknown(what: str, which: object, exists: Iterable[object], shown: int = 20) -> str:
    """Say that `which` is no known `what`, with the nearest name and what there is.

    Examples
    --------
    >>> unknown("level", "F", ["A+", "A"])
    "there is no level 'F'. There are: A, A+"
    """
    names = sorted(map(str, exists))
    alike = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(str(which).casefold(), alike, n=1)
    hint = f"; did you mean {alike[near[0]]!r}?" if near else "."
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return f"there is no {what} {which!r}{hint} There are: {', '.join(names[:shown])}{more}"
