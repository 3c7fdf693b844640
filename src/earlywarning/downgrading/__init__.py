"""Downgrading: what people do to downgrade warnings, and what days bring about by themselves."""

from .desk import Desk
from .drafting import CityDrafts, draft_city, escalate
from .expiring import Expired, expire
from .notice import code_of, notice

__all__ = [
    "CityDrafts",
    "Desk",
    "Expired",
    "code_of",
    "draft_city",
    "escalate",
    "expire",
    "notice",
]
