"""The console: pages for people, made of what the service answers to everybody else."""

from .app import add_console

__all__ = ["add_console"]
