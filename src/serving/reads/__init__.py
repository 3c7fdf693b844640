"""Readings: what the service looks up and computes for each question."""
