"""Limits: what a challenger may change before a second person has to sign for it.

They are part of a task, as its table `[promotion]`, and go into the ledger with every trial. All
values are a design.
"""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Limits"]


class Limits(BaseModel):
    """How a challenger is held against the champion.

    Parameters
    ----------
    version
        By what name the ledger knows these limits; change it with them.
    auc_margin
        By how much the challenger's AUC may be lower. The hypothesis that it is lower by this or
        more has to be rejected: a test of non-inferiority (ICH E9 3.3.2), not of equality, for
        which few data would be the easiest way to pass.
    loss_margin
        By what share of the champion's log loss the challenger's may be greater, likewise.
    moving
        The migration budget: the largest share of enterprises, in the city and in each of its
        populations, that may move by two levels or more.
    tolerance
        How far the share of violations in a group may lie from what was promised.
    false_alarms
        By how much the share of a group that is wrongly put on D or E may grow.
    rows, violations
        The fewest rows, and the fewest of either outcome, that a trial needs.
    step
        By how much, in log-odds, a recalibration may move the level at once.

    Examples
    --------
    >>> Limits().moving
    0.02
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(default="design 1", min_length=1)
    auc_margin: float = Field(default=0.01, gt=0, lt=0.5)
    loss_margin: float = Field(default=0.01, gt=0, lt=1)
    moving: float = Field(default=0.02, ge=0, le=1)
    tolerance: float = Field(default=0.02, ge=0, le=1)
    false_alarms: float = Field(default=0.02, ge=0, le=1)
    rows: int = Field(default=500, ge=1)
    violations: int = Field(default=50, ge=1)
    step: float = Field(default=0.7, gt=0)
