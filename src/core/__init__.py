"""What every layer uses: errors, time, code tables, the calendar, identifiers, settings.

What needs cryptography, pandas, pyarrow or pydantic is imported when it is first used.
"""

import importlib
from typing import TYPE_CHECKING

from .calendar import (
    add_working_days,
    covered_years,
    expected_working_day,
    is_working_day,
    working_days_between,
)
from .errors import (
    AccessError,
    ClusterError,
    CredentialError,
    DeclarationError,
    ForbiddenError,
    IntegrityError,
    InvalidError,
    LimitError,
    MappingError,
    NotFoundError,
    NotGradableError,
    OutageError,
    PolicyError,
    PromotionError,
    StorageError,
    WorkerError,
    XinhengError,
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
    months_after,
    show,
    spans,
)

if TYPE_CHECKING:
    from .codes import CodeTable, code_tables
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
    from .keys import (
        Keyring,
        TrustedKeys,
        create_key,
        key_id,
        load_key,
        load_trusted_keys,
        publish_key,
        revoke_key,
    )
    from .settings import Setting, Settings, list_settings, load_settings
    from .templating import environment, resource
    from .webhooks import sign_webhook, verify_webhook, webhook_key

__all__ = [
    "NEVER",
    "SHANGHAI",
    "USCC",
    "AccessError",
    "Change",
    "ClusterError",
    "CodeTable",
    "CredentialError",
    "DeclarationError",
    "Event",
    "ForbiddenError",
    "IntegrityError",
    "InvalidError",
    "Keyring",
    "LimitError",
    "MappingError",
    "NotFoundError",
    "NotGradableError",
    "OutageError",
    "PolicyError",
    "PromotionError",
    "Setting",
    "Settings",
    "Span",
    "StorageError",
    "TrustedKeys",
    "WorkerError",
    "XinhengError",
    "add_working_days",
    "available",
    "check_identifiers",
    "check_scheme",
    "code_tables",
    "covered_years",
    "create_key",
    "day",
    "day_of",
    "days_of",
    "environment",
    "expected_working_day",
    "in_window",
    "instant",
    "is_counted",
    "is_known",
    "is_open",
    "is_repaired",
    "is_working_day",
    "key_id",
    "licence_check_digit",
    "licence_fault",
    "list_settings",
    "load_key",
    "load_settings",
    "load_trusted_keys",
    "months",
    "months_after",
    "normal_identifiers",
    "organisation_check_character",
    "publish_key",
    "resource",
    "revoke_key",
    "show",
    "sign_webhook",
    "spans",
    "uscc_check_character",
    "uscc_fault",
    "verify_webhook",
    "webhook_key",
    "working_days_between",
]

_LAZY = {
    "CodeTable": "codes",
    "code_tables": "codes",
    "USCC": "identifiers",
    "check_identifiers": "identifiers",
    "check_scheme": "identifiers",
    "licence_check_digit": "identifiers",
    "licence_fault": "identifiers",
    "normal_identifiers": "identifiers",
    "organisation_check_character": "identifiers",
    "uscc_check_character": "identifiers",
    "uscc_fault": "identifiers",
    "Keyring": "keys",
    "TrustedKeys": "keys",
    "create_key": "keys",
    "key_id": "keys",
    "load_key": "keys",
    "load_trusted_keys": "keys",
    "publish_key": "keys",
    "revoke_key": "keys",
    "Setting": "settings",
    "Settings": "settings",
    "list_settings": "settings",
    "load_settings": "settings",
    "environment": "templating",
    "resource": "templating",
    "sign_webhook": "webhooks",
    "verify_webhook": "webhooks",
    "webhook_key": "webhooks",
}


def __getattr__(name: str) -> object:
    """Import what needs a library when it is first asked for."""
    if name not in _LAZY:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
