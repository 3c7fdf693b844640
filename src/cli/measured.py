"""An indicator on the archive: how its values are spread, and what one of them rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core import time
from ..terminal import Measured, Own, Part

if TYPE_CHECKING:
    import pandas as pd

    from ..archive import Archive, Lineage
    from ..features import Catalogue, Events, Evidence, Places, References, Survey

__all__ = ["THREADS", "Seen", "known_rows", "measure", "own_unmatched", "see"]

THREADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What indicators are computed from: events, bans of persons, and by which case one is meant.

    `codes` are the enterprises' own, by dense number.
    """

    archive: "Archive"
    events: "Events"
    bans: "Events"
    codes: "pd.Series[str]"

    @property
    def vocabulary(self) -> list[tuple[str, str]]:
        """Every stream that came, of enterprises and of persons."""
        return list(dict.fromkeys((*self.events.vocabulary, *self.bans.vocabulary)))

    def references(self, catalogue: "Catalogue") -> "References":
        """Build the dated tables that a catalogue needs."""
        from ..features import Cases, build_references

        cases = Cases.from_table(self.archive.cases())
        return build_references(catalogue, self.events, cases=cases, bans=self.bans)

    def places(self, catalogue: "Catalogue") -> "Places | None":
        """Read the place records, if a catalogue counts what is near a place."""
        from ..features import Nearby, Places

        if any(isinstance(leaf, Nearby) for leaf in catalogue.leaves):
            return Places.from_table(self.archive.places())
        return None


def see(archive: "Archive") -> Seen:
    """Read an archive."""
    from ..features import Events

    return Seen(
        archive,
        Events.from_view(archive.events()),
        Events.from_view(archive.bans()),
        archive.enterprises()["id"].to_pandas(),
    )


def known_rows(events: "Events", day: int) -> "pd.DataFrame":
    """Return a row for each enterprise of which something was known as of a day."""
    import numpy as np
    import pandas as pd

    known = np.unique(events.enterprise[time.is_known(events.available, day)])
    return pd.DataFrame({"enterprise": known, "as_of": day}).astype("int32")


def own_unmatched(catalogue: "Catalogue", vocabulary: Sequence[tuple[str, str]]) -> list[str]:
    """Say which patterns of indicators that the package does not declare match no record."""
    from ..features import standard_catalogue, unmatched

    standard = {indicator.id: indicator for indicator in standard_catalogue()}
    own = [each.id for each in catalogue if standard.get(each.id) != each]
    return [str(each) for each in unmatched(catalogue.select(ids=own), vocabulary)]


def measure(seen: Seen, catalogue: "Catalogue", day: int, code: str | None) -> Measured:
    """Survey the one indicator of a catalogue, and find its evidence for one enterprise."""
    import pandas as pd

    from ..features import evidence, survey, unmatched

    (name,) = catalogue.ids
    references, places = seen.references(catalogue), seen.places(catalogue)

    def surveyed(rows: "pd.DataFrame") -> "Survey":
        return survey(
            catalogue, seen.events, rows, references=references, places=places, threads=THREADS
        )

    own = None
    if code is not None:
        number = seen.archive.enterprise(code)
        found = evidence(
            catalogue, name, seen.events, number, day, references=references, places=places
        )
        alone = pd.DataFrame({"enterprise": [number], "as_of": [day]}).astype("int32")
        counts = surveyed(alone).statuses.loc[name].loc["entity"]
        status = next(each for each in ("valued", "missing", "inapplicable") if counts[each])
        own = _own(seen, code, status, found, day)
    whole = surveyed(known_rows(seen.events, day))
    return Measured(
        day=time.show(day),
        spread=whole.spreads[name],
        statuses={
            str(population): {str(status): int(count) for status, count in row.items()}
            for population, row in whole.statuses.loc[name].iterrows()
        },
        unmatched=tuple(map(str, unmatched(catalogue, seen.vocabulary))),
        own=own,
    )


def _own(seen: Seen, code: str, status: str, found: "Evidence", day: int) -> Own:
    origins = seen.archive.lineage(found.enterprise, day)
    return Own(
        enterprise=code,
        status=status,
        value=found.value,
        records=tuple(_part(row, origins) for row in found.table().itertuples(index=False)),
        beside=(*_beside(found), *_others(seen, found)),
    )


def _part(row: Any, origins: "Mapping[int, Lineage]") -> Part:
    origin = origins.get(row.record)
    return Part(
        effect=row.effect,
        kind=row.kind,
        code=row.code,
        number=origin.number if origin else str(row.record),
        department=origin.department if origin else "",
        occurred=time.show(row.occurred),
        available=time.show(row.available),
        value=row.value,
        severity=row.severity,
    )


def _beside(found: "Evidence") -> Iterator[str]:
    """Say what is usual elsewhere, which deadlines were missed, and what is near."""
    for each in found.usual:
        city = each.rate.group == "city"
        n, total = (each.city_n, each.city_total) if city else (each.n, each.total)
        yield f"usual in {each.rate.group}: {each.value:.4g} ({total:,g} over {n:,} outcomes)"
    for middle in found.medians:
        n = middle.city_n if middle.median.group == "city" else middle.n
        yield f"median in {middle.median.group}: {middle.value:.4g} ({n:,} outcomes)"
    for (_, days), effect in zip(found.deadlines, found.deadline_effects, strict=True):
        told = f"{', '.join(map(time.show, days))}; each {effect:+.4g}" if days else "none"
        yield f"deadlines missed: {told}"
    for _, rows in found.places:
        yield f"{len(rows):,} records near its place"


def _others(seen: Seen, found: "Evidence") -> Iterator[str]:
    """Say for each number of others or of persons who they are, and whether they count."""
    for tied in found.neighbours:
        yield f"tied to {len(tied.others):,}, of whom {tied.value:g} count"
        for other in tied.others:
            if other.share:
                number = other.enterprise
                yield f"    {'one unknown here' if number is None else seen.codes[number]}"
    for held in found.holders:
        yield f"{len(held.persons):,} persons in charge, of whom {held.value:g} count"
        for person in held.persons:
            if person.share:
                there = ", ".join(str(seen.codes[each.enterprise]) for each in person.elsewhere)
                elsewhere = f" and for their posts in {there}" if there else ""
                yield f"    person {person.person}, for {len(person.bans)} bans{elsewhere}"
