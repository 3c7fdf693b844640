"""The order of visits: enterprises by the forecast of what a visit to them would find.

It is what was known at the start of a day, and says where to go first; whom to visit at all is
decided by the draw, and how good an enterprise is by its grade.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..archive import Archive
from ..core import time
from ..core.errors import InvalidError
from ..features import Cases, Events, Nearby, Places, build_references, compute
from .bundle import Bundle
from .card import Purpose

__all__ = ["order_visits"]

INTERVAL = 0.95


def order_visits(
    archive: Archive,
    bundle: Bundle,
    as_of: int,
    *,
    among: npt.ArrayLike | None = None,
    threads: int = 1,
) -> pd.DataFrame:
    """Put enterprises in the order in which visits should find the most.

    Parameters
    ----------
    archive
        Where the records are; nothing counts that was not available before the day.
    bundle
        A forecast, as `xinheng forecast` makes it.
    as_of
        First day of the plan, a day number.
    among
        Dense numbers of those who may be visited; everybody known on that day if not given.
    threads
        Threads for indicators and booster; results do not depend on them.

    Returns
    -------
    pandas.DataFrame
        Index `enterprise` (dense number), the highest forecast first, equal ones by number;
        `probability` that a visit finds a violation, and its interval `lower`, `upper`.

    Raises
    ------
    InvalidError
        If the bundle is one for grades, or knows what is not known before a visit.
    """
    bundle.require(Purpose.SCHEDULING)
    sequence, catalogue = archive.sequence, bundle.catalogue
    beyond = bundle.blend.columns[len(catalogue) :]
    if beyond:
        raise InvalidError(
            f"the bundle {bundle.digest[:12]} knows {', '.join(beyond)}, which no catalogue "
            "computes before a visit; use one that `xinheng forecast` made"
        )
    events = Events.from_view(archive.events(upto=sequence))
    who = events.enterprise[time.is_known(events.available, as_of)] if among is None else among
    numbers = np.unique(np.asarray(who, np.int32))
    nearby = any(isinstance(leaf, Nearby) for leaf in catalogue.leaves)
    matrix = compute(
        catalogue,
        events,
        pd.DataFrame({"enterprise": numbers, "as_of": np.full(len(numbers), as_of, np.int32)}),
        references=build_references(
            catalogue,
            events,
            cases=Cases.from_table(archive.cases()),
            bans=Events.from_view(archive.bans(upto=sequence)),
        ),
        places=Places.from_table(archive.places(upto=sequence)) if nearby else None,
        threads=threads,
    )
    margins = bundle.blend.margins(np.ascontiguousarray(matrix.to_numpy(np.float64)), threads)
    lower, upper = bundle.calibrator.interval(margins, INTERVAL, at=as_of)
    found = pd.DataFrame(
        {"probability": bundle.calibrator.probability(margins), "lower": lower, "upper": upper},
        index=pd.Index(numbers, name="enterprise"),
    )
    return found.iloc[np.argsort(-margins, kind="stable")]
