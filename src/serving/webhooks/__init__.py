"""Webhooks: programs that are told of changes of level, instead of asking."""

from .addresses import check_url
from .courier import Courier
from .sending import Answer, Sender
from .signing import public_keys, signing_keys
from .subscription import Webhook, Webhooks

__all__ = [
    "Answer",
    "Courier",
    "Sender",
    "Webhook",
    "Webhooks",
    "check_url",
    "public_keys",
    "signing_keys",
]
