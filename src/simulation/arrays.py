"""The columns that the city is computed with."""

import numpy as np
import numpy.typing as npt

__all__ = ["Days", "Floats", "Mask", "Places", "Singles", "Who"]

Who = npt.NDArray[np.int64]
"""Places of enterprises in their part, or of anything else in a list."""
Days = npt.NDArray[np.int32]
"""Days since 1970-01-01, -1 for one that does not come."""
Floats = npt.NDArray[np.float64]
"""Chances, rates and log-odds."""
Singles = npt.NDArray[np.float32]
"""What every enterprise has of something, in as little room as will do."""
Places = npt.NDArray[np.int32]
"""Members of something, -1 for none."""
Mask = npt.NDArray[np.bool_]
"""Which ones."""
