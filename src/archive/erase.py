"""Erasure 删除个人信息: what can name a person is removed, and nothing else changes.

Records keep their numbers, days and amounts; so counts, indicators and past grades stay as they
are, and nobody can tell any more whom they were about. Journals are folded in first, so that only
tables have to be rewritten; `upkeep.purge` then removes the files in which the texts still stand.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import NotFoundError
from .aside import encode
from .collect import UNSURE
from .files import OWNER, Owners, read_file, write_file
from .folding import fold_in
from .hashing import owner_numbers
from .journal import in_order
from .kinds import KINDS
from .register import PERSON
from .store import Store
from .table import commit, removed
from .tables import schema_of

__all__ = ["Erased", "erase_enterprise", "erase_person"]

ASIDE = ("quarantined", "review")
GONE = json.dumps({"": "erased"})
GONE_FAULTS = json.dumps([{"fault": "erased at request"}])

Mask = npt.NDArray[np.bool_]
Change = Callable[[pa.Table], pa.Table | None]


@dataclass(frozen=True, slots=True)
class Erased:
    """How many texts were removed, of how many records, and how many rows set aside."""

    texts: int
    records: int
    aside: int


def erase_person(store: Store, person: str, at: datetime) -> Erased:
    """Remove the identifier of a person; records about the person stay, about nobody known.

    Parameters
    ----------
    store
        The archive's tables.
    person
        The identifier, as departments deliver it.
    at
        The present moment.

    Raises
    ------
    NotFoundError
        If neither the archive nor a row set aside holds it.
    """
    with store.writing():
        fold_in(store, at)
        versions = store.versions()
        owner = int(owner_numbers(PERSON, pa.array([person]))[0])
        snapshot = store.snapshot(PERSON)
        found = snapshot.read(owners=Owners.of(np.array([owner]))) if snapshot else None
        texts = records = 0
        if found is not None and found.num_rows:
            number = found["number"][0].as_py()
            texts = _rewrite(store, versions, PERSON, lambda rows: _forgotten(rows, owner))
            for kind, contract in KINDS.items():
                names = [each.name for each in contract.persons]
                if names and kind in versions:
                    change = _unsaid_of(partial(_is, names=names, number=number))
                    records += _rewrite(store, versions, kind, change)
        aside = _erase_aside(store, versions, [person])
        return _published(store, versions, at, Erased(texts, records, aside), "that person")


def erase_enterprise(store: Store, scheme: str, code: str, at: datetime) -> Erased:
    """Remove names and addresses of an enterprise, such as those of an individual business 个体户.

    Parameters
    ----------
    store
        The archive's tables.
    scheme, code
        The enterprise, which keeps its code.
    at
        The present moment.

    Raises
    ------
    NotFoundError
        If the archive holds no such text.
    """
    with store.writing():
        fold_in(store, at)
        versions = store.versions()
        owner = int(owner_numbers(scheme, pa.array([code]))[0])
        snapshot = store.snapshot("personal")
        mine = Owners.of(np.array([owner]))
        said = snapshot.read(["kind", "value"], mine) if snapshot else None
        texts = records = aside = 0
        if said is not None and said.num_rows:
            texts = _rewrite(store, versions, "personal", lambda rows: _without(rows, owner))
            for kind in pc.unique(said["kind"]).to_pylist():
                change = _unsaid_of(lambda rows: rows[OWNER].to_numpy() == owner)
                records += _rewrite(store, versions, kind, change)
            aside = _erase_aside(store, versions, pc.unique(said["value"]).to_pylist(), code)
        return _published(store, versions, at, Erased(texts, records, aside), code)


def _published(
    store: Store, versions: dict[str, int], at: datetime, erased: Erased, who: str
) -> Erased:
    if erased == Erased(0, 0, 0):
        raise NotFoundError(f"the archive holds no text that names {who}; nothing was erased")
    store.manifest.publish_upkeep("erase", at, versions)
    return erased


def _rewrite(store: Store, versions: dict[str, int], name: str, change: Change) -> int:
    """Rewrite the files of a table that a change touches; return how many rows it did."""
    folder, schema = store.path(name), schema_of(name)
    snapshot = store.snapshot(name)
    adds, removes, touched = [], [], 0
    for file in snapshot.listed.names if snapshot else ():
        path = folder / file
        rows = read_file(str(path), schema, schema.names, Owners())
        changed = change(rows) if rows is not None else None
        if rows is None or changed is None:
            continue
        touched += rows.num_rows - changed.num_rows or _differing(rows, changed)
        if changed.num_rows:
            adds.append(write_file(folder, in_order(changed)))
        removes.append(removed(path, changes=True))
    if removes:
        versions[name] = commit(folder, schema, adds, removes)
    return touched


def _differing(rows: pa.Table, changed: pa.Table) -> int:
    other = np.zeros(rows.num_rows, bool)
    for old, new in zip(rows.columns, changed.columns, strict=True):
        same = pc.fill_null(pc.equal(old, new), fill_value=False).to_numpy()
        other |= ~same & pc.is_valid(new).to_numpy()
    return int(other.sum())


def _forgotten(rows: pa.Table, owner: int) -> pa.Table | None:
    """Give a person a number of nobody's, and no text."""
    mine = rows[OWNER].to_numpy() == owner
    if not mine.any():
        return None
    owners = rows[OWNER].to_numpy().copy()
    owners[mine] = secrets.randbits(64) - 2**63
    keys = pc.if_else(pa.array(mine), "", rows["key"])
    return _with(rows, {OWNER: pa.array(owners), "key": keys})


