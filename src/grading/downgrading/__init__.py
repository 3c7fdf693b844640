"""Downgrading: what people may do to downgrade warnings, and by when."""

from .desk import DowngradeDesk
from .passing import pass_days
from .policy import DowngradeEdition, DowngradePolicy

__all__ = ["DowngradeDesk", "DowngradeEdition", "DowngradePolicy", "pass_days"]
