"""Verification: every entry against its chain, and every chain against its anchors."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine, func, select

from ..tables import AUDIT
from .anchors import CLOSED, OPENED, RESTORED, SEALED, Anchor, Anchors, digest_of, parsed
from .entry import GENESIS, Entry
from .proof import Proof
from .spool import spooled
from .table import entries

__all__ = ["Finding", "Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, or worth knowing, and where.

    Attributes
    ----------
    problem
        In words.
    chain, position
        The first entry that is concerned; empty and 0 where it is about the anchors.
    at
        Its moment in ISO 8601, as far as it is known.
    """

    problem: str
    chain: str = ""
    position: int = 0
    at: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what was found.

    Attributes
    ----------
    entries, chains, anchors, waiting, unchained
        How many were looked at; `waiting` on disk for the database, `unchained` from before there
        were chains, which nothing proves.
    faults
        What is wrong, the earliest first; of each chain the first entry only, for all that follow
        are wrong with it.
    remarks
        What is no fault and should be known.
    """

    entries: int
    chains: int
    anchors: int
    waiting: int
    unchained: int
    faults: tuple[Finding, ...]
    remarks: tuple[Finding, ...]

    @property
    def first(self) -> Finding | None:
        """The earliest fault, or None."""
        return self.faults[0] if self.faults else None


@dataclass(slots=True)
class _Account:
    """The anchors of one chain."""

    places: dict[int, Anchor] = field(default_factory=dict)
    opened: bool = False
    ended: Anchor | None = None
    last: Anchor | None = None

    def add(self, anchor: Anchor) -> Finding | None:
        """Take an anchor up; return what is wrong if two say different of one place."""
        earlier = self.places.setdefault(anchor.position, anchor)
        self.opened |= anchor.kind == OPENED
        if anchor.kind in {CLOSED, SEALED}:
            self.ended = anchor
        if self.last is None or anchor.position >= self.last.position:
            self.last = anchor
        if earlier.digest != anchor.digest:
            return _fault(anchor, f"anchors {earlier.number} and {anchor.number} contradict")
        return None


def verify(engine: Engine, proof: Proof, kept: Path | None = None) -> Verification:
    """Check the audit trail of a ledger; nothing is changed, and the service may go on writing.

    Parameters
    ----------
    engine, proof
        Of the ledger.
    kept
        A copy of the file of anchors from another place, which must hold as well: it shows also
        when database and anchors were both replaced by older ones.
    """
    faults: list[Finding] = []
    lines = list(_believed(proof.anchors, proof.trusted(), faults))
    if kept is not None:
        lines += _kept(kept, lines, proof.trusted(), faults)
    accounts = _accounts(lines, faults)
    restored = max((each.number for each in lines if each.kind == RESTORED), default=0)
    waiting = spooled(proof.folder)
    total, remarks, seen, suspects = 0, [], set(), []
    for chain, found in groupby(entries(engine), key=attrgetter("chain")):
        seen.add(chain)
        account = accounts.get(chain, _Account())
        count, fault, remark = _check(found, waiting.get(chain, ()), account, restored)
        total += count
        if not account.opened:
            suspects.append(fault or _fault_of(chain, "no anchor tells of this chain"))
            continue
        faults += [fault] if fault else []
        remarks += [remark] if remark else []
    for chain in accounts.keys() - seen:
        _, fault, remark = _check((), waiting.get(chain, ()), accounts[chain], restored)
        faults += [fault] if fault else []
        remarks += [remark] if remark else []
    faults += [each for each in suspects if not _opened(proof.anchors, each.chain)]
    if faults and accounts and seen and accounts.keys().isdisjoint(seen):
        told = f"the anchors in {proof.folder} tell of none of its chains: see XINHENG_AUDIT"
        faults.append(Finding(f"{told}, which may name the folder of another ledger"))
    return Verification(
        entries=total,
        chains=len(accounts.keys() | seen),
        anchors=len(lines),
        waiting=sum(map(len, waiting.values())),
        unchained=_unchained(engine),
        faults=tuple(sorted(faults, key=lambda each: (each.at, each.chain, each.position))),
        remarks=tuple(remarks),
    )


def _believed(
    anchors: Anchors, keys: Mapping[str, Ed25519PublicKey], faults: list[Finding]
) -> Iterator[Anchor]:
    """Yield the anchors that hold, and note what is wrong with the others."""
    number, before = 0, GENESIS
    for line in anchors.lines():
        anchor = parsed(line)
        if anchor is None:
            continue  # torn by a power cut, or spoilt: then the next one does not follow
        if (anchor.number, anchor.before) != (number + 1, before):
            faults.append(_fault(anchor, f"anchor {anchor.number} does not follow the one before"))
        number, before = anchor.number, digest_of(line)
        key = keys.get(anchor.key)
        if key is None or not anchor.is_signed_by(key):
            who = "nobody who is trusted signed" if key is None else "the signature is wrong of"
            faults.append(_fault(anchor, f"{who} anchor {anchor.number}"))
            continue
        yield anchor


def _kept(
    path: Path, here: Sequence[Anchor], keys: Mapping[str, Ed25519PublicKey], faults: list[Finding]
) -> list[Anchor]:
    """Return the anchors of a copy that are not here: they must be."""
    known = {anchor.signature for anchor in here}
    missing = [
        each for each in _believed(Anchors(path), keys, faults) if each.signature not in known
    ]
    if missing:
        faults.append(
            _fault(
                missing[0], f"anchor {missing[0].number} of {path} is not in the file of anchors"
            )
        )
    return missing


def _accounts(anchors: Iterable[Anchor], faults: list[Finding]) -> dict[str, _Account]:
    found: dict[str, _Account] = defaultdict(_Account)
    for anchor in anchors:
        if anchor.kind != RESTORED:
            fault = found[anchor.chain].add(anchor)
            faults += [fault] if fault else []
    return dict(found)


def _check(
    kept: Iterable[Entry], waiting: Sequence[Entry], account: _Account, restored: int
) -> tuple[int, Finding | None, Finding | None]:
    """Return the entries of a chain, the first fault of it, and a remark."""
    position, digest, count, fault = 0, GENESIS, 0, None
    last: Entry | None = None
    for entry in _merged(kept, waiting):
        count += 1
        if fault is None:
            fault = _wrong(entry, position, digest, account)
        position, digest, last = entry.position, entry.digest, entry
    if fault is not None or account.last is None:
        return count, fault, None
    if position < account.last.position:
        one = position + 1 == account.last.position
        lacks = f"entry {position + 1} is" if one else f"entries {position + 1} to"
        lacks += "" if one else f" {account.last.position} are"
        short = f"{lacks} missing, which anchor {account.last.number} tells of"
        lost = _fault(account.last, short, position + 1)
        if account.last.number < restored:
            return count, None, Finding(f"{short}; a backup was restored", lost.chain, position + 1)
        return count, lost, None
    if last is not None and position > account.last.position:
        told = f"entries from {account.last.position + 1} on are not anchored yet"
        return (
            count,
            None,
            Finding(told, last.chain, account.last.position + 1, last.at.isoformat()),
        )
    return count, None, None


def _wrong(entry: Entry, position: int, digest: str, account: _Account) -> Finding | None:
    """Return what is wrong with an entry after the one at a position with a digest."""
    problem = ""
    if entry.position != position + 1:
        problem = f"entry {position + 1} is missing"
    elif entry.previous != digest:
        problem = f"entry {entry.position} does not follow the one before"
    elif entry.digest != entry.expected():
        problem = f"entry {entry.position} was changed: its digest is of something else"
    elif account.ended is not None and entry.position > account.ended.position:
        problem = f"entry {entry.position} was added after the chain had ended"
    else:
        anchor = account.places.get(entry.position)
        if anchor is not None and anchor.digest != entry.digest:
            since = max((each for each in account.places if each < entry.position), default=0)
            problem = f"entries were rewritten, the first of them from {since + 1} on"
            return _finding(entry, f"{problem}: anchor {anchor.number} differs", since + 1)
    return _finding(entry, problem, position + 1) if problem else None


def _merged(kept: Iterable[Entry], waiting: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries of the database and then those on disk that it does not have."""
    last = 0
    for entry in kept:
        last = entry.position
        yield entry
    yield from (entry for entry in waiting if entry.position > last)


def _opened(anchors: Anchors, chain: str) -> bool:
    """Tell whether a chain was opened since the anchors were read."""
    return any(anchor.kind == OPENED for anchor in anchors.of(chain))


def _unchained(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(AUDIT)).scalar_one())


def _fault(anchor: Anchor, problem: str, position: int | None = None) -> Finding:
    place = anchor.position if position is None else position
    return Finding(problem, anchor.chain, place, anchor.at)


def _fault_of(chain: str, problem: str) -> Finding:
    return Finding(problem, chain, 1)


def _finding(entry: Entry, problem: str, position: int) -> Finding:
    return Finding(problem, entry.chain, position, entry.at.isoformat(timespec="microseconds"))
