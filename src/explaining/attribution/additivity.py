"""Additivity: base and contributions sum to the margin, or nothing is answered."""

import numpy as np
import numpy.typing as npt

from ...core.errors import IntegrityError

__all__ = ["hold"]

Array = npt.NDArray[np.float64]
TOLERANCE = 1e-9


def hold(parts: Array, base: Array, margins: Array) -> None:
    """Hold contributions to the margins that the model itself gives.

    Parameters
    ----------
    parts, base, margins
        Contributions, base and margin of each row; shapes (n, features), (n,) and (n,).

    Raises
    ------
    IntegrityError
        If a row's base and contributions do not sum to its margin, within 1e-9 of the largest, or
        if one of them is no number.
    """
    away = np.abs(base + parts.sum(axis=1) - margins)
    most = TOLERANCE * max(1.0, np.abs(margins).max(initial=0.0))
    if not away.max(initial=0.0) <= most < np.inf:
        raise IntegrityError(
            f"contributions of row {away.argmax()} miss its margin by {away.max():.3g}"
        )
