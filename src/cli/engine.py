"""What computes indicators: this process alone, or a cluster by Spark."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

if TYPE_CHECKING:
    from ..archive import Archive
    from ..features import Catalogue

__all__ = ["Engine", "on_cluster"]


class Engine(StrEnum):
    """What `--engine` may name."""

    LOCAL = "local"
    SPARK = "spark"


def on_cluster(
    archive: "Archive",
    catalogue: "Catalogue",
    days: Iterable[int],
    output: Path,
    parts: int | None,
) -> dict[str, Any]:
    """Compute the indicators of all enterprises by Spark, and return what it took."""
    from ..features import Job, enough_parts, find_job, open_session, run_job

    begun = find_job(output)
    with open_session() as session:
        cores = session.sparkContext.defaultParallelism
        job = Job(
            archive=archive.folder,
            sequence=archive.sequence,
            catalogue=catalogue,
            days=tuple(sorted(set(days))),
            parts=parts or (begun.parts if begun else enough_parts(archive, cores)),
            output=output,
        )
        took = run_job(session, job)
    computed = took.filter(pc.equal(took["step"], "compute"))
    return {
        "enterprises": pc.sum(computed["enterprises"]).as_py(),
        "indicators": len(catalogue.ids),
        "output": str(output),
        "rows": pc.sum(computed["rows"]).as_py(),
        "events": pc.sum(computed["events"]).as_py(),
        "parts": computed.num_rows,
        "hosts": len(pc.unique(took["host"])),
        "cpu_seconds": {
            step: round(pc.sum(took.filter(pc.equal(took["step"], step))["cpu_seconds"]).as_py(), 1)
            for step in pc.unique(took["step"]).to_pylist()
        },
        "peak_mb": pc.max(took["peak_mb"]).as_py(),
    }
