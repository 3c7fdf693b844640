"""Intake: records that programs post, from their acceptance to the archive."""

__all__: list[str] = []
