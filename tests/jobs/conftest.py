"""Ledgers on either database, and a clock that can be set."""

from ..ledger.conftest import empty, migrated, server, template, url

__all__ = ["empty", "migrated", "server", "template", "url"]
