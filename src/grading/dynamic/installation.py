"""The gradings of an installation, as its settings have it."""

from typing import TYPE_CHECKING

from ...archive import Archive
from ...core.errors import NotFoundError
from ...features import City
from ..stored import read_stored
from .fold import Gradings
from .store import GradeStore

if TYPE_CHECKING:
    from ...core.settings import Settings
    from ...ledger import Ledger

__all__ = ["open_gradings"]

KEPT = "grading"


def open_gradings(settings: "Settings", ledger: "Ledger", *, threads: int = 1) -> Gradings:
    """Open the gradings of an installation: its archive as it is now, and what was given.

    Raises
    ------
    NotFoundError
        If the archive is empty.
    """
    archive = Archive(settings.archive)
    if not archive.sequence:
        raise NotFoundError(
            f"the archive {settings.archive} holds no delivery; `xinheng ingest` takes one in"
        )
    return Gradings(
        city=City.of(archive),
        history=ledger.history,
        store=GradeStore(settings.grades),
        read=lambda digest: read_stored(settings, digest),
        kept=settings.kept / KEPT,
        threads=threads,
        overrides=ledger.reviews.overrides,
        warnings=ledger.downgrades.warnings,
    )
