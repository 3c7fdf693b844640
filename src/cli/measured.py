"""An indicator on the archive: how its values are spread, and what one of them rests on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..core import time
from ..terminal import Measured, Own, Part

if TYPE_CHECKING:
    import pandas as pd

    from ..archive import Archive, Lineage
    from ..features import Catalogue, Events, Places, References, Usual

__all__ = ["events_of", "known_rows", "measure", "own_unmatched"]

THREADS = 2


def events_of(archive: "Archive") -> "Events":
    """Read the events of an archive."""
    from ..features import Events

    view = archive.events()
    return Events.from_table(view.table, view.vocabulary)


def known_rows(events: "Events", day: int) -> "pd.DataFrame":
    """Return a row for each enterprise of which something was known as of a day."""
    import numpy as np
    import pandas as pd

    known = np.unique(events.enterprise[time.is_known(events.available, day)])
    return pd.DataFrame({"enterprise": known, "as_of": day}).astype("int32")


def own_unmatched(catalogue: "Catalogue", events: "Events") -> list[str]:
    """Say which patterns of indicators that the package does not declare match no record."""
    from ..features import standard_catalogue, unmatched

    standard = {indicator.id: indicator for indicator in standard_catalogue()}
    own = [each.id for each in catalogue if standard.get(each.id) != each]
    return [str(each) for each in unmatched(catalogue.select(ids=own), events.vocabulary)]


def measure(archive: "Archive", catalogue: "Catalogue", day: int, code: str | None) -> Measured:
    """Survey the one indicator of a catalogue, and find its evidence for one enterprise."""
    from ..features import build_references, survey, unmatched

    events, places = events_of(archive), _places(archive, catalogue)
    references = build_references(catalogue, events)
    rows = known_rows(events, day)
    found = survey(catalogue, events, rows, references=references, places=places, threads=THREADS)
    (name,) = catalogue.ids
    own = None
    if code is not None:
        own = _own(archive, catalogue, events, day, code, references, places)
    return Measured(
        day=time.show(day),
        spread=found.spreads[name],
        statuses={
            str(population): {str(status): int(count) for status, count in counts.items()}
            for population, counts in found.statuses.loc[name].iterrows()
        },
        unmatched=tuple(map(str, unmatched(catalogue, events.vocabulary))),
        own=own,
    )


def _own(
    archive: "Archive",
    catalogue: "Catalogue",
    events: "Events",
    day: int,
    code: str,
    references: "References",
    places: "Places | None",
) -> Own:
    import pandas as pd

    from ..features import evidence, survey

    number = archive.enterprise(code)
    (name,) = catalogue.ids
    found = evidence(catalogue, name, events, number, day, references=references, places=places)
    row = pd.DataFrame({"enterprise": [number], "as_of": [day]}).astype("int32")
    alone = survey(catalogue, events.of(number), row, references=references, places=places)
    counts = alone.statuses.loc[name].loc["entity"]
    origins = archive.lineage(number, day)
    parts = tuple(_part(row, origins) for row in found.table().itertuples(index=False))
    status = next(status for status in ("valued", "missing", "inapplicable") if counts[status])
    usual = tuple(map(_usual, found.usual))
    near = sum(len(rows) for _, rows in found.places)
    return Own(code, status, found.value, parts, usual, near)


def _usual(found: "Usual") -> str:
    city = found.rate.group == "city"
    n, total = (found.city_n, found.city_total) if city else (found.n, found.total)
    return f"{found.rate.group}: {found.value:.4g} ({total:,g} over {n:,} outcomes)"


def _part(row: Any, origins: "Mapping[int, Lineage]") -> Part:
    origin = origins.get(row.record)
    return Part(
        share=row.share,
        kind=row.kind,
        code=row.code,
        number=origin.number if origin else str(row.record),
        department=origin.department if origin else "",
        occurred=time.show(row.occurred),
        available=time.show(row.available),
        value=row.value,
        severity=row.severity,
    )


def _places(archive: "Archive", catalogue: "Catalogue") -> "Places | None":
    from ..features import Nearby, Places

    if any(isinstance(leaf, Nearby) for leaf in catalogue.leaves):
        return Places.from_table(archive.places())
    return None
