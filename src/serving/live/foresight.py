"""Foresight: what early warning needs besides a state: policy, whom products concern, forecasts."""

from dataclasses import dataclass
from typing import Self

from ...archive import Archive
from ...core.settings import Settings
from ...earlywarning.enterprises.warningpolicy import WarningPolicy, read_warning_policy
from .exposures import Exposures
from .forecasts import Forecasts

__all__ = ["Foresight"]


@dataclass(frozen=True, slots=True)
class Foresight:
    """What early warning needs besides a state; all states share it.

    Parameters
    ----------
    policy
        Which rules warn of enterprises, and how downgrade warnings go.
    exposures
        Whom products concern.
    forecasts
        Of worse levels, by the bundle that they were fitted to.
    """

    policy: WarningPolicy
    exposures: Exposures
    forecasts: Forecasts

    @classmethod
    def open(cls, settings: Settings, archive: Archive) -> Self:
        """Open that of an installation.

        Raises
        ------
        NotFoundError, PolicyError
            If the policy of warnings cannot be read.
        """
        policy = read_warning_policy(settings)
        return cls(policy, Exposures(archive), Forecasts(settings.forecasts))
