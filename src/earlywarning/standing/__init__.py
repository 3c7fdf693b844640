"""Standing rules: hazards that come with a season, watched for whether sampled or not."""

from .alarms import stand
from .rules import Rule, Rules, read_rules
from .weather import Weather

__all__ = ["Rule", "Rules", "Weather", "read_rules", "stand"]
