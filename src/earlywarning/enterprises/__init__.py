"""Warnings of enterprises: by rules of law, by forecast, and drafts of downgrade warnings."""

from .document import Served, render_notice
from .drafts import draft, draft_all
from .fitting import Blocks, fit_forecast, fit_horizon
from .forecast import Forecast, Horizon, Outlook
from .looks import Look, look_back
from .outlooks import Outlooks, look_out
from .rises import Mover, Rise, risen, tell_rises
from .rules import WARNINGS
from .sample import COLUMNS, HORIZONS, Sample, sampled
from .warned import Warned
from .warningpolicy import Gravity, Measure, WarningEdition, WarningPolicy
from .warnings import Warnings, warn, warn_city

__all__ = [
    "COLUMNS",
    "HORIZONS",
    "WARNINGS",
    "Blocks",
    "Forecast",
    "Gravity",
    "Horizon",
    "Look",
    "Measure",
    "Mover",
    "Outlook",
    "Outlooks",
    "Rise",
    "Sample",
    "Served",
    "Warned",
    "WarningEdition",
    "WarningPolicy",
    "Warnings",
    "draft",
    "draft_all",
    "fit_forecast",
    "fit_horizon",
    "look_back",
    "look_out",
    "render_notice",
    "risen",
    "sampled",
    "tell_rises",
    "warn",
    "warn_city",
]
