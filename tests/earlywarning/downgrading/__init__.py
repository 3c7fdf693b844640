"""Tests of what people do to downgrade warnings."""
