"""The cluster: a job's parts computed by Spark, each by the kernel that computes one enterprise.

Spark moves no records. Its tasks get the number of a part and read the archive themselves; they
write the part's file, and hand back what it took. Three steps: what depends on other enterprises
is gathered from every part, put together table by table, and then read by every part.
"""

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..archive import Archive
from ..core.errors import ClusterError, StorageError, XinhengError
from .job import Job, Receipt, begin_job, combine, compute_part, contribute, finish_job
from .session import quiet

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["enough_parts", "run_job"]

EVENTS_OF_PART = 4_000_000
RECEIPT = pa.schema(
    [
        ("step", pa.string()),
        ("part", pa.int64()),
        ("host", pa.string()),
        ("enterprises", pa.int64()),
        ("events", pa.int64()),
        ("rows", pa.int64()),
        ("seconds", pa.float64()),
        ("cpu_seconds", pa.float64()),
        ("peak_mb", pa.int64()),
        ("error", pa.string()),
    ]
)
COLUMNS = (
    "step string, part long, host string, enterprises long, events long, rows long, "
    "seconds double, cpu_seconds double, peak_mb long, error string"
)
SHOWN = 3
FAILED = re.compile(r"(part|table) \d+ of \d+ on .*")

Step = Callable[[Job, int], Receipt]
STEPS: dict[str, Step] = {"contribute": contribute, "combine": combine, "compute": compute_part}


def enough_parts(archive: Archive, cores: int) -> int:
    """Return into how many parts an archive is best cut: a power of two.

    A part of four million events is computed in less than two gigabytes of memory; and there are
    two for each core, so that none waits long for the last.
    """
    least = max(2 * cores, -(-archive.size // EVENTS_OF_PART))
    return 1 << (least - 1).bit_length()


def run_job(session: "SparkSession", job: Job) -> pa.Table:
    """Compute the indicators of a whole archive on a cluster.

    Parameters
    ----------
    session
        Of Spark. Its executors need this package, and the folders of the job under their paths.
    job
        One that was broken off is gone on with: parts that are there are not computed again.

    Returns
    -------
    What each part took, columns of `RECEIPT`, in the order of parts, by step: `contribute`,
    `combine` (a row for each dated table) and `compute`. In the folder of the job stand Parquet
    files with `id`, `enterprise`, `as_of` and the indicators, null where one does not apply; the
    rows of a file are in the order of enterprises and days.

    Raises
    ------
    ClusterError
        If a part failed; the message names it, its machine and why.
    InvalidError
        If the folder of the job is not free for it.
    """
    job = begin_job(job)
    receipts = [RECEIPT.empty_table()]
    if job.dated:
        receipts.append(_each(session, job, "contribute", job.parts))
        receipts.append(_each(session, job, "combine", job.tables))
    receipts.append(_each(session, job, "compute", job.parts))
    finish_job(job)
    return pa.concat_tables(receipts)


def _each(session: "SparkSession", job: Job, step: str, count: int) -> pa.Table:
    """Let the executors do a step for every part or table, and return the receipts."""
    text = job.to_json()

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from take_step(step, text, batches)

    try:
        with quiet():
            numbers = session.range(0, count, 1, count)
            receipts = numbers.mapInArrow(work, COLUMNS).toArrow().cast(RECEIPT).sort_by("part")
    except Exception as error:
        raise ClusterError(f"{_reason(str(error))}; {_advice(job)}") from error
    errors = [each for each in receipts["error"].to_pylist() if each is not None]
    if errors:
        more = f"; and {len(errors) - SHOWN} more parts failed" if len(errors) > SHOWN else ""
        raise ClusterError(f"{'; '.join(errors[:SHOWN])}{more}; {_advice(job)}")
    return receipts


def take_step(step: str, job: str, parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Do a step for each part whose number comes in; this runs on the executors.

    An error foreseen would come again: it is handed back. Any other is raised, so that Spark tries
    the part once more, on another machine where there is one.
    """
    pa.set_cpu_count(1)
    known = Job.from_json(job)
    for batch in parts:
        for part in batch.column(0).to_pylist():
            receipt = {"step": step, **_receipt(step, known, part)}
            yield pa.RecordBatch.from_pylist([receipt], RECEIPT)


def _receipt(step: str, job: Job, part: int) -> dict[str, Any]:
    what = f"table {part} of {job.tables}" if step == "combine" else f"part {part} of {job.parts}"
    where = f"{what} on {socket.gethostname()}"
    try:
        receipt = STEPS[step](job, part)
    except StorageError as error:
        raise ClusterError(f"{where}: {error}") from error
    except XinhengError as error:
        return {"part": part, "error": f"{where}: {error}"}
    except Exception as error:
        raise ClusterError(f"{where}: {type(error).__name__}: {error}") from error
    return asdict(receipt)


def _reason(text: str) -> str:
    r"""Return what a person has to read of an error of Spark's.

    Examples
    --------
    >>> _reason("Job aborted\nTraceback ...\nClusterError: part 3 of 8 on host: OSError: full\n")
    'part 3 of 8 on host: OSError: full'
    >>> _reason("An exception was thrown:\nTraceback ...\nModuleNotFoundError: No module 'x'\n")
    "ModuleNotFoundError: No module 'x'"
    """
    found = FAILED.search(text)
    if found:
        return found.group()
    lines = [line for line in text.splitlines() if line.strip()] or ["Spark gave no reason"]
    return lines[-1 if "Traceback" in text else 0].strip()


def _advice(job: Job) -> str:
    return (
        f"parts that are done stay in {job.output}, and the same command goes on with the others. "
        "The whole trace is in the log (stderr) of the executor"
    )
