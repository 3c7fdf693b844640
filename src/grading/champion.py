"""The champion: the one model that decides grades, named by the ledger, taken from its bundle."""

from typing import TYPE_CHECKING

from ..core.errors import NotFoundError
from .bundle import Bundle
from .card import Purpose
from .dynamic import Carried, open_gradings
from .gradebook import GradeBook
from .stored import read_stored

if TYPE_CHECKING:
    from ..core.settings import Settings
    from ..ledger import Ledger

__all__ = ["open_book", "read_champion"]


def read_champion(
    settings: "Settings", ledger: "Ledger", purpose: Purpose = Purpose.GRADE
) -> Bundle:
    """Read the bundle of the champion for a purpose and verify it.

    Raises
    ------
    NotFoundError
        If no model was promoted, or the champion's bundle is not in the folder of bundles.
    IntegrityError
        If the bundle is not as it was signed, or signed by nobody who is trusted.
    NotGradableError
        If the ledger names a bundle for scheduling as the one for grades.
    InvalidError
        If it names one for grades as the one for scheduling.
    """
    digest = ledger.champion(purpose)
    if not (settings.bundles / digest).is_dir():
        raise NotFoundError(
            f"the champion {digest[:12]} is not in {settings.bundles}; copy its bundle there, "
            "or train and promote another"
        )
    return read_stored(settings, digest, purpose)


def open_book(settings: "Settings", ledger: "Ledger", *, threads: int = 1) -> GradeBook:
    """Open the grade book of an installation: its archive as it is now, under the champion.

    Hysteresis starts from the runs of grades that the ledger has, which stays open for it.

    Raises
    ------
    NotFoundError, IntegrityError
        As for `read_champion`; also if the archive is empty.
    """
    gradings = open_gradings(settings, ledger, threads=threads)
    bundle = read_champion(settings, ledger)
    before = Carried(gradings, bundle.policy).levels
    return GradeBook(gradings.city.archive, bundle, threads=threads, before=before)
