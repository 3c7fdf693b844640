"""A job: the indicators of a whole archive, computed part by part, each part a file.

A part is a range of enterprises (`Archive.events(part=...)`). Whoever computes a part needs the
folder of the job and its number, and nothing else: so parts are computed in any order, by any
number of processes or machines that share the folder. A file appears whole or not at all, and a
job that was broken off goes on with the parts that are not there yet.
"""

import json
import resource
import shutil
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from time import perf_counter, process_time
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..archive import Archive
from ..archive.disk import force, replacing
from ..core import time
from ..core.errors import IntegrityError, InvalidError
from .cases import Cases
from .catalogue import Catalogue
from .dated import Dated
from .events import Events
from .matrix import compute
from .persons import Persons
from .places import Nearby, Places
from .references import References
from .stored import build_table, contributions, count_tables, read_tables
from .sweep import known_rows

__all__ = ["Job", "Receipt", "begin_job", "combine", "compute_part", "contribute", "find_job"]
__all__ += ["finish_job"]

ASKED, DONE, USUAL = "_job.json", "_SUCCESS", "_references"
TABLES = "tables"
RECEIPT = b"xinheng.receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every part has to know.

    Parameters
    ----------
    archive
        Folder of the archive: under the same path wherever a part is computed.
    sequence
        The last delivery that counts, so that all parts see one state of the archive.
    catalogue
        The indicators.
    days
        As of which day numbers; rising, each once.
    parts
        How many parts there are: a power of two.
    output
        Folder of the files: likewise.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> job = Job(archive=Path("/srv/archive"), sequence=7, catalogue=standard_catalogue(),
    ...           days=(20_454,), parts=4, output=Path("/srv/indicators"))
    >>> Job.from_json(job.to_json()) == job
    True
    >>> from dataclasses import replace
    >>> replace(job, parts=6)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    InvalidError: there cannot be 6 parts: a power of two is needed, such as 4 or 8
    """

    archive: Path
    sequence: int
    catalogue: Catalogue
    days: tuple[int, ...]
    parts: int
    output: Path

    def __post_init__(self) -> None:
        for name in ("archive", "output"):
            object.__setattr__(self, name, getattr(self, name).absolute())
        if self.parts < 1 or self.parts & (self.parts - 1):
            near = 1 << max(self.parts.bit_length() - 1, 0)
            raise InvalidError(
                f"there cannot be {self.parts} parts: a power of two is needed, such as {near} "
                f"or {2 * near}"
            )
        if not self.days or list(self.days) != sorted(set(self.days)):
            raise InvalidError(f"the days {self.days} must rise, each once, and be one at least")

    def to_json(self) -> str:
        """Return the job as JSON: the catalogue as it travels with a model."""
        data = {name: getattr(self, name) for name in ("sequence", "days", "parts")} | {
            "archive": str(self.archive),
            "output": str(self.output),
            "catalogue": json.loads(self.catalogue.to_json()),
        }
        return json.dumps(data, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Rebuild a job; what its catalogue declares is checked as if it were declared anew."""
        data = json.loads(text)
        return cls(
            archive=Path(data["archive"]),
            sequence=data["sequence"],
            catalogue=Catalogue.from_json(json.dumps(data["catalogue"])),
            days=tuple(data["days"]),
            parts=data["parts"],
            output=Path(data["output"]),
        )

    @property
    def dated(self) -> tuple[Dated, ...]:
        """What of the catalogue rests on other enterprises, and so takes a pass of its own."""
        return self.catalogue.dated

    @property
    def tables(self) -> int:
        """How many dated tables answer it."""
        return count_tables(self.dated)

    def name(self, part: int) -> str:
        """Return what the file of a part is called."""
        return f"part-{part:05}-of-{self.parts:05}.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a part took, or a table, which has a number in the place of a part.

    Attributes
    ----------
    seconds, cpu_seconds
        Time that went by, and time that the process computed.
    peak_mb
        The most memory that the process held until then, mapped files included.
    error
        What was wrong, where the part could not be computed.
    """

    part: int
    host: str
    enterprises: int
    events: int
    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: int
    error: str | None = None


def find_job(output: Path) -> Job | None:
    """Return the job that was broken off in a folder; None if the folder is free for another.

    Raises
    ------
    InvalidError
        If the folder holds a finished job, or something else.
    """
    if (output / DONE).exists():
        raise InvalidError(f"{output} holds a finished job; remove the folder, or name another one")
    if (output / ASKED).exists():
        return Job.from_json((output / ASKED).read_text("utf-8"))
    if output.exists() and any(output.iterdir()):
        raise InvalidError(f"{output} is not empty, and what is in it is no job's; name another")
    return None


def begin_job(job: Job) -> Job:
    """Make the folder of a job, and return the job: the one begun there before, if it is the same.

    A job that goes on reads the archive as the first attempt did, whatever landed meanwhile.

    Raises
    ------
    InvalidError
        If the folder holds a finished job, another job, or something else.
    """
    begun = find_job(job.output)
    if begun is None:
        with replacing(job.output / ASKED) as draft:
            draft.write_text(job.to_json(), "utf-8")
        return job
    for name in ("archive", "catalogue", "days", "parts"):
        if getattr(begun, name) != getattr(job, name):
            raise InvalidError(
                f"the job broken off in {job.output} has other {name}; go on with the same command "
                "as before, remove the folder, or name another one"
            )
    return begun


def contribute(job: Job, part: int) -> Receipt:
    """Write what a part contributes to the dated tables; a part that has is left alone."""

    def work(archive: Archive) -> tuple[pa.Table, int, int]:
        events = _events(archive, job, part)
        bans = _bans(archive, job) if part == 0 else None
        return contributions(job.dated, events, bans), 0, len(events)

    return _done(job, part, job.output / USUAL / job.name(part), work)


def combine(job: Job, table: int) -> Receipt:
    """Work out one of the dated tables from what all parts contributed, unless it is there."""
    folder = job.output / USUAL / TABLES
    told = folder / f"{table:03}.json"
    if told.exists():
        return Receipt(**json.loads(told.read_text("utf-8")))
    start, cpu = perf_counter(), process_time()
    parts = [job.output / USUAL / job.name(part) for part in range(job.parts)]
    cases = Cases.from_table(Archive(job.archive).cases(upto=job.sequence))
    built = build_table(job.dated, table, parts, cases)
    for name, array in built.items():
        with replacing(folder / name) as draft, draft.open("wb") as stream:
            np.save(stream, array, allow_pickle=False)
    receipt = _receipt(table, start, cpu, rows=max(map(len, built.values())))
    with replacing(told) as draft:
        draft.write_text(json.dumps(asdict(receipt)), "utf-8")
    return receipt


def compute_part(job: Job, part: int) -> Receipt:
    """Write the indicators of a part, by enterprise and day; a part that is there is left alone."""

    def work(archive: Archive) -> tuple[pa.Table, int, int]:
        events = _events(archive, job, part)
        who, when = known_rows(events, np.array(job.days, np.int32))
        rows = pd.DataFrame({"enterprise": who, "as_of": when})
        needs = any(isinstance(leaf, Nearby) for leaf in job.catalogue.leaves)
        matrix = compute(
            job.catalogue,
            events,
            rows,
            references=_references(job),
            places=Places.from_table(archive.places(upto=job.sequence)) if needs else None,
        )
        table = _table(matrix, archive.enterprises(part=(part, job.parts)))
        return table, rows["enterprise"].nunique(), len(events)

    return _done(job, part, job.output / job.name(part), work)


def finish_job(job: Job) -> None:
    """Mark a job whose parts are all there as finished, and remove what it needs no more."""
    absent = [part for part in range(job.parts) if not (job.output / job.name(part)).exists()]
    if absent:
        raise InvalidError(f"{len(absent)} of {job.parts} parts of {job.output} are not there yet")
    shutil.rmtree(job.output / USUAL, ignore_errors=True)
    for draft in job.output.glob(".*"):
        draft.unlink()
    (job.output / DONE).touch()
    force(job.output)


def _events(archive: Archive, job: Job, part: int) -> Events:
    if archive.sequence < job.sequence:
        raise IntegrityError(
            f"{socket.gethostname()} finds {archive.sequence} deliveries in {archive.folder}, the "
            f"job reads {job.sequence}: every machine needs the same folder under this path"
        )
    return Events.from_view(archive.events(upto=job.sequence, part=(part, job.parts)))


def _bans(archive: Archive, job: Job) -> Events | None:
    if not any(isinstance(leaf, Persons) for leaf in job.dated):
        return None
    return Events.from_view(archive.bans(upto=job.sequence))


def _references(job: Job) -> References | None:
    if not job.dated:
        return None
    when = (job.output / ASKED).stat().st_mtime_ns
    return _tables(job.dated, job.output / USUAL / TABLES, when)


@lru_cache(maxsize=1)
def _tables(leaves: tuple[Dated, ...], folder: Path, _: int) -> References:
    """Open the tables once in each process; the last tells jobs in one folder apart."""
    return read_tables(leaves, folder)


def _table(matrix: pd.DataFrame, names: pa.Table) -> pa.Table:
    """Return the matrix as it is written: with the code of each enterprise, and days as dates."""
    enterprise, as_of = (matrix.index.get_level_values(level).to_numpy() for level in (0, 1))
    place = np.searchsorted(names["enterprise"].to_numpy(), enterprise)
    days, day = np.unique(as_of, return_inverse=True)
    dates = pa.array([time.show(each) for each in days.tolist()], pa.string())
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "id": names["id"].take(pa.array(place)),
        "enterprise": pa.array(enterprise, pa.int32()),
        "as_of": dates.take(pa.array(day)),
    }
    values = {name: pa.array(matrix[name].to_numpy(), from_pandas=True) for name in matrix.columns}
    return pa.table(columns | values)


def _done(
    job: Job,
    part: int,
    path: Path,
    work: Callable[[Archive], tuple[pa.Table, int, int]],
) -> Receipt:
    """Do the work of a part unless its file is there, and return what it took either way."""
    if path.exists():
        return Receipt(**json.loads(pq.read_schema(path).metadata[RECEIPT]))
    start, cpu = perf_counter(), process_time()
    table, enterprises, events = work(Archive(job.archive))
    receipt = _receipt(
        part, start, cpu, rows=table.num_rows, enterprises=enterprises, events=events
    )
    table = table.replace_schema_metadata({RECEIPT: json.dumps(asdict(receipt))})
    with replacing(path) as draft:
        pq.write_table(table, draft)
    return receipt


def _receipt(
    part: int, start: float, cpu: float, *, rows: int, enterprises: int = 0, events: int = 0
) -> Receipt:
    return Receipt(
        part=part,
        host=socket.gethostname(),
        enterprises=enterprises,
        events=events,
        rows=rows,
        seconds=round(perf_counter() - start, 3),
        cpu_seconds=round(process_time() - cpu, 3),
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )
