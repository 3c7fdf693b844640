"""Anchors: signed heads of chains in a file outside the database, to which lines are only added.

Each line is an anchor as canonical JSON. It has its number, the SHA-256 of the line before, and an
Ed25519 signature over all the rest, so that no anchor can be changed, taken out or put between.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ...core.keys import key_id
from .disk import write
from .entry import GENESIS, canonical

__all__ = ["CLOSED", "HEAD", "OPENED", "RESTORED", "SEALED", "Anchor", "Anchors"]

OPENED, HEAD, CLOSED, SEALED, RESTORED = "opened", "head", "closed", "sealed", "restored"
BLOCK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The signed head of a chain.

    Attributes
    ----------
    number, before
        Its place among the anchors, from 1 on, and the SHA-256 of the line before.
    kind
        `opened`, `head`, `closed` (by its own process), `sealed` (by another after that one was
        killed), or `restored` (the database was replaced by a backup; no chain's).
    chain, position, digest
        The chain, and where it stood.
    at
        Moment of the last entry, in ISO 8601.
    note
        Why, where people did it.
    key, signature
        Who vouches for it.
    """

    number: int = 0
    before: str = GENESIS
    kind: str
    chain: str = ""
    position: int = 0
    digest: str = GENESIS
    at: str
    note: str = ""
    key: str = ""
    signature: str = ""

    def signed(self, key: Ed25519PrivateKey) -> Self:
        """Return the anchor with its signature."""
        named = replace(self, key=key_id(key.public_key()), signature="")
        return replace(named, signature=key.sign(named.line().encode()).hex())

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Tell whether the signature is that key's."""
        try:
            key.verify(bytes.fromhex(self.signature), replace(self, signature="").line().encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def line(self) -> str:
        """Return the anchor as a line of JSON."""
        return canonical(asdict(self))

    @classmethod
    def read(cls, line: bytes) -> Self:
        """Return the anchor of a line.

        Raises
        ------
        ValueError
            If the line is none.
        """
        told = json.loads(line)
        if not isinstance(told, dict) or told.keys() != {each.name for each in fields(cls)}:
            message = "not an anchor"
            raise ValueError(message)
        return cls(**told)


class Anchors:
    """The file of anchors of a ledger; many processes may add to it.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, anchor: Anchor, key: Callable[[], Ed25519PrivateKey]) -> Anchor:
        """Sign an anchor and add it; it is on disk when this returns.

        Parameters
        ----------
        anchor
            What to add; number and signature are given here.
        key
            Asked for the key while nobody else adds.

        Raises
        ------
        OSError
            If the disk does not take it.
        """
        with self._alone() as file:
            size, last = os.fstat(file).st_size, self._last(file)
            number = Anchor.read(last).number + 1 if last else 1
            before = digest_of(last) if last else GENESIS
            signed = replace(anchor, number=number, before=before).signed(key())
            torn = size and os.pread(file, 1, size - 1) != b"\n"
            text = (b"\n" if torn else b"") + signed.line().encode() + b"\n"
            write(file, text)
        return signed

    def lines(self) -> Iterator[bytes]:
        """Yield every line there is, oldest first, without its end."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for line in file:
                yield line.rstrip(b"\n")

    def of(self, chain: str) -> list[Anchor]:
        """Return the anchors of a chain, oldest first, whoever signed them."""
        wanted, found = chain.encode(), []
        for line in self.lines():
            if wanted in line:
                anchor = parsed(line)
                if anchor is not None and anchor.chain == chain:
                    found.append(anchor)
        return found

    @contextmanager
    def _alone(self) -> Iterator[int]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)

    @staticmethod
    def _last(file: int) -> bytes:
        """Return the last line that is an anchor; one that a power cut tore is passed over."""
        end, tail = os.fstat(file).st_size, b""
        while end > 0:
            start = max(0, end - BLOCK)
            tail = os.pread(file, end - start, start) + tail
            lines = tail.split(b"\n")
            for line in reversed(lines if start == 0 else lines[1:]):
                if parsed(line) is not None:
                    return line
            end = start
        return b""


def digest_of(line: bytes) -> str:
    """Return the SHA-256 by which the next line knows this one."""
    return hashlib.sha256(line).hexdigest()


def parsed(line: bytes) -> Anchor | None:
    """Return the anchor of a line, or None if it is none."""
    try:
        return Anchor.read(line)
    except (ValueError, TypeError):
        return None


def stamp(at: datetime) -> str:
    """Return a moment as anchors write it."""
    return at.isoformat(timespec="microseconds")
