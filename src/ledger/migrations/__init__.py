"""Revisions of the operational database, from the first on; see `ledger.revision`."""

__all__: list[str] = []