def _without(rows: pa.Table, owner: int) -> pa.Table | None:
    mine = rows[OWNER].to_numpy() == owner
    return rows.filter(pa.array(~mine)) if mine.any() else None


def _unsaid_of(chosen: Callable[[pa.Table], Mask]) -> Change:
    """Return the change that parts chosen records from the digest of what they said.

    Whoever knows the rest could otherwise try names until the digest fits.
    """

    def change(rows: pa.Table) -> pa.Table | None:
        mine = chosen(rows)
        if not mine.any():
            return None
        content = rows["content"].to_numpy().copy()
        content[mine] = [secrets.randbits(64) - 2**63 for _ in range(int(mine.sum()))]
        return _with(rows, {"content": pa.array(content)})

    return change


def _is(rows: pa.Table, names: Sequence[str], number: int) -> Mask:
    found = [pc.fill_null(pc.equal(rows[n], number), fill_value=False).to_numpy() for n in names]
    return np.asarray(np.logical_or.reduce(found))


def _erase_aside(
    store: Store, versions: dict[str, int], texts: Sequence[str], code: str | None = None
) -> int:
    """Remove rows set aside that hold one of some texts; that they were there still counts.

    Rows of others that came near to an enterprise stay, and tell no more than its code.
    """

    def change(rows: pa.Table) -> pa.Table | None:
        holds = np.zeros(rows.num_rows, bool)
        for text in texts:
            written = json.dumps(text, ensure_ascii=False)[1:-1]
            holds |= pc.match_substring(rows["source_row"], written).to_numpy()
        where, faults = pa.array(holds), rows["faults"]
        if code is not None:
            faults = pa.array([_unnamed(text, code) for text in faults.to_pylist()])
        changed = _with(
            rows,
            {
                "source_row": pc.if_else(where, GONE, rows["source_row"]),
                "faults": pc.if_else(where, GONE_FAULTS, faults),
            },
        )
        return None if changed.equals(rows) else changed

    return sum(_rewrite(store, versions, name, change) for name in ASIDE if name in versions)


def _unnamed(faults: str, code: str) -> str:
    """Leave of an enterprise that a row in review came near to its code alone."""
    if code not in faults:
        return faults
    found = json.loads(faults)
    for fault in found:
        if fault["fault"] == UNSURE:
            near = json.loads(fault["value"])
            for each in near:
                if each["code"] == code:
                    each |= {"name": None, "address": None}
            fault["value"] = encode(near)
    return encode(found)


def _with(rows: pa.Table, columns: dict[str, pa.Array]) -> pa.Table:
    for name, column in columns.items():
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows
