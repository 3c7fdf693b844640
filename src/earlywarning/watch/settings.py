"""Settings of the watch: how many alarms people can look into, and how it looks."""

from dataclasses import dataclass, field, fields

from ...core.errors import InvalidError
from ..detectors import Joint

__all__ = ["WatchSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """How a watch looks; `design` throughout.

    Parameters
    ----------
    budget
        New alarms a week that people can look into.
    detector
        What scores series.
    silence
        Weeks for which a series that was told is not told again.
    late
        Weeks that are over and may be looked at again where records come late or are corrected.
    tried
        Weeks just past by which the bar is set.
    kept
        Weeks for which a bar is kept before it is set anew.
    least
        How many times as likely the records must be if something spreads, however few alarms
        that gives.
    false_share
        Alarms are firm where at most this share of all as strong tells of nothing; others are
        hints.
    usual_severity
        Severity of a hazard of which no class is told.

    Raises
    ------
    InvalidError
        If one of them is not above zero, or the share is not below one.
    """

    budget: float = 2.0
    detector: Joint = field(default_factory=Joint)
    silence: int = 13
    late: int = 13
    tried: int = 104
    kept: int = 4
    least: float = 10.0
    false_share: float = 0.1
    usual_severity: int = 3

    def __post_init__(self) -> None:
        for name in (each.name for each in fields(self) if each.name != "detector"):
            value = getattr(self, name)
            if not value > 0:
                raise InvalidError(f"{name} of a watch is {value}; give a number above zero")
        if not self.false_share < 1:
            raise InvalidError(
                f"false_share of a watch is {self.false_share}; give a share below one, such as 0.1"
            )
