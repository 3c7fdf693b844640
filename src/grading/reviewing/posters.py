"""Posters: who sent in records, and so does not decide on what rests on them."""

from collections.abc import Sequence
from contextlib import suppress

from ...archive import Archive
from ...core.errors import NotFoundError
from ...ledger.postings import Postings

__all__ = ["posters_of"]


def posters_of(
    archive: Archive, postings: Postings, enterprise: str, records: Sequence[str]
) -> frozenset[str]:
    """Return who posted any version of some records of an enterprise.

    Parameters
    ----------
    archive, postings
        Where the records are, and who sent what.
    enterprise
        Its code.
    records
        Their numbers; those that there are not were posted by nobody.
    """
    digests = set[str]()
    for record in records:
        with suppress(NotFoundError):
            for found in archive.trace(record, enterprise):
                digests |= {archive.digest(told.origin.sequence) for told in found.told}
    return postings.senders(digests)
