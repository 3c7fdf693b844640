"""The credit archive: contracts, source mappings, intake and the point-in-time store."""

from .alteration import Alteration, altered_archive
from .archive import Archive
from .bykind import Misnamed, misnamed
from .contract import Contract, Field, Stream
from .creditfile import Entry
from .entries import Delivery, FileCount
from .hashing import hash_texts
from .intake import Receipt, ingest
from .kinds import KINDS, contract_of
from .lineage import Lineage
from .overview import LATENESS, SourceStatus
from .posting import Posted, Settled, Told, told_by_file, told_by_kind
from .reading import Reading, read
from .source import Source, find_sources, read_source
from .store import Store
from .supposing import Supposed
from .view import EventView

__all__ = [
    "KINDS",
    "LATENESS",
    "Alteration",
    "Archive",
    "Contract",
    "Delivery",
    "Entry",
    "EventView",
    "Field",
    "FileCount",
    "Lineage",
    "Misnamed",
    "Posted",
    "Reading",
    "Receipt",
    "Settled",
    "Source",
    "SourceStatus",
    "Store",
    "Stream",
    "Supposed",
    "Told",
    "altered_archive",
    "contract_of",
    "find_sources",
    "hash_texts",
    "ingest",
    "misnamed",
    "read",
    "read_source",
    "told_by_file",
    "told_by_kind",
]
