"""The values of a tree by way of an indicator that does nothing else to it."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinheng.features import Catalogue, Events, Expression, Indicator, Places, References, compute

ABSENT = -1e300


def values_of(
    tree: Expression,
    events: Events,
    enterprise: npt.NDArray[np.int32],
    as_of: npt.NDArray[np.int32],
    references: References | None = None,
    places: Places | None = None,
) -> list[float]:
    indicator = Indicator(
        id="T",
        zh="测试",
        en="Test",
        dimension="CX",
        expression=tree,
        missing=ABSENT,
        use="scheduling",
        basis="test",
        formula="test",
    )
    rows = pd.DataFrame({"enterprise": enterprise, "as_of": as_of})
    catalogue = Catalogue((indicator,))
    found = compute(catalogue, events, rows, references=references, places=places)["T"]
    return found.where(found != ABSENT).tolist()
