"""The manifest: one small file for each delivery, and the only thing that publishes it.

Tables and journal are written first, and nobody reads beyond what the manifest names; so a
delivery is seen whole or not at all. Upkeep, which moves rows without changing them, is published
the same way, as a later edition of the state that a delivery left.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from ..core.errors import IntegrityError
from .disk import force, make
from .entries import Delivery, Journaled, Upkeep, read_entry, sealed

__all__ = ["MOST", "Manifest", "State"]

HINT = "newest"
MOST = 256
"""How many deliveries are published at once, at most."""

Written = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class State:
    """What the newest entry publishes.

    Attributes
    ----------
    sequence, edition
        The newest delivery, and how often upkeep was done since.
    tables
        Version by table.
    folded
        Last delivery whose journal is in the tables.
    journals
        Journals since, by delivery, oldest first.
    """

    sequence: int
    edition: int
    tables: Mapping[str, int]
    folded: int
    journals: Mapping[int, Journaled]


EMPTY = State(0, 0, {}, 0, {})


class Manifest:
    """The deliveries of an archive in order, kept as `00000001.json` and so on.

    Upkeep after delivery 1 is `00000001.0001.json`. `digests/` leads from the digest of a
    delivery to its file once it is not the newest any more, and `newest` tells where to begin to
    look for the newest one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[State, Written] = EMPTY, None

    def deliveries(self) -> list[Delivery]:
        """Return every published delivery, oldest first."""
        return [self.delivery(n) for n in range(1, self.state().sequence + 1)]

    def delivery(self, sequence: int) -> Delivery:
        """Return one delivery."""
        path = self._path(sequence)
        return _read_delivery(path, _written(path))

    def latest(self) -> Delivery | None:
        """Return the newest delivery, or None in an empty archive."""
        sequence = self.state().sequence
        return self.delivery(sequence) if sequence else None

    def state(self) -> State:
        """Return what is published now; as long as nothing is, the same object again."""
        known, written = self._seen
        if written != _written(self._entry(known.sequence, known.edition)):
            known = EMPTY  # the folder is another one, such as a backup that was copied back
        sequence = self._newest(known.sequence)
        edition = known.edition if sequence == known.sequence else 0
        while self._edition(sequence, edition + 1).exists():
            edition += 1
        if (sequence, edition) != (known.sequence, known.edition):
            known = self._state(known, sequence, edition)
            self._seen = known, _written(self._entry(sequence, edition))
        return known

    def _state(self, known: State, sequence: int, edition: int) -> State:
        entry = self._upkeep(sequence, edition) if edition else self.delivery(sequence)
        since = {n: journal for n, journal in known.journals.items() if n > entry.folded}
        for n in range(max(known.sequence, entry.folded) + 1, sequence + 1):
            journal = self.delivery(n).journal
            if journal is not None:
                since[n] = journal
        return State(sequence, edition, entry.tables, entry.folded, since)

    def tables(self) -> dict[str, int]:
        """Return the published version of each table."""
        return dict(self.state().tables)

    def upkeep(self) -> Upkeep | None:
        """Return the newest upkeep since the newest delivery, or None."""
        state = self.state()
        return self._upkeep(state.sequence, state.edition) if state.edition else None

    def tidied(self, sequence: int, edition: int) -> frozenset[str]:
        """Return what upkeep was done after an edition of a delivery, by the newest one on."""
        done = set[str]()
        for number in range(sequence, self.state().sequence + 1):
            while self._edition(number, edition + 1).exists():
                edition += 1
                done.add(self._upkeep(number, edition).done)
            edition = 0
        return frozenset(done)

    def find(self, digest: str) -> Delivery | None:
        """Return the delivery with this digest, if it has landed."""
        path, last = self._by_digest(digest), self.state().sequence
        led = read_entry(path, Delivery).sequence if path.exists() else last
        for sequence in (led, last):
            # A copy may lead from a digest to a number that another delivery has taken since.
            if 1 <= sequence <= last and self.delivery(sequence).digest == digest:
                return self.delivery(sequence)
        return None

    def publish(self, *deliveries: Delivery) -> None:
        """Publish deliveries; from here on every reader sees them, all at once.

        Nobody looks for a delivery before the one in front of it is there. So the first of
        several is written last, when the others are on disk and their digests lead to them.

        Raises
        ------
        IntegrityError
            If counts do not add up or another writer took the sequence number.
        """
        for file in (file for delivery in deliveries for file in delivery.files):
            if file.settled != file.rows:
                raise IntegrityError(
                    f"{file.path}: {file.rows} rows were read but {file.settled} have a fate; "
                    "nothing was published"
                )
        earlier = self.latest()
        if earlier is not None:
            self._lead({earlier.digest: self._path(earlier.sequence)})
        make(self._folder)
        for each in reversed(deliveries[1:]):
            with self._drafted(self._path(each.sequence), each):
                pass
        first = deliveries[0]
        with self._drafted(self._path(first.sequence), first) as draft:
            if len(deliveries) > 1:
                others = {each.digest: self._path(each.sequence) for each in deliveries[1:-1]}
                self._lead({first.digest: draft, **others})
                force(self._folder)
        force(self._folder)
        hint = self._folder / f"{HINT}.{os.getpid()}.draft"
        hint.write_text(str(deliveries[-1].sequence))
        hint.replace(self._folder / HINT)

    def remove_after(self, sequence: int) -> None:
        """Remove what a writer left that died before it published the first of several."""
        paths = (self._path(sequence + each) for each in range(1, MOST + 1))
        for path in (path for path in paths if path.exists()):
            path.unlink()
            force(self._folder)

    def publish_upkeep(
        self, done: str, at: datetime, tables: dict[str, int], folded: int | None = None
    ) -> None:
        """Publish new versions of tables that hold the same records as before.

        Parameters
        ----------
        done, at
            What was done, and when.
        tables
            Version by table.
        folded
            Last delivery whose journal is in the tables; the same as before when None.
        """
        state = self.state()
        entry = Upkeep(
            sequence=state.sequence,
            edition=state.edition + 1,
            done=done,
            at=at,
            folded=state.folded if folded is None else folded,
            tables=tables,
        )
        make(self._folder)
        with self._drafted(self._edition(entry.sequence, entry.edition), entry):
            pass
        force(self._folder)

    @contextmanager
    def _drafted(self, path: Path, entry: Delivery | Upkeep) -> Iterator[Path]:
        """Write an entry to a draft, and let it take its place once the block is done."""
        draft = path.with_suffix(f".{os.getpid()}.draft")
        with draft.open("w", encoding="utf-8") as stream:
            stream.write(sealed(entry))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            yield draft
            os.link(draft, path)
        except FileExistsError:
            raise IntegrityError(
                f"{path.name} was published by another writer meanwhile; do it again"
            ) from None
        finally:
            draft.unlink()

    def _lead(self, entries: Mapping[str, Path]) -> None:
        """Let digests lead to entries, of each of which a file is given."""
        paths = {self._by_digest(digest): entry for digest, entry in entries.items()}
        for path, entry in paths.items():
            make(path.parent)
            path.unlink(missing_ok=True)
            os.link(entry, path)
        force(*dict.fromkeys(path.parent for path in paths))

    def _upkeep(self, sequence: int, edition: int) -> Upkeep:
        return read_entry(self._edition(sequence, edition), Upkeep)

    def _newest(self, sequence: int) -> int:
        """Return the newest delivery, of which one at or before it may be known."""
        if not sequence:
            hint = self._folder / HINT
            text = hint.read_text(errors="replace") if hint.exists() else ""
            sequence = int(text) if text.isdecimal() and self._path(int(text)).exists() else 0
        while self._path(sequence + 1).exists():
            sequence += 1
        return sequence

    def _path(self, sequence: int) -> Path:
        return self._folder / f"{sequence:08d}.json"

    def _entry(self, sequence: int, edition: int) -> Path:
        return self._edition(sequence, edition) if edition else self._path(sequence)

    def _edition(self, sequence: int, edition: int) -> Path:
        return self._folder / f"{sequence:08d}.{edition:04d}.json"

    def _by_digest(self, digest: str) -> Path:
        return self._folder / "digests" / digest[:2] / f"{digest}.json"


@lru_cache(maxsize=100_000)
def _read_delivery(path: Path, _: Written) -> Delivery:
    return read_entry(path, Delivery)


def _written(path: Path) -> Written:
    """Tell one writing of a file from another of the same name; None if there is no file."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_ino
