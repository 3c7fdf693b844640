"""Passwords: which are good enough, and what is kept of them (Argon2id)."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ...core.errors import InvalidError
from .tokens import new_token

__all__ = ["Cost", "Passwords", "check_password", "check_secret"]

SHORTEST, LONGEST = 12, 256
AT_ONCE = 4
TAIL = re.compile(r"[\d\W_]+$")
SWAPS = str.maketrans("@$013457", "asoieast")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a hash costs: passes, memory in KiB, lanes.

    The defaults are the least that OWASP recommends for Argon2id (Password Storage Cheat Sheet).
    """

    passes: int = 2
    memory: int = 19_456
    lanes: int = 1


@dataclass(frozen=True)
class Passwords:
    """Hashes passwords and verifies them, a few at once, so that memory stays bounded.

    Examples
    --------
    >>> passwords = Passwords(Cost(passes=1, memory=64))
    >>> kept = passwords.hash("four words are easy")
    >>> kept[:10], passwords.verify(kept, "four words are easy"), passwords.verify(None, "any")
    ('$argon2id$', True, False)
    """

    cost: Cost = Cost()
    _turns: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(AT_ONCE), repr=False, compare=False
    )

    @cached_property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(self.cost.passes, self.cost.memory, self.cost.lanes)

    @cached_property
    def _dummy(self) -> str:
        return self.hash(new_token())

    def hash(self, password: str) -> str:
        """Return what is kept of a password: parameters, salt and Argon2id hash."""
        with self._turns:
            return self._hasher.hash(_normal(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """Tell whether a password is the one of which this was kept.

        Where nothing was kept, as of an account that there is not, a hash that nobody knows the
        password of is verified instead, so that the time tells nothing; the answer is no.
        """
        try:
            against = self._dummy if kept is None else kept
            with self._turns:
                self._hasher.verify(against, _normal(password[: 4 * LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def is_old(self, kept: str) -> bool:
        """Tell whether it was hashed at another cost, so that it should be hashed anew."""
        return self._hasher.check_needs_rehash(kept)


def check_password(password: str, known: Collection[str] = ()) -> None:
    """Refuse a password that is too short, or among the first that anybody would try.

    Which characters it is made of is nobody's business (NIST SP 800-63B-4, 3.1.1.2).

    Parameters
    ----------
    password
        What was chosen.
    known
        Words that whoever attacks this very account would try, such as its name.

    Raises
    ------
    InvalidError
        That says what to choose instead, and never repeats what was chosen.

    Examples
    --------
    >>> check_password("four words are easy")
    >>> check_password("Password12345")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    InvalidError: this password is among the commonest ...
    """
    text = _normal(password)
    if len(text) < SHORTEST:
        raise InvalidError(
            f"a password has at least {SHORTEST} characters; several words in a row are easy to "
            "keep in mind"
        )
    if len(text) > LONGEST:
        raise InvalidError(f"a password has at most {LONGEST} characters")
    folded = text.casefold()
    if _unit(folded) in _commonest() or _bare(folded) in _commonest() or _runs(folded):
        raise InvalidError(
            "this password is among the commonest, or is one of these with a tail, repeated or "
            "written with digits for letters: the first that anybody tries; choose other words"
        )
    if any(word and word.casefold() in folded for word in known):
        raise InvalidError("a password does not hold the name of its account or of this service")


def check_secret(secret: str, where: str) -> None:
    """Refuse a secret between programs that is short or is one that everybody starts with.

    Raises
    ------
    InvalidError
        That says where it is from, and never what it is.

    Examples
    --------
    >>> check_secret("changeme", "oidc.secret")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    InvalidError: the secret of oidc.secret ...
    """
    folded = secret.casefold()
    if len(secret) < SHORTEST or _bare(folded) in _commonest() or _runs(folded):
        raise InvalidError(
            f"the secret of {where} is too short, or one that everybody starts with; make one "
            "by: openssl rand -base64 32"
        )


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


@cache
def _commonest() -> frozenset[str]:
    words = files(__package__).joinpath("commonest.csv").read_text("utf-8")
    return frozenset(words.split())


def _unit(text: str) -> str:
    """Return the shortest text of which this is a repetition."""
    return text[: (text + text).find(text, 1)] if text else ""


def _bare(text: str) -> str:
    """Return a text without a tail of digits and signs, digits for letters undone."""
    return _unit(TAIL.sub("", text).translate(SWAPS))


def _runs(text: str) -> bool:
    """Tell whether a text is little more than neighbours in the alphabet, or few characters."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    return len(set(text)) < 4 or sum(step in {-1, 0, 1} for step in steps) > len(text) * 3 // 4
