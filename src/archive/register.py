"""Numbering everyone that a delivery names, part after part."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .collect import Collected
from .hashing import Numbers, owner_numbers
from .members import ALONE, Members
from .owners import Named, distinct, look_up
from .parts import Part, open_part, sound
from .store import Store
from .turns import in_turn

__all__ = ["PERSON", "Registered", "register", "register_people"]

ENTERPRISE, PERSON = "entity", "person"


@dataclass(frozen=True, slots=True)
class Registered:
    """One part of a delivery, and the dense numbers of everyone that it names.

    Attributes
    ----------
    part
        The part.
    enterprises, people
        Those of the part, and the persons of the whole delivery.
    new
        Rows of `tables.ENTITY` for enterprises that the archive lacks.
    """

    part: Part
    enterprises: Named
    people: Named
    new: pa.Table

    def entities(self, records: pa.Table) -> pa.Array:
        """Return the number of each record's enterprise, null where it has none."""
        nobody = pc.is_null(records["enterprise"]).to_numpy()
        owners = records["owner"].to_numpy()
        if not nobody.any():
            return pa.array(self.enterprises.find(owners))
        found = np.zeros(len(owners), np.int32)
        found[~nobody] = self.enterprises.find(owners[~nobody])
        return pa.array(found, mask=nobody)

    def persons(self, texts: pa.ChunkedArray) -> pa.Array:
        """Return the number of each person, null where none is named."""
        whole = texts.combine_chunks()
        nobody = pc.is_null(whole).to_numpy(zero_copy_only=False)
        found = np.zeros(len(whole), np.int32)
        if not nobody.all():
            found[~nobody] = self.people.find(
                owner_numbers(PERSON, whole.filter(pa.array(~nobody)))
            )
        return pa.array(found, mask=nobody)


def register(
    store: Store,
    collected: Collected,
    scheme: str,
    sequence: int,
    people: Named,
    members: Members = ALONE,
) -> Iterator[Registered]:
    """Open every part of a delivery and number its enterprises, in the order of parts.

    New ones get the next numbers, in the order in which the store keeps them; of deliveries that
    land together, those of one after those of the one before it.

    Parameters
    ----------
    store, collected
        The archive's tables, and what was found in the delivery.
    scheme, sequence
        Identifier scheme of its enterprises, and its number.
    people
        The persons that it names; see `register_people`.
    members
        Where several deliveries land together, which; `sequence` is the number of the first.
    """

    def opened(number: int) -> tuple[Part, Named]:
        part = open_part(collected, number)
        keys = pc.binary_join_element_wise(scheme, part.codes, ":")
        return part, look_up(store, ENTERPRISE, part.owners, keys)

    count = _count(store, ENTERPRISE)
    for part, named in in_turn(opened, range(collected.parts)):
        told = [_enterprises(group.records) for group in part.groups]
        first = members.first(part.owners, told) if members.count > 1 else None
        numbered = named.number(count, first)
        new = numbered.rows(named.fresh, sequence, first)
        count += new.num_rows
        yield Registered(part, numbered, people, new)


def _enterprises(records: pa.Table) -> tuple[Numbers, Numbers]:
    """Return the owners of records that name an enterprise, and their rows."""
    named = pc.is_valid(records["enterprise"]).to_numpy()
    return records["owner"].to_numpy()[named], records["_row"].to_numpy()[named]


def register_people(
    store: Store, collected: Collected, sequence: int, members: Members = ALONE
) -> tuple[Named, pa.Table]:
    """Number every person that a row which may land names; return the new rows as well."""
    found: list[tuple[Numbers, pa.Array]] = []
    told: list[tuple[Numbers, Numbers]] = []
    for mapped in collected.mapped:
        for each in mapped.contract.persons:
            for part in range(collected.parts):
                table = sound(collected, mapped, part, [each.name])
                if table is not None:
                    texts = pc.unique(table[each.name].drop_null())
                    found.append((owner_numbers(PERSON, texts), texts))
                    if members.count > 1:
                        told.append(_people(table, each.name))
    named = look_up(store, PERSON, *distinct(found))
    first = members.first(named.owners, told) if members.count > 1 else None
    numbered = named.number(_count(store, PERSON), first)
    return numbered, numbered.rows(named.fresh, sequence, first).sort_by("owner")


def _people(records: pa.Table, column: str) -> tuple[Numbers, Numbers]:
    """Return the numbers of the persons of a column, and the rows of the records."""
    some = records.filter(pc.is_valid(records[column]))
    return owner_numbers(PERSON, some[column].combine_chunks()), some["_row"].to_numpy()


def _count(store: Store, name: str) -> int:
    snapshot = store.snapshot(name)
    return snapshot.count if snapshot else 0
