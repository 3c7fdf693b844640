"""The watch: runs over hazards in products, the alarms that they told, and what became of them."""

from .alarm import Act, Done, Kept, Series, Told, WatchRun
from .tables import NAME
from .watch import AlarmsWanted, Watch

__all__ = ["NAME", "Act", "AlarmsWanted", "Done", "Kept", "Series", "Told", "Watch", "WatchRun"]
