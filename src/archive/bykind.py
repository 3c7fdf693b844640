"""Records by kind: rows that have the fields of a contract, and need no SQL of their department."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..core.errors import unknown
from .contract import HINTS, Contract
from .kinds import KINDS
from .source import File, Records, Source

__all__ = ["Misnamed", "by_kind", "fields_of", "file_of", "is_by_kind", "misnamed"]

Cells = Mapping[str, str | None]
PREFIX = "posted_"


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A kind or a field that there is not, in a record told by its place, from 0 on."""

    place: int
    field: str
    value: str | None
    fault: str


def file_of(kind: str) -> str:
    """Return what the file of a kind is called in a delivery.

    Examples
    --------
    >>> file_of("penalty")
    'posted_penalty'
    """
    return PREFIX + kind


def is_by_kind(files: Iterable[str]) -> bool:
    """Tell whether all of some files hold records by kind."""
    return all(name.startswith(PREFIX) for name in files)


def fields_of(contract: Contract) -> list[str]:
    """Return what a record of a kind may have, besides its kind."""
    return [*(field.name for field in contract.columns), *HINTS]


def by_kind(source: Source, kinds: Iterable[str] = KINDS) -> Source:
    """Return a mapping of the same department whose files have the fields of contracts.

    Parameters
    ----------
    source
        The department's mapping, which says who delivers, the scheme of codes and the clocks.
    kinds
        The kinds wanted, of those that it yields; a kind that it only passes on stays passed on.
    """
    declared = source.declaration
    mine = kinds_of(source)
    wanted = [kind for kind in mine if kind in set(kinds)]
    records = [
        Records(kind=kind, rows=file_of(kind), sql=kind, relay=mine[kind]) for kind in wanted
    ]
    files = {file_of(kind): File(path=f"{kind} (posted)", reader="json-lines") for kind in wanted}
    update = {"files": files, "tables": {}, "records": records, "skip": []}
    return replace(
        source,
        declaration=declared.model_copy(update=update),
        statements={kind: f'FROM "{file_of(kind)}"' for kind in wanted},
        digest=hashlib.sha256(f"{source.digest}\nby kind".encode()).hexdigest(),
    )


def kinds_of(source: Source) -> dict[str, bool]:
    """Return the kinds that a mapping yields, and whether it only passes each on."""
    found: dict[str, bool] = {}
    for each in source.declaration.records:
        found[each.kind] = each.relay and found.get(each.kind, True)
    return found


def misnamed(source: Source, records: Sequence[Cells]) -> Iterator[Misnamed]:
    """Find kinds that a department does not tell of, and fields that a kind does not have."""
    mine = kinds_of(source)
    for place, record in enumerate(records):
        kind = record.get("kind")
        if kind not in mine:
            fault = unknown(f"kind of record that {source.name} delivers", kind, mine)
            yield Misnamed(place, "kind", kind, fault)
            continue
        names = fields_of(KINDS[kind])
        for name in record:
            if name not in ("kind", *names):
                fault = unknown(f"field of {kind}", name, ["kind", *names])
                yield Misnamed(place, name, record[name], fault)
