"""Ledgers on either database, and a clock that can be set."""

from ..ledger.conftest import empty, server, url

__all__ = ["empty", "server", "url"]
