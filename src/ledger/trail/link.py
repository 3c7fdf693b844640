"""A chain that is being written: its place on disk, its anchors, and where it stands."""

from collections.abc import Sequence

from .anchors import CLOSED, HEAD, OPENED, Anchor, stamp
from .entry import Chain, Entry, Note
from .proof import Proof
from .spool import Spool

__all__ = ["Link"]


class Link:
    """One chain of this process.

    Parameters
    ----------
    proof
        Where it is anchored; None where it is not.
    first
        The first note, whose moment the opening anchor bears.

    Raises
    ------
    OSError
        If the disk does not take its spool or its first anchor.
    """

    def __init__(self, proof: Proof | None, first: Note) -> None:
        self.chain = Chain()
        self.anchored = 0
        self._at = first.at
        self._proof = proof
        self.spool: Spool | None = None
        if proof is not None:
            self.spool = Spool(proof.folder, self.chain.name)
            try:
                self._anchor(OPENED)
            except Exception:
                self.spool.remove()
                raise

    @property
    def unanchored(self) -> int:
        """How many entries no anchor vouches for."""
        return 0 if self._proof is None else self.chain.position - self.anchored

    @property
    def waiting(self) -> list[Entry]:
        """The entries that the database does not have."""
        return [] if self.spool is None else self.spool.waiting

    def extend(self, notes: Sequence[Note]) -> list[Entry]:
        """Return the notes as the next entries."""
        return self.chain.extend(notes)

    def advance(self, entry: Entry) -> None:
        """Stand at an entry that is kept."""
        self.chain.advance(entry)
        self._at = entry.at

    def anchor(self) -> None:
        """Sign where the chain stands."""
        if self.unanchored:
            self._anchor(HEAD)

    def close(self) -> None:
        """Sign where the chain ends; what still waits on disk is left to who opens it next.

        Raises
        ------
        OSError
            If the disk does not take the anchor: then whoever opens the trail next seals the chain.
        """
        if self.spool is None:
            return
        try:
            if not self.spool.waiting:
                self._anchor(CLOSED)
                self.spool.path.unlink(missing_ok=True)
        finally:
            self.spool.release()

    def abandon(self) -> None:
        """Write no more to the chain: whether its last entries were kept is unknown."""
        if self.spool is not None:
            self.spool.release()

    def _anchor(self, kind: str) -> None:
        if self._proof is None:
            return
        told = Anchor(
            kind=kind,
            chain=self.chain.name,
            position=self.chain.position,
            digest=self.chain.digest,
            at=stamp(self._at),
        )
        self._proof.anchors.add(told, self._proof.key)
        self.anchored = self.chain.position
