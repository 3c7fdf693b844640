"""What happens in the city, written down as it happens: columns of plain numbers by kind.

`enterprise` is the number of the enterprise in the city (-1 for none), clocks are days since
1970-01-01 (-1 for a day that does not come), words are places in `WORDS`, money is in yuan unless
a column says otherwise. Departments turn it into their own files afterwards, so that a city of any
size is held in memory one month at a time.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc

from .arrays import Who

__all__ = ["SCHEMAS", "Nowhere", "Recorder", "Spool", "spooled"]

TYPES = {
    "b": pa.bool_(),
    "i1": pa.int8(),
    "i2": pa.int16(),
    "i4": pa.int32(),
    "i8": pa.int64(),
    "f4": pa.float32(),
    "f8": pa.float64(),
}
KINDS: Mapping[str, str] = {
    "register": "enterprise:i4 status:i1 capital:f8",
    "change": "number:i8 enterprise:i4 item:i1 before:f8 after:f8",
    "annual_report": (
        "enterprise:i4 year:i2 due:i4 employees:i4 revenue:f8 assets:f8 liabilities:f8 paid_in:f8"
    ),
    "list_entry": "number:i8 enterprise:i4 list:i1 reason:i1 removed:i4 amount:f8",
    "relation": "number:i8 enterprise:i4 other:i4 role:i1 share:f8 ended:i4",
    "licence": "enterprise:i4 sort:i1 serial:i4 term:i1 products:i8 valid_to:i4 lapsed:i4",
    "licence_event": "enterprise:i4 sort:i1 serial:i4 event:i1 products:i8",
    "filing": "number:i8 enterprise:i4 type:i1 valid_to:i4 ended:i4",
    "inspection": (
        "number:i8 enterprise:i4 purpose:i1 inspector:i4 result:i1 score:f4 "
        "critical:i2 serious:i2 minor:i2 probability:f8 found:f8"
    ),
    "inspection_item": "inspection:i8 enterprise:i4 severity:i1 item:i1 count:i2",
    "rectification": "number:i8 enterprise:i4 due:i4 closed:i4 closed_known:i4",
    "complaint": (
        "number:i8 enterprise:i4 report:b food:b topic:i1 product:i2 verified:b closed:i4 "
        "longitude:f8 latitude:f8"
    ),
    "penalty": (
        "number:i8 enterprise:i4 case:i8 organ:i1 food:b violation:i1 penalty:i1 fine:f8 "
        "confiscated:f8 performed:i4 withdrawn:i4 reinstated:i4 repaired:i4"
    ),
    "sampling": "number:i8 enterprise:i4 product:i2 item:i2",
    "recall": "number:i8 enterprise:i4 product:i2 level:i1 ordered:b late:b finished:i4",
    "incident": "number:i8 enterprise:i4 grade:i1 product:i2 ill:i4 deaths:i2",
    "certificate": "number:i8 enterprise:i4 scheme:i1 term:i1 valid_to:i4 withdrawn:i4",
    "award": "number:i8 enterprise:i4 level:i1",
    "evaluation": "number:i8 enterprise:i4 issuer:i1 score:f4 valid_to:i4",
    "insurance": "enterprise:i4 insured:i4",
    "tax_return": "enterprise:i4 due:i4 filed:i4",
    "tax_rating": "enterprise:i4 year:i2 rating:i1",
    "self_control": "enterprise:i4 due:i4 done:i4",
    "platform": "enterprise:i4 platform:i1 orders:i4 rating:f4 adverse:i4",
    "product": "number:i8 enterprise:i4 product:i2 name:i1 ended:i4",
    "premises": "enterprise:i4",
    "figures": "enterprise:i4 year:i2 profit:f8 tax:f8",
    "sanction": (
        "number:i8 enterprise:i4 case:i8 organ:i1 violation:i1 penalty:i1 fine:f8 confiscated:f8 "
        "performed:i4 withdrawn:i4 reinstated:i4 relayed:i4"
    ),
    "case": (
        "number:i8 enterprise:i4 food:b violation:i1 origin:i1 decided:i4 decided_known:i4 "
        "referred:i4 referred_known:i4"
    ),
    "repair": (
        "number:i8 enterprise:i4 organ:i1 target:i8 year:i4 decision:i1 decided:i4 undone:i4"
    ),
    "suit": "number:i8 enterprise:i4 court:i1 party:i1 cause:i1 amount:f8 closed:i4",
    "judgment": "number:i8 enterprise:i4 court:i1 reason:i1 amount:f8 person:i8 removed:i4",
    "encumbrance": "number:i8 enterprise:i4 type:i1 amount:f8 share:f8 until:i4 ended:i4",
    "post": "number:i8 enterprise:i4 person:i8 role:i1 until:i4 until_known:i4",
    "staff": "number:i8 enterprise:i4 person:i8 role:i1 until:i4 until_known:i4",
    "exam": "number:i8 enterprise:i4 person:i8 role:i1 passed:b score:i2",
    "ban": "number:i8 enterprise:i4 court:i1 person:i8 type:i1 until:i4",
    "random_check": (
        "number:i8 enterprise:i4 area:i1 plan:i2 selection:i1 result:i1 follow_up:i1 withdrawn:i4"
    ),
    "catering_grade": "number:i8 enterprise:i4 area:i1 grade:i1 score:i2 valid_to:i4",
    "obstruction": "number:i8 enterprise:i4 area:i1 form:i1",
    "opinion": (
        "number:i8 enterprise:i4 service:i1 product:i2 story:i1 food:b polarity:i1 "
        "credibility:f4 cluster:i8 withdrawn:i4"
    ),
    "alert": "number:i8 enterprise:i4 product:i2 item:i2 level:i1 lifted:i4",
    "disclosure": "number:i8 enterprise:i4 item:i1 due:i4 disclosed:i4",
    "call": (
        "number:i8 enterprise:i4 report:b food:b topic:i1 product:i2 channel:i1 verified:b "
        "accepted:i4 closed:i4 hotline:i8"
    ),
    "arrears": "number:i8 enterprise:i4 utility:i1 amount:f8 paid:i4",
    "lot": "number:i8 enterprise:i4 product:i2 item:i2 level:i1 stage:i1 counterfeit:b",
    "review": "number:i8 enterprise:i4 sort:i1 serial:i4 products:i8 score:i2 full:i2",
    "assessment": "number:i8 enterprise:i4 score:f4 valid_to:i4",
    "honour": "number:i8 enterprise:i4",
    "system": "number:i8 enterprise:i4 scheme:i1 valid_to:i4 withdrawn:i4",
    "group_shop": "enterprise:i4 orders:i4 rating:f4 adverse:i4",
}
BATCH = 1 << 16

Column = npt.NDArray[Any]


def _schema(columns: str) -> pa.Schema:
    pairs = [pair.split(":") for pair in columns.split()] + [["occurred", "i4"], ["known", "i4"]]
    return pa.schema([(name, TYPES[code]) for name, code in pairs])


SCHEMAS: Mapping[str, pa.Schema] = {kind: _schema(columns) for kind, columns in KINDS.items()}


class Recorder(Protocol):
    """Whoever the city's life is told to."""

    def add(self, kind: str, /, **columns: npt.ArrayLike) -> None:
        """Take rows; a single value stands for all of them."""

    def numbers(self, kind: str, count: int) -> Who:
        """Return the next numbers of a kind."""


