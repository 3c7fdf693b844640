"""The files of all departments."""

from collections.abc import Sequence

from ..paper import Paper
from . import (
    certification,
    complaints,
    court,
    credit,
    evaluation,
    health,
    licensing,
    market,
    platforms,
    registry,
    selfcheck,
    social,
    tax,
    testing,
)

__all__ = ["PAPERS"]

PAPERS: Sequence[Paper] = (
    *registry.PAPERS,
    *licensing.PAPERS,
    *market.PAPERS,
    *testing.PAPERS,
    *health.PAPERS,
    *complaints.PAPERS,
    *court.PAPERS,
    *tax.PAPERS,
    *social.PAPERS,
    *credit.PAPERS,
    *certification.PAPERS,
    *evaluation.PAPERS,
    *platforms.PAPERS,
    *selfcheck.PAPERS,
)
