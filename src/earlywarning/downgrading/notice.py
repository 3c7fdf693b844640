"""Notices: the document of a downgrade warning, as it stands, from the ledger and the archive."""

from dataclasses import replace

from ...archive import Archive
from ...ledger.downgrades import Act, Downgrade
from ..enterprises.document import Served, render_notice
from ..enterprises.warningpolicy import WarningPolicy

__all__ = ["code_of", "notice"]


def notice(
    found: Downgrade,
    archive: Archive,
    policy: WarningPolicy,
    *,
    name: str = "",
    planned: Served | None = None,
) -> str:
    """Return the document of a warning as one page of HTML.

    Parameters
    ----------
    found
        The warning; what people amended is told as they amended it.
    archive
        Tells records by the numbers of their documents.
    policy
        Of warnings.
    name
        Of the enterprise.
    planned
        How it is to be served, before it is; how it was is in the warning.
    """
    act, served = found.last(Act.SERVE), planned
    if act is not None:
        served = Served(act.day("delivered") or act.today, str(act.detail["document"]))
    return render_notice(
        replace(found.draft, level=found.level, days=found.period, grounds=found.grounds),
        policy.on(found.events[-1].today),
        name=name,
        origins=archive.lineage(found.draft.number),
        served=served,
        code=code_of(found),
    )


def code_of(found: Downgrade) -> str:
    """Return the code on the document of a warning; empty while it is not confirmed."""
    return next((str(each.detail["code"]) for each in found.events if "code" in each.detail), "")
