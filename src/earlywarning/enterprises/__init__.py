"""Warnings of enterprises: by rules of law, by forecast, and drafts of downgrade warnings."""
