"""Notices: the document of a downgrade warning, as it stands or was served."""

from dataclasses import replace

from ...archive import Archive
from ...ledger.downgrades import Act, Downgrade, State, fold
from ..enterprises.document import Served, render_notice
from ..enterprises.warningpolicy import WarningPolicy

__all__ = ["code_of", "notice"]


def notice(
    found: Downgrade, archive: Archive, policy: WarningPolicy, *, planned: Served | None = None
) -> str:
    """Return the document of a warning as one page of HTML.

    Once it is served, it is what was served, whatever became of the warning since.

    Parameters
    ----------
    found
        The warning; what people amended is told as they amended it.
    archive
        Tells records by the numbers of their documents, and the name of the enterprise.
    policy
        Of warnings.
    planned
        How it is to be served, once it is confirmed and before it is served; at any other time the
        document is a draft without a last day.

    Raises
    ------
    InvalidError
        If no holidays are known for the days after service.
    """
    told = _until_served(found)
    day, draft = told.events[-1].today, told.draft
    return render_notice(
        replace(draft, level=told.level, days=told.period, grounds=told.grounds),
        policy.on(day),
        name=_name(archive, draft.enterprise, day),
        origins=archive.lineage(draft.number),
        served=_service(told, planned),
        code=code_of(told),
    )


def _until_served(found: Downgrade) -> Downgrade:
    """Return a warning as it was served; as it is where it was not."""
    served = found.last(Act.SERVE)
    if served is None:
        return found
    return fold(found.id, found.draft, found.events[: served.position + 1], served.today)


def _service(told: Downgrade, planned: Served | None) -> Served | None:
    served = told.last(Act.SERVE)
    if served is not None:
        return Served(served.day("delivered") or served.today, str(served.detail["document"]))
    return planned if told.state is State.CONFIRMED else None


def _name(archive: Archive, enterprise: str, day: int) -> str:
    """Return what an enterprise is called as of a day; empty where nobody told it."""
    entries = archive.credit_file(enterprise, day, ("enterprise",))
    names = (each.personal.get("name") for each in entries if each.state != "withdrawn")
    return next((name for name in names if name), "")


def code_of(found: Downgrade) -> str:
    """Return the code on the document of a warning; empty while it is not confirmed."""
    return next((str(each.detail["code"]) for each in found.events if "code" in each.detail), "")
