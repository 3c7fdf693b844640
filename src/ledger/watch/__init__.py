"""The watch: runs over hazards in products, the alarms that they told, and what became of them."""

from .alarm import Act, Done, Kept, Series, Told, WatchRun
from .watch import AlarmsWanted, Watch

__all__ = ["Act", "AlarmsWanted", "Done", "Kept", "Series", "Told", "Watch", "WatchRun"]
