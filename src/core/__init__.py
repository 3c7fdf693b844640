"""What every layer uses: errors, time, code tables, the calendar, identifiers, settings.

The settings are imported when first used: they alone need pydantic.
"""

from typing import TYPE_CHECKING

from .calendar import add_working_days, covered_years, is_working_day, working_days_between
from .codes import CodeTable, code_tables
from .errors import (
    DeclarationError,
    IntegrityError,
    InvalidError,
    MappingError,
    NotFoundError,
    NotGradableError,
    PolicyError,
    XinhengError,
)
from .identifiers import (
    USCC,
    check_identifiers,
    check_scheme,
    licence_check_digit,
    licence_fault,
    normal_identifiers,
    organisation_check_character,
    uscc_check_character,
    uscc_fault,
)
from .time import (
    NEVER,
    SHANGHAI,
    Change,
    Event,
    Span,
    available,
    day,
    day_of,
    days_of,
    in_window,
    instant,
    is_counted,
    is_known,
    is_open,
    is_repaired,
    months,
    show,
    spans,
)

if TYPE_CHECKING:
    from .settings import Setting, Settings, list_settings, load_settings

__all__ = [
    "NEVER",
    "SHANGHAI",
    "USCC",
    "Change",
    "CodeTable",
    "DeclarationError",
    "Event",
    "IntegrityError",
    "InvalidError",
    "MappingError",
    "NotFoundError",
    "NotGradableError",
    "PolicyError",
    "Setting",
    "Settings",
    "Span",
    "XinhengError",
    "add_working_days",
    "available",
    "check_identifiers",
    "check_scheme",
    "code_tables",
    "covered_years",
    "day",
    "day_of",
    "days_of",
    "in_window",
    "instant",
    "is_counted",
    "is_known",
    "is_open",
    "is_repaired",
    "is_working_day",
    "licence_check_digit",
    "licence_fault",
    "list_settings",
    "load_settings",
    "months",
    "normal_identifiers",
    "organisation_check_character",
    "show",
    "spans",
    "uscc_check_character",
    "uscc_fault",
    "working_days_between",
]

LAZY = ("Setting", "Settings", "list_settings", "load_settings")


def __getattr__(name: str) -> object:
    """Import the settings when one of their names is first asked for."""
    if name not in LAZY:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from . import settings  # noqa: PLC0415

    return getattr(settings, name)