class Nowhere:
    """Forgets what it is told: for lives that are only tried out."""

    def add(self, kind: str, /, **columns: npt.ArrayLike) -> None:
        """Forget the rows."""

    def numbers(self, kind: str, count: int) -> Who:
        """Return any numbers."""
        del kind
        return np.arange(count, dtype=np.int64)


class Spool:
    """Writes records to one Arrow file for each kind, in the order in which they happened.

    Parameters
    ----------
    folder
        Where the files go.
    first
        The first number of every kind, so that parts of a city number their records apart.
    firsts
        The first numbers of kinds that have their own.
    """

    def __init__(self, folder: Path, first: int, **firsts: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.first = folder, first
        self.counts: dict[str, int] = firsts
        self._parts: dict[str, list[pa.RecordBatch]] = {}
        self._files: dict[str, pa.ipc.RecordBatchFileWriter] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for kind in self._parts:
            self._flush(kind)
        for file in self._files.values():
            file.close()

    def add(self, kind: str, /, **columns: npt.ArrayLike) -> None:
        """Write rows; a single value stands for all of them."""
        schema = SCHEMAS[kind]
        count = len(np.asarray(columns["enterprise"]))
        if not count:
            return
        arrays = [
            pa.array(_column(columns.pop(field.name), count, field.type), field.type)
            for field in schema
        ]
        if columns:
            message = f"{kind} has no column {', '.join(columns)}"
            raise KeyError(message)
        parts = self._parts.setdefault(kind, [])
        parts.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
        if sum(part.num_rows for part in parts) >= BATCH:
            self._flush(kind)

    def numbers(self, kind: str, count: int) -> Who:
        """Return the next numbers of a kind."""
        start = self.counts.get(kind, self.first)
        self.counts[kind] = start + count
        return np.arange(start, start + count, dtype=np.int64)

    def _flush(self, kind: str) -> None:
        if kind not in self._files:
            options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
            path = self.folder / f"{kind}.arrow"
            self._files[kind] = pa.ipc.new_file(path, SCHEMAS[kind], options=options)
        if self._parts[kind]:
            table = pa.Table.from_batches(self._parts[kind]).combine_chunks()
            self._files[kind].write_table(table)
        self._parts[kind] = []


def spooled(folders: Sequence[Path], kind: str) -> Iterator[pa.Table]:
    """Yield the records of a kind, batch by batch, one folder after the other."""
    for folder in folders:
        path = folder / f"{kind}.arrow"
        if path.exists():
            with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
                for number in range(file.num_record_batches):
                    yield pa.Table.from_batches([file.get_batch(number)])


def _column(values: npt.ArrayLike, count: int, kind: pa.DataType) -> Column:
    wanted = kind.to_pandas_dtype()
    return np.ascontiguousarray(np.broadcast_to(np.asarray(values), (count,)).astype(wanted))
