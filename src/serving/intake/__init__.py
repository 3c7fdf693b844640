"""Intake: records that programs post, from their acceptance to the archive."""
