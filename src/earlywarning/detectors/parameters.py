"""Parameters of detectors: those that must be above zero."""

from ...core.errors import InvalidError

__all__ = ["check_positive"]


def check_positive(detector: str, **values: float) -> None:
    """Refuse parameters that are not above zero.

    Raises
    ------
    InvalidError
        That names the first of them.

    Examples
    --------
    >>> check_positive("ears", baseline=7, floor=0.5)
    >>> check_positive("ears", baseline=7, floor=0)
    Traceback (most recent call last):
      ...
    xinheng.core.errors.InvalidError: floor of the detector ears is 0; give a number above zero
    """
    for name, value in values.items():
        if not value > 0:
            raise InvalidError(
                f"{name} of the detector {detector} is {value}; give a number above zero"
            )
